/** Residuals stay on the engine's device, and each is freed once: nothing else would free the device's memory. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Engine, EngineTensor } from '../../src/tensor/engine/engine.ts';
import { onnxRuntimeEngine, openOnnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { cutIntoMicroBatches, flatten, readParityCase } from './parity-case.ts';
import { curvatureOf } from './parity-errors.ts';

const path = fileURLToPath(new URL('../fixtures/parity/gpt.safetensors', import.meta.url));
const parity = await readParityCase(path);
const vector = flatten(
  parity.vector,
  parity.model.parameters.map(({ name }) => name),
);

/** ONNX Runtime's engine, telling how many kept tensors are alive and how many there were at most. */
function watchedEngine(): { engine: Engine; alive(): number; most(): number; made(): number } {
  const inner = onnxRuntimeEngine({ threads: 1 });
  const alive = new Set<EngineTensor>();
  let [most, made] = [0, 0];
  const watch = (tensor: EngineTensor): void => {
    if ('data' in tensor) return;
    alive.add(tensor);
    made++;
    most = Math.max(most, alive.size);
    const release = tensor.release.bind(tensor);
    Object.assign(tensor, {
      release: () => {
        expect(alive.delete(tensor)).toBe(true);
        release();
      },
    });
  };
  const engine: Engine = {
    ...inner,
    compileKeeping: async (graph, kept) => {
      const executable = await inner.compileKeeping(graph, kept);
      return {
        inputNames: executable.inputNames,
        run: async (feeds) => {
          const results = await executable.run(feeds);
          for (const tensor of Object.values(results)) watch(tensor);
          return results;
        },
        release: () => executable.release(),
      };
    },
  };
  return { engine, alive: () => alive.size, most: () => most, made: () => made };
}

const microBatches = parity.config.batchSize;
const PRODUCTS = 3;

it.each([
  {
    what: 'kept from product to product',
    isKept: true,
    runs: microBatches,
    setsAtMost: microBatches,
  },
  {
    what: 'made again for each product',
    isKept: false,
    runs: PRODUCTS * microBatches,
    setsAtMost: 1,
  },
])('residuals that are $what are freed, each once', async ({ isKept, runs, setsAtMost }) => {
  const watched = watchedEngine();
  const data = cutIntoMicroBatches(parity, microBatches);
  const curvature = curvatureOf(parity, watched.engine, 'float64', {
    data,
    choice: { detail: 'all', isKept },
  });
  const operator = curvature.whole();
  const perRun = operator.linearization.residuals.length;
  for (let product = 0; product < PRODUCTS; product++) await operator.matmat([vector]);
  expect(watched.made()).toBe(runs * perRun);
  expect(watched.most()).toBe(setsAtMost * perRun);
  await operator.release();
  await curvature.release();
  expect(watched.alive()).toBe(0);
});

const webgpu = await openOnnxRuntimeEngine({ threads: 1, device: 'webgpu' }).catch(() => null);

describe.runIf(webgpu)('on a WebGPU device', () => {
  it('products of residuals that never left it are those of the CPU', async () => {
    const product = async (engine: Engine) => {
      const curvature = curvatureOf(parity, engine, 'float32');
      const [result] = await curvature.whole().matmat([Float32Array.from(vector)]);
      await curvature.release();
      return result as Float32Array;
    };
    const expected = await product(onnxRuntimeEngine({ threads: 1 }));
    const found = await product(webgpu as Engine);
    const difference = Math.hypot(...found.map((value, i) => value - (expected[i] as number)));
    // Sums of a few hundred float32 terms in another order: some tens of roundings of 6e-8.
    expect(difference / Math.hypot(...expected)).toBeLessThan(5e-6);
  });
});
