import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { cutIntoMicroBatches, flatten, readParityCase } from './parity-case.ts';
import { curvatureOf } from './parity-errors.ts';

const path = fileURLToPath(new URL('../fixtures/parity/gpt.safetensors', import.meta.url));
const parity = await readParityCase(path);
const names = parity.model.parameters.map(({ name }) => name);
const engine = onnxRuntimeEngine({ threads: 1 });
const vector = flatten(parity.vector, names);

type Options = Parameters<typeof curvatureOf>[3];

async function productOf(options: Options, lockstep = 1): Promise<Float64Array> {
  const curvature = curvatureOf(parity, engine, 'float64', options);
  const operator = curvature.whole();
  await operator.setColumnsPerRun(lockstep);
  const products = await operator.matmat(new Array<Float64Array>(lockstep).fill(vector));
  await operator.release();
  await curvature.release();
  return products.at(-1) as Float64Array;
}

function relativeDistance(found: Float64Array, expected: Float64Array): number {
  const norm = (values: Float64Array) => Math.hypot(...values);
  return norm(found.map((value, i) => value - (expected[i] as number))) / norm(expected);
}

const whole = await productOf({});

it('averages the products of micro-batches, as one batch gives them', async () => {
  const cut = await productOf({ data: cutIntoMicroBatches(parity, parity.config.batchSize) });
  // The same few hundred float64 terms in another order.
  expect(relativeDistance(cut, whole)).toBeLessThan(1e-12);
});

it('weights micro-batches by the number of terms in their means', async () => {
  const halves = cutIntoMicroBatches(parity, parity.config.batchSize);
  const first = await productOf({ data: { ...halves, microBatchCount: 1 } });
  const uneven = {
    ...halves,
    microBatchCount: 2,
    microBatch: (index: number) => ({ ...halves.microBatch(index), weight: index === 0 ? 3 : 1 }),
  };
  const second = await productOf({
    data: { ...halves, microBatchCount: 1, microBatch: () => halves.microBatch(1) },
  });
  const expected = first.map((value, i) => 0.75 * value + 0.25 * (second[i] as number));
  expect(relativeDistance(await productOf({ data: uneven }), expected)).toBeLessThan(1e-12);
});

it('gives the same bits whether residuals are kept or made again for each product', async () => {
  const data = cutIntoMicroBatches(parity, parity.config.batchSize);
  const again = await productOf({ data, choice: { detail: 'all', isKept: false } });
  expect(again).toEqual(await productOf({ data }));
});

it.each([
  { detail: 'lean', isKept: true },
  { detail: 'lean', isKept: false },
] as const)('gives the same bits with residuals held otherwise: $detail, kept: $isKept', async (choice) => {
  const data = cutIntoMicroBatches(parity, parity.config.batchSize);
  expect(await productOf({ data, choice })).toEqual(await productOf({ data }));
});

it('computes everything within each product where nothing is kept', async () => {
  const choice = { detail: 'none', isKept: true } as const;
  const curvature = curvatureOf(parity, engine, 'float64', { choice });
  const block = parity.model.parameters[0] as (typeof parity.model.parameters)[number];
  for (const { linearization } of [curvature.whole(), curvature.block(block)]) {
    expect(linearization.residuals).toEqual([]);
    for (const { attributes } of linearization.tangentGraph.inputs)
      expect(attributes.name).not.toMatch(/^residual/);
  }
  // The same float64 terms, fused and ordered by the runtime in another way.
  expect(relativeDistance(await productOf({ choice }), whole)).toBeLessThan(1e-12);
});

it('keeps fewer residuals when they are lean', () => {
  const curvature = curvatureOf(parity, engine, 'float64');
  expect(curvature.residualCost('lean').bytes).toBeLessThan(curvature.residualCost('all').bytes);
});

it.each(['all', 'lean'] as const)(
  'finds the residuals of each block among those of the whole: %s',
  (detail) => {
    const curvature = curvatureOf(parity, engine, 'float64');
    curvature.chooseResiduals({ detail, isKept: true });
    const whole = new Set(curvature.whole().linearization.residuals);
    for (const parameter of parity.model.parameters)
      for (const residual of curvature.block(parameter).linearization.residuals)
        expect(whole.has(residual), `%${residual.id} of ${parameter.name}`).toBe(true);
  },
);

it('gives the same product for several columns in one run', async () => {
  expect(relativeDistance(await productOf({}, 3), whole)).toBeLessThan(1e-12);
});

it('names the operation behind a loss that is not finite', async () => {
  // Scores of query times key overflow, and the softmax of infinities is NaN.
  const huge = (name: string) => {
    const tensor = parity.parameters[name];
    if (!tensor) throw new Error(`the case has no parameter ${name}`);
    return { ...tensor, data: Float64Array.from(tensor.data as Float64Array, (value) => 1e200 * value) };
  };
  const swollen = ['transformer.h.0.attn.query.weight', 'transformer.h.0.attn.key.weight'];
  const parameters = {
    ...parity.parameters,
    ...Object.fromEntries(swollen.map((name) => [name, huge(name)])),
  };
  const curvature = curvatureOf({ ...parity, parameters }, engine, 'float64');
  await expect(curvature.loss()).rejects.toThrow(/micro-batch 1 is NaN.*comes from 'matmul'/);
  await curvature.release();
});

it('names micro-batch and operation behind a product that is not finite', async () => {
  const data = cutIntoMicroBatches(parity, parity.config.batchSize);
  for (const isKept of [true, false]) {
    const curvature = curvatureOf(parity, engine, 'float64', { data, choice: { detail: 'all', isKept } });
    const operator = curvature.whole();
    // As large as finite numbers are, so that sums of them are not.
    const largest = Math.max(...vector.map(Math.abs));
    const huge = vector.map((value) => (value / largest) * Number.MAX_VALUE);
    expect(await operator.whyNotFinite(huge)).toMatch(
      /^in micro-batch 1: the first such value comes from '[\w-]+' \(%\d+: float64/,
    );
    expect(await operator.whyNotFinite(vector)).toContain('is finite');
    await operator.release();
    await curvature.release();
  }
});
