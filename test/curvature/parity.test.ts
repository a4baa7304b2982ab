import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { denseMatrix, symmetricEigenvalues } from '../../src/spectrum/index.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { flatten, type ParityCase, readParityCase } from './parity-case.ts';
import { curvatureOf, parityErrors } from './parity-errors.ts';

const folder = fileURLToPath(new URL('../fixtures/parity/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
const engine = onnxRuntimeEngine({ threads: 1 });

/**
 * Two orders of the same float64 sums differ by some hundred roundings of 1e-16 in the terms; a wrong term shows in the
 * first digits. Float32 rounds at 6e-8 and the deepest case loses two to three digits more on the way.
 */
const TOLERANCE = { float64: 1e-9, float32: 1e-4 } as const;

it('there are cases of both families', () => {
  expect(files.length).toBeGreaterThanOrEqual(7);
});

describe.each(files)('%s agrees with PyTorch', (file) => {
  let parity: ParityCase;
  beforeAll(async () => {
    parity = await readParityCase(`${folder}${file}`);
  });

  it.each(['float64', 'float32'] as const)(
    'in %s: loss, gradient, Hessian product, every block',
    async (precision) => {
      const { blocks, ...whole } = await parityErrors(parity, engine, precision);
      for (const [what, error] of Object.entries({ ...whole, ...blocks }))
        expect(error, what).toBeLessThan(TOLERANCE[precision]);
      expect(Object.keys(blocks)).toEqual(parity.config.parameters);
    },
  );

  it.runIf(file.includes('spectrum'))('in its exact eigenvalues, whole and by block', async () => {
    const curvature = curvatureOf(parity, engine, 'float64');
    await curvature.linearizeAll();
    const operators = [curvature.whole(), ...parity.model.parameters.map((block) => curvature.block(block))];
    for (const operator of operators) {
      const expected = flatten(parity.expected.eigenvalues, [operator.name]);
      const matrix = await denseMatrix(operator, 16);
      const found = symmetricEigenvalues(matrix?.entries ?? [], operator.dim);
      await operator.release();
      const range = (expected.at(-1) as number) - (expected[0] as number);
      for (const [index, value] of expected.entries())
        expect(Math.abs((found[index] as number) - value), `${operator.name} ${index}`).toBeLessThan(
          1e-9 * range,
        );
    }
    await curvature.release();
  });
});
