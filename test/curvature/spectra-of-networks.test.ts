/** Spectra of small networks against all their eigenvalues, which PyTorch and LAPACK found. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  exactSpectrum,
  lanczosSpectrum,
  meanMeasure,
  type OperatorSpectrum,
  runLanczos,
  sampleProbe,
  spectrumMoments,
  startLanczos,
  wassersteinOne,
} from '../../src/spectrum/index.ts';
import type { LinearOperator } from '../../src/spectrum/operator.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { flatten, readParityCase } from './parity-case.ts';
import { curvatureOf } from './parity-errors.ts';

const engine = onnxRuntimeEngine({ threads: 1 });

async function quadratureOf(
  operator: LinearOperator,
  steps: number,
  probes: number,
): Promise<OperatorSpectrum> {
  const { dim, precision, name } = operator;
  const states = Array.from({ length: probes }, (_, probe) =>
    startLanczos(sampleProbe({ kind: 'gaussian', dim, precision, seed: 3, path: [name, probe] }), {
      steps,
      reorthogonalize: true,
    }),
  );
  await runLanczos(operator, states);
  return lanczosSpectrum(name, dim, states);
}

describe.each(['mlp_spectrum', 'gpt_spectrum'])('%s', async (name) => {
  const path = fileURLToPath(new URL(`../fixtures/parity/${name}.safetensors`, import.meta.url));
  const parity = await readParityCase(path);
  const expected = flatten(parity.expected.eigenvalues, ['full']);
  const range = (expected.at(-1) as number) - (expected[0] as number);

  it('has a spectrum by quadrature within its error of the exact one', async () => {
    const curvature = curvatureOf(parity, engine, 'float64');
    const [steps, probes] = [40, 40];
    const spectrum = await quadratureOf(curvature.whole(), steps, probes);
    const { trace, largest, least } = spectrumMoments(spectrum, 'float64');
    const exactTrace = expected.reduce((sum, value) => sum + value, 0);
    // Five standard errors: one failure in two million draws, and the seed is fixed.
    expect(Math.abs(trace.mean - exactTrace)).toBeLessThan(5 * (trace.standardError as number));
    // Extreme Ritz values converge first; 40 steps find them to rounding.
    expect(Math.abs(largest.mean - (expected.at(-1) as number))).toBeLessThan(1e-6 * range);
    expect(Math.abs(least.mean - (expected[0] as number))).toBeLessThan(1e-6 * range);
    // Chen, Trogdon and Ubaru: W1 <= t (range) for m >= 12/t + 1/2 and enough probes; here t = 0.31 by m, and the
    // weights of 40 x n random directions vary by about 1/sqrt(20 n) of the range.
    const distance = wassersteinOne(meanMeasure(spectrum), meanMeasure(exactSpectrum('exact', expected)));
    expect(distance / range).toBeLessThan(3 / Math.sqrt(20 * expected.length));
    await curvature.release();
  });
});
