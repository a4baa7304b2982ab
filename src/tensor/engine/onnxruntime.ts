/** ONNX Runtime for Node. The only file that imports it. */
import * as ort from 'onnxruntime-node';
import { graphOf } from '../graph/node.ts';
import { newBuilder } from '../ops/index.ts';
import { type Device, missingDevice, plainReason, prepareDevice } from './device.ts';
import type { Engine } from './engine.ts';
import { sessionEngine } from './session-engine.ts';

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
  return sessionEngine({
    name: `onnxruntime ${onnxRuntimeVersion} (${device}, ${options.threads} threads)`,
    device,
    open: async (model, { isFloat64, kept }) => {
      const settings = { ...sessionOptions(options, device, isFloat64), ...outputLocations(device, kept) };
      const session = await ort.InferenceSession.create(model, settings);
      return {
        run: (feeds) => session.run(feeds as Record<string, ort.Tensor>),
        release: () => session.release(),
      };
    },
    tensor: (dtype, data, shape) => new ort.Tensor(dtype, data, shape),
  });
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
