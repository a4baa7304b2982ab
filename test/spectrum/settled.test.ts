import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { wassersteinOne } from '../../src/spectrum/distance/wasserstein-1.ts';
import { runLanczos, startLanczos } from '../../src/spectrum/lanczos.ts';
import type { LinearOperator, Vector } from '../../src/spectrum/operator.ts';
import { sampleProbe } from '../../src/spectrum/probe.ts';
import { lanczosSpectrum } from '../../src/spectrum/quadrature.ts';
import { convergenceOf, hasSettled, settledStep, stepErrorOfProbe } from '../../src/spectrum/settled.ts';
import type { ProbeSpectrum } from '../../src/spectrum/spectrum.ts';
import { diagonalOperator } from './prescribed.ts';

const DIM = 1000;
/** Eigenvalues in ascending order at the quantiles of a distribution. */
const quantiles = (at: (u: number) => number, dim = DIM) =>
  Array.from({ length: dim }, (_, i) => at((i + 0.5) / dim)).sort((a, b) => a - b);

/** Shapes that Hessians have, and some that they do not. */
const SPECTRA: Readonly<Record<string, readonly number[]>> = {
  'evenly spaced': quantiles((u) => u),
  'dense at its ends': quantiles((u) => Math.cos(Math.PI * u)),
  'dense at zero': quantiles((u) => (2 * u - 1) ** 3),
  'a spike at zero with a long tail': quantiles((u) => u ** 20),
  'six decades of either sign': quantiles((u) => (u < 0.5 ? -1 : 1) * 10 ** (-6 * ((2 * u) % 1))),
  'a bulk with one outlier': quantiles((u) => (u < 1 - 1 / DIM ? 0.1 * u : 1)),
  'two bulks': quantiles((u) => (u < 0.5 ? 0.1 * u : 1 + 0.1 * u)),
};

function probeOf(index: number, dim = DIM): Vector {
  return sampleProbe({ kind: 'gaussian', dim, precision: 'float64', seed: 5, path: ['settled', index] });
}

/** The measure of a probe on a diagonal matrix: its squared entries at the (ascending) eigenvalues. */
function exactMeasure(eigenvalues: readonly number[], probe: Vector): { nodes: number[]; masses: number[] } {
  return { nodes: [...eigenvalues], masses: Array.from(probe, (x) => x * x) };
}

function rangeOf(ascending: readonly number[]): number {
  return ascending.at(-1)! - ascending[0]!;
}

async function lanczos(
  operator: LinearOperator,
  probes: readonly Vector[],
  steps: number,
  tolerance?: number,
) {
  const states = probes.map((probe) => startLanczos(probe, { steps, tolerance }));
  await runLanczos(operator, states);
  return states;
}

function firstSteps(
  state: { readonly alphas: readonly number[]; readonly betas: readonly number[] },
  steps: number,
) {
  return { alphas: state.alphas.slice(0, steps), betas: state.betas.slice(0, steps) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(Object.entries(SPECTRA))('the error of steps for %s', (_, eigenvalues) => {
  const probes = [0, 1, 2, 3].map((index) => probeOf(index));

  it('bounds the true error of each probe, and is at most five times as large', async () => {
    const states = await lanczos(diagonalOperator(eigenvalues), probes, 100);
    for (const steps of [40, 50, 70, 100]) {
      states.forEach((state, i) => {
        const taken = firstSteps(state, steps);
        const { nodes, weights } = lanczosSpectrum('', DIM, [taken]).probes[0]!;
        const exact = exactMeasure(eigenvalues, probes[i]!);
        const error = wassersteinOne({ nodes, masses: weights }, exact) / rangeOf(eigenvalues);
        // Half of the steps have at least twice the error where it falls as 1 / steps or faster, and at most four
        // times where it falls no faster than 1 / steps^2; their distance differs from that by at most the error.
        expect(error / stepErrorOfProbe(taken)!).toBeLessThan(1);
        expect(error / stepErrorOfProbe(taken)!).toBeGreaterThan(0.2);
      });
    }
  });

  it('ends probes early, at a density that is within the tolerance of 100 steps', async () => {
    const operator = diagonalOperator(eigenvalues);
    const all = await lanczos(operator, probes, 100);
    const tolerance = 0.012;
    const early = await lanczos(operator, probes, 100, tolerance);
    early.forEach((state, i) => {
      expect(state.finished).toBe('settled');
      expect(state.alphas.length).toBeLessThan(100);
      expect(state.alphas).toEqual(all[i]!.alphas.slice(0, state.alphas.length));
      expect(settledStep(all[i]!, tolerance)).toBe(state.alphas.length);
      const [left, right] = [state, all[i]!].map((s) => lanczosSpectrum('', DIM, [s]).probes[0]!);
      const distance = wassersteinOne(
        { nodes: left!.nodes, masses: left!.weights },
        { nodes: right!.nodes, masses: right!.weights },
      );
      expect(distance / rangeOf(eigenvalues)).toBeLessThan(tolerance);
    });
    const { stepError } = convergenceOf(lanczosSpectrum('', DIM, early), tolerance);
    // W1 is convex, and the range over all probes is at least that of each.
    expect(stepError!).toBeLessThanOrEqual(
      meanOf(early.map((state) => stepErrorOfProbe(state)!)) * (1 + 1e-12),
    );
    expect(stepError!).toBeLessThanOrEqual(tolerance);
  });
});

describe('the error of probes', () => {
  const dim = 200;
  const eigenvalues = quantiles((u) => u * u, dim);
  const uniform = { nodes: eigenvalues, masses: new Array<number>(dim).fill(1 / dim) };

  /** Probes that are resolved to the last eigenvalue, so that there is no other error. */
  function resolved(first: number, count: number) {
    const probes = Array.from({ length: count }, (_, i): ProbeSpectrum => {
      const { nodes, masses } = exactMeasure(eigenvalues, probeOf(first + i, dim));
      const ones = new Array<number>(dim).fill(1);
      return { alphas: ones, betas: ones, nodes, weights: masses, residualBounds: ones };
    });
    return { name: 'resolved', dim, method: 'lanczos', isZero: false, probes } as const;
  }

  it.each([3, 10])('tracks the mean distance of %i probes to the spectrum and bounds it', (count) => {
    const groups = Array.from({ length: 60 }, (_, group) => resolved(group * count, count));
    const distances = groups.map(({ probes }) => {
      const masses = eigenvalues.map((_, i) => meanOf(probes.map(({ weights }) => weights[i]!)));
      return wassersteinOne({ nodes: eigenvalues, masses }, uniform) / rangeOf(eigenvalues);
    });
    const errors = groups.map((spectrum) => convergenceOf(spectrum, 0.1).probeError!);
    const ratio = meanOf(distances) / meanOf(errors);
    // For a normal error E|x| = 0.80 sd, and the estimated sd is 0.89 (3 probes) to 0.97 (10) of the true one: 0.90 to
    // 0.82. A group's distance scatters by half of itself, the mean over 60 groups by 7 %.
    expect(ratio).toBeGreaterThan(0.65);
    expect(ratio).toBeLessThan(1.1);
  });

  it('falls with the root of their number', () => {
    const few = meanOf([0, 4, 8, 12].map((first) => convergenceOf(resolved(first, 4), 0.1).probeError!));
    const many = convergenceOf(resolved(0, 64), 0.1).probeError!;
    // 4 against 64 probes: a factor of 4, less 8 % for the bias of the sd of four, and the scatter of one error.
    expect(few / many).toBeGreaterThan(3);
    expect(few / many).toBeLessThan(5);
  });

  it('is unknown with one probe and zero where all agree', () => {
    expect(convergenceOf(resolved(0, 1), 0.1).probeError).toBeNull();
    const [probe] = resolved(0, 1).probes;
    expect(convergenceOf({ ...resolved(0, 1), probes: [probe!, probe!] }, 0.1).probeError).toBe(0);
  });
});

describe('the error of steps', () => {
  it('is the distance of two closed forms for the semicircle', () => {
    // The Jacobi matrix of Chebyshev's second kind: nodes 2 cos t, weights 2 sin^2 t / (k + 1), t = j pi / (k + 1).
    const semicircle = (k: number) => {
      const angles = Array.from({ length: k }, (_, j) => ((k - j) * Math.PI) / (k + 1));
      return {
        nodes: angles.map((t) => 2 * Math.cos(t)),
        masses: angles.map((t) => (2 * Math.sin(t) ** 2) / (k + 1)),
      };
    };
    const jacobi = (k: number) => ({
      alphas: new Array<number>(k).fill(0),
      betas: new Array<number>(k).fill(1),
    });
    for (const steps of [40, 51]) {
      const half = Math.floor(steps / 2);
      const expected =
        wassersteinOne(semicircle(steps), semicircle(half)) / (4 * Math.cos(Math.PI / (steps + 1)));
      // Rounding of an eigenproblem of size 2: some eps a node.
      expect(Math.abs(stepErrorOfProbe(jacobi(steps))! - expected)).toBeLessThan(1e-13);
    }
  });
});

describe('settling', () => {
  const spectrum = SPECTRA['evenly spaced']!;

  it('is looked for at steps 40, 50, 60 and so on only', async () => {
    const [state] = await lanczos(diagonalOperator(spectrum), [probeOf(0)], 100);
    const looks = Array.from({ length: 100 }, (_, i) => i + 1).filter((steps) =>
      hasSettled(firstSteps(state!, steps), 0.9),
    );
    expect(looks).toEqual([40, 50, 60, 70, 80, 90, 100]);
  });

  it('does not depend on which probes advance together', async () => {
    const probes = [0, 1, 2, 3, 4, 5].map((index) => probeOf(index));
    const operator = diagonalOperator(SPECTRA['a bulk with one outlier']!);
    // Between the errors after 40 steps, so that some end there and others go on.
    const at40 = (await lanczos(operator, probes, 40)).map((state) => stepErrorOfProbe(state)!);
    const tolerance = meanOf(at40);
    const together = await lanczos(operator, probes, 90, tolerance);
    const apart = await Promise.all(
      probes.map(async (probe) => (await lanczos(operator, [probe], 90, tolerance))[0]!),
    );
    expect(together.map(({ alphas }) => alphas)).toEqual(apart.map(({ alphas }) => alphas));
    expect(new Set(together.map(({ alphas }) => alphas.length)).size).toBeGreaterThan(1);
  });

  it('never ends a probe without a tolerance, nor one that has taken all its steps', async () => {
    const operator = diagonalOperator(SPECTRA['two bulks']!);
    expect((await lanczos(operator, [probeOf(0)], 60))[0]).toMatchObject({
      finished: 'steps',
      tolerance: null,
    });
    expect((await lanczos(operator, [probeOf(0)], 40, 0.5))[0]).toMatchObject({ finished: 'steps' });
  });

  it('changes with neither the scale nor the place of a spectrum', async () => {
    const errors = await Promise.all(
      [(x: number) => x, (x: number) => 1e-5 * x, (x: number) => x - 0.5].map(async (move) => {
        const states = await lanczos(diagonalOperator(spectrum.map(move)), [probeOf(0), probeOf(1)], 60);
        return convergenceOf(lanczosSpectrum('', DIM, states), 0.1);
      }),
    );
    for (const { stepError, probeError } of errors) {
      // 60 steps with rounding of 1e-16, which the loss of orthogonality does not yet amplify on an even spectrum.
      expect(Math.abs(stepError! - errors[0]!.stepError!)).toBeLessThan(1e-10);
      expect(Math.abs(probeError! - errors[0]!.probeError!)).toBeLessThan(1e-10);
    }
  });

  it('has no error of steps after a breakdown, and none that is known after a single step', async () => {
    const operator = diagonalOperator(Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]!));
    const broken = await lanczos(operator, [probeOf(0, 30), probeOf(1, 30)], 20);
    expect(broken.map(({ finished }) => finished)).toEqual(['breakdown', 'breakdown']);
    expect(convergenceOf(lanczosSpectrum('', 30, broken), 0.1)).toMatchObject({
      steps: [3, 3],
      stepError: 0,
    });
    const single = await lanczos(operator, [probeOf(0, 30)], 1);
    expect(convergenceOf(lanczosSpectrum('', 30, single), 0.1)).toEqual({
      tolerance: 0.1,
      steps: [1],
      stepError: null,
      probeError: null,
    });
  });

  it('takes a positive tolerance only', () => {
    for (const tolerance of [0, -0.1, Number.NaN])
      expect(() => startLanczos(probeOf(0), { steps: 10, tolerance })).toThrow(UserError);
  });
});
