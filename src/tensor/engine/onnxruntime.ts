/** ONNX Runtime for Node. The only file that imports it. */
import * as ort from 'onnxruntime-node';
import { type Graph, inputName } from '../graph/node.ts';
import { optimizeGraph } from '../graph/passes/index.ts';
import { type DType, formatType, type HostTensor, type TensorType } from '../graph/type.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { inferType } from '../ops/index.ts';
import type { Engine, Executable, NamedTensors } from './engine.ts';
import { feedFor, usedInputs } from './feeds.ts';
import { evaluateNode } from './interpreter.ts';

export interface OnnxRuntimeOptions {
  /** Threads of one run; a result's last bits may depend on it. */
  readonly threads: number;
  /** Where graphs run, in order of preference: `cpu`, `cuda`, `webgpu`. */
  readonly executionProviders?: readonly string[];
}

/** The version of the runtime; a part of what determines a result's bits. */
export const onnxRuntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;

/**
 * An engine over ONNX Runtime. `run` blocks the thread that calls it, so long work belongs into a child
 * process; one process loads the binding once.
 */
export function onnxRuntimeEngine(options: OnnxRuntimeOptions): Engine {
  const providers = options.executionProviders ?? ['cpu'];
  return {
    name: `onnxruntime ${onnxRuntimeVersion} (${providers.join(', ')}, ${options.threads} threads)`,
    compile: async (given) => {
      const graph = optimizeGraph(given, inferType, evaluateNode);
      const isFloat64 = graph.nodes.some((node) => node.type.dtype === 'float64');
      const settings = sessionOptions(options, providers, isFloat64);
      const session = await ort.InferenceSession.create(emitOnnx(graph), settings);
      return new SessionExecutable(graph, session);
    },
  };
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
  providers: readonly string[],
  isFloat64: boolean,
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers],
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

class SessionExecutable implements Executable {
  readonly inputNames: readonly string[];
  private readonly graphName: string;
  private readonly types: ReadonlyMap<string, TensorType>;
  private readonly session: ort.InferenceSession;

  constructor(graph: Graph, session: ort.InferenceSession) {
    this.graphName = graph.name;
    this.inputNames = usedInputs(graph);
    this.types = new Map(graph.inputs.map((input) => [inputName(input), input.type]));
    this.session = session;
  }

  async run(feeds: NamedTensors): Promise<Record<string, HostTensor>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const name of this.inputNames)
      tensors[name] = toOrt(feedFor(this.graphName, name, this.types.get(name) as TensorType, feeds));
    const results = await this.session.run(tensors);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(tensor)]));
  }

  async release(): Promise<void> {
    await this.session.release();
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
