import { expect, it } from 'vitest';
import type { CalibrationPoint } from '../../../src/study/advice/calibration.ts';
import { baselinesOf, forecastGap, leaveOneFamilyOut } from '../../../src/study/advice/forecast.ts';
import { PAR_GAP } from '../../../src/study/training/comparison.ts';

function pointAt(
  js0: number,
  relativeGap: number,
  changed: Partial<CalibrationPoint> = {},
): CalibrationPoint {
  return {
    name: `network of ${js0}`,
    family: `family of ${js0}`,
    architecture: 'attention',
    data: 'made up',
    js0,
    js0Error: null,
    noiseFloor: null,
    initialLoss: 2,
    sgdLoss: 1 + relativeGap,
    adamwLoss: 1,
    relativeGap,
    trainingSteps: 1,
    ...changed,
  };
}

/** gap = 2 js0 - 0.4, with errors of +-0.01 in turn. */
const LINE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((js0, index) =>
  pointAt(js0, 2 * js0 - 0.4 + (index % 2 === 0 ? 0.01 : -0.01)),
);

it('forecasts on the line through the calibration, and decides where the interval is on one side', () => {
  const high = forecastGap({ js0: 0.55, js0Error: null }, LINE);
  // The least squares line of alternating errors of 0.01 differs from the true one by less than those.
  expect(Math.abs(high.expectedGap - 0.7)).toBeLessThan(0.01);
  expect(high.verdict).toBe('Adam is needed');
  expect(high.nearest.map(({ js0 }) => js0)).toContain(0.5);
  expect(forecastGap({ js0: 0.1, js0Error: null }, LINE).verdict).toBe('SGD is fine');
  expect(forecastGap({ js0: 0.25, js0Error: null }, LINE).verdict).toBe('undecided');
});

it('an error of JS0 widens the interval by the slope', () => {
  const exact = forecastGap({ js0: 0.55, js0Error: null }, LINE);
  const unsure = forecastGap({ js0: 0.55, js0Error: 0.4 }, LINE);
  const half = ({ interval: [least, largest] }: typeof exact) => (largest - least) / 2;
  // Slope 2 within the errors of the points: 0.4 becomes 0.8.
  expect(half(unsure)).toBeCloseTo(Math.hypot(half(exact), 0.8), 1);
  expect(unsure.verdict).toBe('undecided');
});

it('a family is forecast without any of its members', () => {
  // Two of a family of their own that contradict the rest: each alone would be forecast by the other.
  const odd = [0.55, 0.6].map((js0) => pointAt(js0, 0, { family: 'odd', name: `odd ${js0}` }));
  const checked = leaveOneFamilyOut([...LINE, ...odd]);
  const ofOdd = checked.filter(({ point }) => point.family === 'odd');
  expect(ofOdd).toHaveLength(2);
  for (const { forecast, outcome, isHit, isCovered } of ofOdd) {
    expect(forecast.nearest.every(({ family }) => family !== 'odd')).toBe(true);
    expect(forecast.verdict).toBe('Adam is needed');
    expect(outcome).toBe('SGD is fine');
    expect(isHit || isCovered).toBe(false);
  }
});

it('undecided is a miss', () => {
  const checked = leaveOneFamilyOut([...LINE, pointAt(0.25, 0.1)]);
  for (const { forecast, isHit } of checked) if (forecast.verdict === 'undecided') expect(isHit).toBe(false);
  expect(checked.some(({ forecast }) => forecast.verdict === 'undecided')).toBe(true);
});

it('a training in which SGD always diverged counts as a gap of all of the fall', () => {
  const diverged = [...LINE.slice(0, 5), pointAt(0.6, Number.POSITIVE_INFINITY, { sgdLoss: null })];
  const { expectedGap } = forecastGap({ js0: 0.6, js0Error: null }, diverged);
  expect(expectedGap).toBeGreaterThan(0.6);
  expect(expectedGap).toBeLessThan(1);
});

it('the baselines guess without measuring', () => {
  const points = [
    pointAt(0.1, PAR_GAP, { architecture: 'convolution' }),
    pointAt(0.2, 0.5, { architecture: 'convolution' }),
    pointAt(0.3, 0.5),
    pointAt(0.4, 0),
  ];
  expect(baselinesOf(points)).toEqual({ alwaysAdam: 2, architectureName: 2 });
});

it('a calibration too small to say anything is refused', () => {
  expect(() => forecastGap({ js0: 0.3, js0Error: null }, LINE.slice(0, 4))).toThrow('at least 5');
});
