/** An engine over sessions of ONNX Runtime, whichever of its builds opens them: for Node, or for browsers. */
import { type Graph, inputName } from '../graph/node.ts';
import { optimizeGraph } from '../graph/passes/index.ts';
import { type DType, formatType, type HostTensor, type TensorType } from '../graph/type.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { inferType } from '../ops/index.ts';
import type { Engine, EngineTensor, Executable, Feeds, KeptTensor } from './engine.ts';
import { feedFor, isOnHost, usedInputs } from './feeds.ts';
import { evaluateNode } from './interpreter.ts';

/** What is used of a runtime's tensors. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Asked for only where the values are on the host. */
  readonly data: unknown;
  readonly location: string;
  dispose(): void;
}

/** One graph, loaded. */
export interface RuntimeSession {
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** What a session must know of its graph. */
export interface SessionNeeds {
  readonly isFloat64: boolean;
  /** Names of the outputs that stay where the runtime computes. */
  readonly kept: readonly string[];
}

/** A build of the runtime with its settings. */
export interface Runtime {
  readonly name: string;
  /** Where graphs run; tensors that are kept are taken on the same device only. */
  readonly device: string;
  /** Loads the bytes of an ONNX model. */
  open(model: Uint8Array, needs: SessionNeeds): Promise<RuntimeSession>;
  tensor(dtype: DType, data: HostTensor['data'], shape: number[]): RuntimeTensor;
}

/** An engine whose graphs are sessions of a runtime. */
export function sessionEngine(runtime: Runtime): Engine {
  const open = async <Result extends EngineTensor>(
    given: Graph,
    kept: readonly string[],
    resultOf: (name: string, tensor: RuntimeTensor) => Result,
  ) => {
    const graph = optimizeGraph(given, inferType, evaluateNode);
    const isFloat64 = graph.nodes.some((node) => node.type.dtype === 'float64');
    const session = await runtime.open(emitOnnx(graph), { isFloat64, kept });
    return new SessionExecutable(graph, session, runtime, resultOf);
  };
  return {
    name: runtime.name,
    compile: (graph) => open(graph, [], (_, tensor) => fromRuntime(tensor)),
    compileKeeping: (graph, kept) => {
      const isKept = new Set(kept);
      return open<EngineTensor>(graph, kept, (name, tensor) =>
        isKept.has(name) ? new HeldTensor(tensor, runtime.device) : fromRuntime(tensor),
      );
    },
  };
}

/** A graph in a session. */
class SessionExecutable<Result extends EngineTensor> implements Executable<Result> {
  readonly inputNames: readonly string[];
  private readonly graphName: string;
  private readonly types: ReadonlyMap<string, TensorType>;
  private readonly session: RuntimeSession;
  private readonly runtime: Runtime;
  private readonly resultOf: (name: string, tensor: RuntimeTensor) => Result;

  /** @param resultOf an output as it leaves this engine. */
  constructor(
    graph: Graph,
    session: RuntimeSession,
    runtime: Runtime,
    resultOf: (name: string, tensor: RuntimeTensor) => Result,
  ) {
    this.graphName = graph.name;
    this.inputNames = usedInputs(graph);
    this.types = new Map(graph.inputs.map((input) => [inputName(input), input.type]));
    this.session = session;
    this.runtime = runtime;
    this.resultOf = resultOf;
  }

  async run(feeds: Feeds): Promise<Record<string, Result>> {
    const tensors: Record<string, RuntimeTensor> = {};
    for (const name of this.inputNames) {
      const tensor = feedFor(this.graphName, name, this.types.get(name) as TensorType, feeds);
      tensors[name] = isOnHost(tensor) ? toRuntime(this.runtime, tensor) : this.own(tensor, name);
    }
    const results = await this.session.run(tensors);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, this.resultOf(name, tensor)]),
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private own(tensor: KeptTensor, name: string): RuntimeTensor {
    const { device } = this.runtime;
    const where = `input '${name}' of graph '${this.graphName}'`;
    if (!(tensor instanceof HeldTensor) || tensor.device !== device)
      throw new Error(`${where}: expected a tensor kept on '${device}', found one that is kept elsewhere`);
    if (tensor.isReleased) throw new Error(`${where}: the kept tensor has been released`);
    return tensor.value;
  }
}

/** A tensor of the runtime's, wherever it lies. Its values are never asked for: the binding cannot fetch them. */
class HeldTensor implements KeptTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly device: string;
  readonly value: RuntimeTensor;
  isReleased = false;

  constructor(value: RuntimeTensor, device: string) {
    this.dtype = value.type as DType;
    this.shape = value.dims;
    this.device = device;
    this.value = value;
  }

  release(): void {
    if (!this.isReleased) this.value.dispose();
    this.isReleased = true;
  }
}

/** Sums depend on where a tensor starts, so it starts on a boundary; a view that does not is copied. */
const ALIGNMENT_BYTES = 64;

function toRuntime(runtime: Runtime, tensor: HostTensor): RuntimeTensor {
  const data = tensor.data as Float32Array;
  const aligned = data.byteOffset % ALIGNMENT_BYTES === 0 ? data : data.slice();
  return runtime.tensor(tensor.dtype, aligned, [...tensor.shape]);
}

function fromRuntime(tensor: RuntimeTensor): HostTensor {
  const result = { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as Float32Array };
  if (tensor.location !== 'cpu')
    throw new Error(`expected ${formatType(result)} on the host, found it on ${tensor.location}`);
  return result;
}
