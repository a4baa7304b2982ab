/** ONNX Runtime for Node. The only file that imports it. */
import * as ort from 'onnxruntime-node';
import { type Graph, graphOf, inputName } from '../graph/node.ts';
import { optimizeGraph } from '../graph/passes/index.ts';
import { type DType, formatType, type HostTensor, type TensorType } from '../graph/type.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { inferType, newBuilder } from '../ops/index.ts';
import { type Device, missingDevice, plainReason, prepareDevice } from './device.ts';
import type { Engine, EngineTensor, Executable, Feeds, KeptTensor } from './engine.ts';
import { feedFor, isOnHost, usedInputs } from './feeds.ts';
import { evaluateNode } from './interpreter.ts';

export interface OnnxRuntimeOptions {
  /** Threads of one run; a result's last bits may depend on it. */
  readonly threads: number;
  /** Where graphs run; `cpu` unless given. */
  readonly device?: Device;
}

/** The version of the runtime; a part of what determines a result's bits. */
export const onnxRuntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;

/**
 * An engine over ONNX Runtime. `run` blocks the thread that calls it, so long work belongs into a child
 * process; one process loads the binding once.
 */
export function onnxRuntimeEngine(options: OnnxRuntimeOptions): Engine {
  const device = options.device ?? 'cpu';
  prepareDevice(device);
  const open = async <Result extends EngineTensor>(
    given: Graph,
    kept: readonly string[],
    resultOf: (name: string, tensor: ort.Tensor) => Result,
  ) => {
    const graph = optimizeGraph(given, inferType, evaluateNode);
    const isFloat64 = graph.nodes.some((node) => node.type.dtype === 'float64');
    const settings = { ...sessionOptions(options, device, isFloat64), ...outputLocations(device, kept) };
    const session = await ort.InferenceSession.create(emitOnnx(graph), settings);
    return new SessionExecutable(graph, session, device, resultOf);
  };
  return {
    name: `onnxruntime ${onnxRuntimeVersion} (${device}, ${options.threads} threads)`,
    compile: (graph) => open(graph, [], (_, tensor) => fromOrt(tensor)),
    compileKeeping: (graph, kept) => {
      const isKept = new Set(kept);
      return open<EngineTensor>(graph, kept, (name, tensor) =>
        isKept.has(name) ? new RuntimeTensor(tensor, device) : fromOrt(tensor),
      );
    },
  };
}

/**
 * An engine on a device that has been tried.
 * @throws UserError when the device is not there or does not work, with what it needs.
 */
export async function openOnnxRuntimeEngine(options: OnnxRuntimeOptions): Promise<Engine> {
  const engine = onnxRuntimeEngine(options);
  const { device = 'cpu' } = options;
  if (device === 'cpu') return engine;
  const known = ort.listSupportedBackends().map(({ name }) => name);
  if (!known.includes(device))
    throw missingDevice(device, `its build for ${process.platform} ${process.arch} has ${known.join(', ')}`);
  try {
    await tryDevice(engine);
  } catch (error) {
    throw missingDevice(device, plainReason((error as Error).message));
  }
  return engine;
}

/** Runs the smallest product: some faults of drivers show at the first kernel only. */
async function tryDevice(engine: Engine): Promise<void> {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [1, 1] });
  const executable = await engine.compile(graphOf('trial', [x], [{ name: 'y', node: b.matmul(x, x) }]));
  await executable.run({ x: { ...x.type, data: Float32Array.of(1) } });
  await executable.release();
}

/**
 * Rewritings of the runtime that move a scalar constant into an attribute, which is float32 in any graph: they round
 * the scale of attention or the epsilon of a normalisation and leave float64 results good to 1e-8.
 */
const FLOAT32_CONSTANT_FUSIONS = [
  'MatMulScaleFusion',
  'LayerNormFusionL1',
  'LayerNormFusionL2',
  'SimplifiedLayerNormFusion',
  'QuickGeluFusion',
].join(';');

/**
 * The settings that experiments forced: the default arenas grow to tens of gigabytes over many sessions;
 * spinning threads take the time of the calling thread; denormal numbers slow a product a hundredfold. The thread
 * that makes the first session flushes them from then on in JavaScript too.
 */
function sessionOptions(
  options: OnnxRuntimeOptions,
  device: Device,
  isFloat64: boolean,
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' },
      ...(isFloat64 ? { optimization: { disable_specified_optimizers: FLOAT32_CONSTANT_FUSIONS } } : {}),
    },
  };
}

/**
 * Outputs that stay in the device's memory. The Node binding knows WebGPU's buffers alone; from CUDA every output is
 * copied to the host, and on the CPU there is nothing to gain.
 */
function outputLocations(
  device: Device,
  kept: readonly string[],
): Pick<ort.InferenceSession.SessionOptions, 'preferredOutputLocation'> {
  if (device !== 'webgpu' || kept.length === 0) return {};
  return { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'] as const)) };
}

class SessionExecutable<Result extends EngineTensor> implements Executable<Result> {
  readonly inputNames: readonly string[];
  private readonly graphName: string;
  private readonly types: ReadonlyMap<string, TensorType>;
  private readonly session: ort.InferenceSession;
  private readonly device: Device;
  private readonly resultOf: (name: string, tensor: ort.Tensor) => Result;

  /** @param resultOf an output as it leaves this engine. */
  constructor(
    graph: Graph,
    session: ort.InferenceSession,
    device: Device,
    resultOf: (name: string, tensor: ort.Tensor) => Result,
  ) {
    this.graphName = graph.name;
    this.inputNames = usedInputs(graph);
    this.types = new Map(graph.inputs.map((input) => [inputName(input), input.type]));
    this.session = session;
    this.device = device;
    this.resultOf = resultOf;
  }

  async run(feeds: Feeds): Promise<Record<string, Result>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const name of this.inputNames) {
      const tensor = feedFor(this.graphName, name, this.types.get(name) as TensorType, feeds);
      tensors[name] = isOnHost(tensor) ? toOrt(tensor) : this.own(tensor, name);
    }
    const results = await this.session.run(tensors);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, this.resultOf(name, tensor)]),
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private own(tensor: KeptTensor, name: string): ort.Tensor {
    const where = `input '${name}' of graph '${this.graphName}'`;
    if (!(tensor instanceof RuntimeTensor) || tensor.device !== this.device)
      throw new Error(
        `${where}: expected a tensor kept on '${this.device}', found one that is kept elsewhere`,
      );
    if (tensor.isReleased) throw new Error(`${where}: the kept tensor has been released`);
    return tensor.value;
  }
}

/** A tensor of the runtime's, wherever it lies. Its values are never asked for: the binding cannot fetch them. */
class RuntimeTensor implements KeptTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly device: Device;
  readonly value: ort.Tensor;
  isReleased = false;

  constructor(value: ort.Tensor, device: Device) {
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

function toOrt(tensor: HostTensor): ort.Tensor {
  const data = tensor.data as Float32Array;
  const aligned = data.byteOffset % ALIGNMENT_BYTES === 0 ? data : data.slice();
  return new ort.Tensor(tensor.dtype, aligned, [...tensor.shape]);
}

function fromOrt(tensor: ort.Tensor): HostTensor {
  const result = { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as Float32Array };
  if (tensor.location !== 'cpu')
    throw new Error(`expected ${formatType(result)} on the host, found it on ${tensor.location}`);
  return result;
}
