import { describe, expect, it } from 'vitest';
import { classAxis, type LossName, lossOf } from '../../../src/network/models/losses.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers } from '../../tensor/evaluate.ts';

async function lossValue(loss: LossName, output: HostTensor, targets: HostTensor | null): Promise<number> {
  const b = newBuilder();
  const nodes = [b.input('output', output), ...(targets ? [b.input('targets', targets)] : [])];
  const node = lossOf(b, loss, nodes[0]!, nodes[1] ?? null);
  const [value] = await evaluate([node], { output, ...(targets ? { targets } : {}) });
  return numbers(value)[0] as number;
}

const classes = (values: readonly number[], shape: readonly number[] = [values.length]): HostTensor => ({
  dtype: 'int64',
  shape,
  data: BigInt64Array.from(values, BigInt),
});

/** -log of the softmax at a class. */
const surprise = (row: readonly number[], target: number) =>
  Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[target] as number);

const rows = [
  [0.2, -1, 0.7],
  [1.5, 0.1, -0.3],
  [-0.4, 0.6, 0.9],
  [0.3, 0.2, 0.1],
] as const;

describe('cross-entropy', () => {
  it('is the mean over rows, those of class -100 left out', async () => {
    const expected = (surprise(rows[0], 2) + surprise(rows[2], 0) + surprise(rows[3], 1)) / 3;
    expect(
      await lossValue('cross-entropy', float64(rows.flat(), [4, 3]), classes([2, -100, 0, 1])),
    ).toBeCloseTo(expected, 14);
  });

  it('finds classes on the last axis and on the second', async () => {
    const expected =
      (surprise(rows[0], 2) + surprise(rows[1], 1) + surprise(rows[2], 0) + surprise(rows[3], 1)) / 4;
    const targets = classes([2, 1, 0, 1], [2, 2]);
    expect(await lossValue('cross-entropy', float64(rows.flat(), [2, 2, 3]), targets)).toBeCloseTo(
      expected,
      14,
    );
    // [2, 3, 2]: two images of two pixels with three classes each
    const second = [0, 1].flatMap((image) =>
      [0, 1, 2].flatMap((c) => [0, 1].map((pixel) => rows[2 * image + pixel]![c]!)),
    );
    expect(await lossValue('cross-entropy', float64(second, [2, 3, 2]), targets)).toBeCloseTo(expected, 14);
  });

  it('takes the last axis of sequences and the second of images where both fit', () => {
    const axis = (shape: readonly number[]) =>
      classAxis({ dtype: 'float64', shape }, { dtype: 'int64', shape: shape.slice(0, -1) });
    expect(axis([2, 3, 3])).toBe(2);
    expect(axis([2, 3, 3, 3])).toBe(1);
  });

  it('refuses targets of another shape', async () => {
    await expect(lossValue('cross-entropy', float64(rows.flat(), [4, 3]), classes([1, 2]))).rejects.toThrow(
      /do not fit/,
    );
  });
});

it('nll takes log-probabilities as they are', async () => {
  expect(await lossValue('nll', float64([-0.1, -2, -3, -0.4], [2, 2]), classes([1, 0]))).toBeCloseTo(
    (2 + 3) / 2,
    14,
  );
});

it('mse is the mean square over all elements', async () => {
  expect(await lossValue('mse', float64([1, 2, 3, 4], [2, 2]), float64([0, 0, 3, 2], [2, 2]))).toBeCloseTo(
    (1 + 4 + 0 + 4) / 4,
    14,
  );
  await expect(lossValue('mse', float64([1, 2]), float64([1, 2], [2, 1]))).rejects.toThrow(/same shape/);
});

it('bce of probabilities and of their logits are the same', async () => {
  const logits = [0.3, -1.2, 2];
  const wanted = float64([1, 0, 0.25]);
  const probabilities = logits.map((x) => 1 / (1 + Math.exp(-x)));
  const expected =
    -(
      Math.log(probabilities[0]!) +
      Math.log(1 - probabilities[1]!) +
      0.25 * Math.log(probabilities[2]!) +
      0.75 * Math.log(1 - probabilities[2]!)
    ) / 3;
  expect(await lossValue('bce', float64(probabilities), wanted)).toBeCloseTo(expected, 13);
  expect(await lossValue('bce-with-logits', float64(logits), wanted)).toBeCloseTo(expected, 13);
});

it('none takes a scalar for the loss and refuses anything else', async () => {
  expect(await lossValue('none', float64([2.5], [1, 1]), null)).toBe(2.5);
  await expect(lossValue('none', float64([1, 2]), null)).rejects.toThrow(/say which loss to take/);
});
