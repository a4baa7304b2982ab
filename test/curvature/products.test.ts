import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import type { CurvatureKind } from '../../src/curvature/products/index.ts';
import type { Dataset } from '../../src/network/data/dataset.ts';
import { type LOSS_NAMES, lossOf } from '../../src/network/models/losses.ts';
import type { Model } from '../../src/network/models/model.ts';
import { RandomStream } from '../../src/random/stream.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { SafetensorsFile } from '../../src/tensor/files/safetensors.ts';
import { flatten, inPrecision, type ParityCase, readParityCase } from './parity-case.ts';
import { distance, multiply, norm } from './parity-errors.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const engine = onnxRuntimeEngine({ threads: 1 });

/** As for Hessians: roundings of some hundred terms. */
const TOLERANCE = 1e-9;

function curvatureOf({ model, parameters, data }: ParityCase, kind: CurvatureKind): ModelCurvature {
  const precision = 'float64';
  return new ModelCurvature({
    model,
    parameters: inPrecision(parameters, precision),
    data,
    engine,
    precision,
    kind,
  });
}

describe.each(['mlp_scaled', 'gpt', 'bert', 'vgg'])('%s', (name) => {
  it.each(['gauss-newton', 'fisher'] as const)(
    '%s times a vector agrees with the matrix that PyTorch forms, whole and by block',
    async (kind) => {
      const parity = await readParityCase(join(fixtures, 'parity', `${name}.safetensors`));
      const file = await SafetensorsFile.open(join(fixtures, 'curvatures.safetensors'));
      const expected = async (prefix: string, parameter: string) =>
        Float64Array.from((await file.read(`${name}.${prefix}${parameter}`)).data as Float64Array);
      const names = parity.model.parameters.map((parameter) => parameter.name);
      const curvature = curvatureOf(parity, kind);
      await curvature.linearizeAll();
      const whole = curvature.whole();
      const found = await multiply(whole, flatten(parity.vector, names));
      const parts = await Promise.all(names.map((parameter) => expected(`${kind}.`, parameter)));
      const wanted = Float64Array.from(parts.flatMap((part) => [...part]));
      expect(distance(found, wanted)).toBeLessThan(TOLERANCE * norm(wanted));
      for (const parameter of parity.model.parameters) {
        const block = curvature.block(parameter);
        const own = await multiply(block, flatten(parity.vector, [parameter.name]));
        const ownExpected = await expected(`${kind}.block.`, parameter.name);
        expect(distance(own, ownExpected), parameter.name).toBeLessThan(
          TOLERANCE * Math.max(norm(ownExpected), norm(wanted) / 1000),
        );
        await block.release();
      }
      await whole.release();
      await curvature.release();
      await file.close();
    },
  );
});

const [ROWS, WIDTH, OUTPUTS] = [6, 4, 3];

/** Outputs x W, on which a loss is taken; the network is linear, so that Gauss-Newton is the Hessian. */
function linearCase(
  loss: (outputs: Parameters<typeof lossOf>) => ReturnType<typeof lossOf>,
  name: (typeof LOSS_NAMES)[number],
) {
  const drawn = (what: string, count: number) => new RandomStream(1, 'products', what).gaussian(count);
  const model: Model = {
    name: 'linear',
    dataKind: 'images',
    config: {},
    contextLength: null,
    parameters: [
      {
        name: 'w',
        shape: [WIDTH, OUTPUTS],
        kind: 'linear',
        layer: 1,
        initial: { kind: 'constant', value: 0 },
      },
    ],
    loss: ({ b, parameters, batch }) =>
      loss([b, name, b.matmul(batch.x as never, parameters.w as never), batch.y as never]),
  };
  const isClasses = name === 'cross-entropy';
  const targets = drawn('y', ROWS * OUTPUTS).map((value) => (value > 0 ? 1 : 0));
  const data: Dataset = {
    kind: 'arrays',
    name: 'drawn',
    description: 'drawn',
    batchSize: ROWS,
    microBatchCount: 1,
    microBatch: () => ({
      weight: ROWS,
      tensors: {
        x: { dtype: 'float64', shape: [ROWS, WIDTH], data: drawn('x', ROWS * WIDTH) },
        y: isClasses
          ? { dtype: 'int64', shape: [ROWS], data: BigInt64Array.from([0n, 1n, 2n, 0n, -100n, 1n]) }
          : { dtype: 'float64', shape: [ROWS, OUTPUTS], data: targets },
      },
    }),
  };
  const data64 = drawn('w', WIDTH * OUTPUTS);
  const parameters = { w: { dtype: 'float64' as const, shape: [WIDTH, OUTPUTS], data: data64 } };
  return (kind: CurvatureKind) =>
    new ModelCurvature({ model, parameters, data, engine, precision: 'float64', kind });
}

describe('where the network ends', () => {
  it.each(['cross-entropy', 'mse', 'bce-with-logits'] as const)(
    'is found for %s: of a linear network Gauss-Newton is the Hessian',
    async (name) => {
      const of = linearCase((args) => lossOf(...args), name);
      const vector = new RandomStream(1, 'products', 'v').gaussian(WIDTH * OUTPUTS);
      const [exact, found] = await Promise.all(
        (['hessian', 'gauss-newton'] as const).map((kind) => multiply(of(kind).whole(), vector)),
      );
      expect(distance(found as Float64Array, exact as Float64Array)).toBeLessThan(
        1e-14 * norm(exact as Float64Array),
      );
      expect(norm(exact as Float64Array)).toBeGreaterThan(0);
    },
  );

  it('is not guessed: another loss is refused with the operation that is in the way', () => {
    const of = linearCase(([b, , outputs]) => b.reduceMean(b.exp(outputs), [0, 1]), 'none');
    expect(() => of('gauss-newton').whole()).toThrow(/found 'exp' on the way to it; take the Hessian/);
  });

  it('is not enough for a Fisher matrix, which needs single predictions', () => {
    const of = linearCase((args) => lossOf(...args), 'mse');
    expect(() => of('fisher').whole()).toThrow(/expected cross-entropy over classes, found a squared error/);
  });
});
