/** ONNX Runtime for browsers: WebAssembly, or WebGPU where there is a GPU. The only file that imports it. */
import type * as Ort from 'onnxruntime-web';
import { UserError } from '../../../src/errors.ts';
import type { Engine } from '../../../src/tensor/engine/engine.ts';
import { sessionEngine } from '../../../src/tensor/engine/session-engine.ts';
import { hasWebGpu } from './web-gpu.ts';

export interface BrowserEngineOptions {
  readonly device: 'wasm' | 'webgpu';
  /** Threads of one run on `wasm`; more than one where the page is isolated from other origins. */
  readonly threads: number;
  /** The address of the folder with the runtime's files; nothing is fetched from elsewhere. */
  readonly files: string;
}

/**
 * Loads the runtime and makes an engine over it.
 * @throws UserError when WebGPU is asked for and the browser has no adapter.
 */
export async function openBrowserEngine({ device, threads, files }: BrowserEngineOptions): Promise<Engine> {
  if (device === 'webgpu') await requireAdapter();
  const ort: typeof Ort =
    device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  const { wasm } = ort.env;
  wasm.wasmPaths = files;
  // Threads share memory, which browsers allow only to pages that are isolated from other origins.
  wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = 'error';
  return sessionEngine({
    name: `onnxruntime-web ${ort.env.versions.common} (${device}, ${wasm.numThreads} threads)`,
    device,
    open: async (model, { kept }) => {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [device],
        graphOptimizationLevel: 'all',
        executionMode: 'sequential',
        logSeverityLevel: 3,
        ...(device === 'webgpu' && kept.length > 0
          ? { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])) }
          : {}),
      });
      return {
        run: (feeds) => session.run(feeds as Record<string, Ort.Tensor>),
        release: () => session.release(),
      };
    },
    tensor: (dtype, data, shape) => new ort.Tensor(dtype, data as Float32Array, shape),
  });
}

async function requireAdapter(): Promise<void> {
  if (await hasWebGpu()) return;
  throw new UserError(
    "Expected a GPU for the device 'webgpu', found none that this browser may use; choose wasm, or a browser with WebGPU.",
  );
}
