import { expect, it } from 'vitest';
import {
  DEFAULT_DISTANCE_SETTINGS,
  DISTANCES,
  measureBlockDistances,
  type OperatorSpectrum,
} from '../../../src/spectrum/index.ts';
import { adviseFrom } from '../../../src/study/advice/advice.ts';
import type { CalibrationPoint } from '../../../src/study/advice/calibration.ts';
import { parameterGroups, rateFactors } from '../../../src/study/advice/groups.ts';

/** All eigenvalues of a block: 1 to 2, times a scale. */
function block(name: string, scale: number, changed: Partial<OperatorSpectrum> = {}): OperatorSpectrum {
  const nodes = Array.from({ length: 11 }, (_, i) => scale * (1 + i / 10));
  const probe = {
    alphas: [],
    betas: [],
    nodes,
    weights: nodes.map(() => 1 / nodes.length),
    residualBounds: nodes.map(() => 0),
  };
  return { name, dim: nodes.length, method: 'exact', isZero: false, probes: [probe], ...changed };
}

const distancesOf = (spectra: readonly OperatorSpectrum[]) =>
  measureBlockDistances(spectra, DISTANCES['jsd-log'], DEFAULT_DISTANCE_SETTINGS);

/** A made-up calibration: gap = js0. */
const CALIBRATION = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(
  (js0): CalibrationPoint => ({
    name: String(js0),
    family: String(js0),
    architecture: 'attention',
    data: 'made up',
    js0,
    js0Error: null,
    noiseFloor: null,
    initialLoss: 2,
    sgdLoss: 1 + js0,
    adamwLoss: 1,
    relativeGap: js0,
    trainingSteps: 1,
  }),
);

const TWO_SCALES = [block('a', 1), block('b', 1), block('c', 1000), block('d', 1000), block('e', 1000)];

it('blocks of equal spectra share a group, and its rate falls with their largest eigenvalue', () => {
  const groups = parameterGroups(TWO_SCALES, distancesOf(TWO_SCALES));
  expect(groups.map(({ blocks }) => [...blocks].sort())).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]);
  const factors = rateFactors(groups);
  expect((factors.a as number) / (factors.c as number)).toBeCloseTo(1000, 6);
  // Geometric mean 1 over blocks.
  const logs = Object.values(factors).map(Math.log);
  expect(logs.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
});

it('a zero block is in no group', () => {
  const spectra = [...TWO_SCALES, block('zero', 0, { isZero: true })];
  const names = parameterGroups(spectra, distancesOf(spectra)).flatMap(({ blocks }) => blocks);
  expect(names).not.toContain('zero');
  expect(names).toHaveLength(TWO_SCALES.length);
});

it('the block that differs most comes first, with its scale', () => {
  const spectra = [block('a', 1), block('b', 1), block('c', 1), block('odd', 1000)];
  const { deviating, verdict, doubts } = adviseFrom(spectra, distancesOf(spectra), CALIBRATION);
  expect(deviating[0]?.name).toBe('odd');
  expect(deviating[0]?.scaleRatio).toBeCloseTo(1000, 6);
  expect(doubts).toEqual([]);
  // Half of the six pairs have nothing in common: JS0 is ln 2 / 2 = 0.347.
  expect(verdict).toBe('Adam is needed');
});

it('too few blocks and single probes leave it undecided, and it says why', () => {
  const few = [block('a', 1), block('b', 1000), block('zero', 0, { isZero: true })];
  const advice = adviseFrom(few, distancesOf(few), CALIBRATION);
  expect(advice.verdict).toBe('undecided');
  expect(advice.doubts.join()).toContain('2 of 3 blocks');
  const single = TWO_SCALES.map((spectrum): OperatorSpectrum => ({ ...spectrum, method: 'lanczos' }));
  expect(adviseFrom(single, distancesOf(single), CALIBRATION).doubts.join()).toContain('at least two');
});

it('distances that do not rise above the noise leave it undecided', () => {
  const distances = { ...distancesOf(TWO_SCALES), noiseFloor: 0.4 };
  const { verdict, doubts } = adviseFrom(TWO_SCALES, distances, CALIBRATION);
  expect(verdict).toBe('undecided');
  expect(doubts.join()).toContain('one and the same block');
});
