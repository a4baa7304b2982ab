/** Pooling and resampling beyond what the fixture holds: many elements, two threads, large sizes. */
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { vjp } from '../../../src/tensor/autodiff/gradient.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import type { Node } from '../../../src/tensor/graph/node.ts';
import { type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import { emitOnnx } from '../../../src/tensor/onnx/emit.ts';
import { adaptiveAveragePool, averagePool, maxPool } from '../../../src/tensor/ops/composites/pooling.ts';
import { resizeLinear } from '../../../src/tensor/ops/composites/resize.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { graphOfNodes } from '../evaluate.ts';

const float32 = (name: string, shape: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(new RandomStream(6, name).gaussian(sizeOf(shape))),
});

describe('the gradient of overlapping max pooling', () => {
  const [planes, extent, places] = [64, 64, 32];
  const x = float32('x', [4, planes / 4, extent, extent]);
  const cotangent = float32('cotangent', [4, planes / 4, places, places]);

  it('adds up what several windows send to one element, with two threads, to the same bits each time', async () => {
    const b = newBuilder();
    const image = b.input('x', x);
    const pooled = maxPool(b, image, { kernel: 3, stride: 2, padding: 1 });
    const [gradient] = vjp(b, [pooled], [image], [b.input('cotangent', cotangent)]);
    const executable = await onnxRuntimeEngine({ threads: 2 }).compile(graphOfNodes([gradient as Node]));
    const expected = scattered(x, cotangent, planes, extent, places);
    const runs: Float32Array[] = [];
    for (let run = 0; run < 10; run++)
      runs.push((await executable.run({ x, cotangent })).y0?.data as Float32Array);
    await executable.release();
    for (const values of runs)
      expect(Buffer.from(values.buffer).equals(Buffer.from((runs[0] as Float32Array).buffer))).toBe(true);
    const differences = expected.map((value, i) => Math.abs(value - Number(runs[0]?.[i])));
    // Up to four windows share an element: three float32 sums of numbers below 16.
    expect(differences.reduce((worst, difference) => Math.max(worst, difference))).toBeLessThan(
      3 * 16 * 2 ** -24,
    );
  });
});

it('average pooling of an image to its own extents is the image itself', () => {
  const b = newBuilder();
  const image = b.input('x', float32('x', [2, 3, 4, 5]));
  expect(adaptiveAveragePool(b, image, [4, 5])).toBe(image);
});

/** The same by four loops: each cotangent goes to the first largest element of its window. */
function scattered(
  x: HostTensor,
  cotangent: HostTensor,
  planes: number,
  extent: number,
  places: number,
): Float64Array {
  const result = new Float64Array(x.data.length);
  for (let plane = 0; plane < planes; plane++)
    for (let row = 0; row < places; row++)
      for (let column = 0; column < places; column++) {
        let largest = -1;
        for (let i = 2 * row - 1; i <= 2 * row + 1; i++)
          for (let j = 2 * column - 1; j <= 2 * column + 1; j++) {
            if (i < 0 || j < 0 || i >= extent || j >= extent) continue;
            const at = (plane * extent + i) * extent + j;
            if (largest < 0 || Number(x.data[at]) > Number(x.data[largest])) largest = at;
          }
        const from = (plane * places + row) * places + column;
        result[largest] = (result[largest] as number) + Number(cotangent.data[from]);
      }
  return result;
}

describe('constants stay small', () => {
  it('in the average over windows of a long line', () => {
    const b = newBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [1, 2, 100_000] });
    const pooled = averagePool(b, x, { kernel: 4, stride: 2, padding: 1 });
    expect(emitOnnx(graphOfNodes([pooled])).length).toBeLessThan(4096);
  });

  it('in interpolation, which refuses extents whose weights would be large', () => {
    const b = newBuilder();
    const x = b.input('x', { dtype: 'float32', shape: [1, 2, 1000] });
    expect(() => resizeLinear(b, x, [2000], false)).toThrow(
      /1 MiB of weights to resample, found 1000 to 2000/,
    );
  });
});
