import { expect, test } from 'vitest';
import type { SpectrumNodes } from '../../../src/app/server/contract/entries.ts';
import {
  type DensityChoices,
  type DrawnSpectrum,
  densityFigure,
} from '../../../web/spectra/density-figure.ts';

const CHOICES: DensityChoices = {
  axis: 'linear',
  isNormalised: false,
  smoothing: 0.01,
  isHeightLog: false,
  showsBands: true,
  showsRitz: true,
};

function drawn(probes: SpectrumNodes['probes'], normaliser = 1): DrawnSpectrum {
  return {
    label: 'a',
    colour: '#000000',
    isDashed: false,
    nodes: { name: 'a', method: 'lanczos', normaliser, probes },
  };
}

/** Two probes of a spectrum on both sides of zero; 0.75 of the mass is positive in each. */
const TWO_PROBES = drawn(
  [
    { nodes: [-2, 0.01, 3], weights: [0.25, 0.5, 0.25] },
    { nodes: [-1, 0.02, 4], weights: [0.25, 0.25, 0.5] },
  ],
  4,
);

/** The area under a curve by the trapezium rule. */
function area(positions: ArrayLike<number>, values: ArrayLike<number | null>): number {
  let sum = 0;
  for (let at = 1; at < positions.length; at++)
    sum +=
      (((values[at] as number) + (values[at - 1] as number)) / 2) *
      ((positions[at] as number) - (positions[at - 1] as number));
  return sum;
}

function figureOf(choices: Partial<DensityChoices>, spectrum = TWO_PROBES) {
  const figure = densityFigure([spectrum], { ...CHOICES, ...choices });
  if (!figure) throw new Error('expected a figure');
  return figure;
}

test.each(['linear', 'symmetric-log'] as const)('a density on a %s axis has an area of 1', (axis) => {
  const { positions, curves } = figureOf({ axis });
  // The outermost nodes lie 3 sigma from the ends of the axis, beyond which 0.0013 of their mass falls.
  expect(Math.abs(area(positions, curves[0]?.values ?? []) - 1)).toBeLessThan(0.002);
});

test('on a logarithmic axis the area is the share of positive eigenvalues', () => {
  const { positions, curves } = figureOf({ axis: 'log' });
  expect(Math.abs(area(positions, curves[0]?.values ?? []) - 0.75)).toBeLessThan(0.002);
});

test('normalised by the 10th largest, eigenvalues are divided by it', () => {
  const [plain, normalised] = [figureOf({}), figureOf({ isNormalised: true })];
  const end = (positions: ArrayLike<number>) => positions[positions.length - 1] as number;
  expect(end(normalised.positions)).toBeCloseTo(end(plain.positions) / 4, 9);
});

test('the smoothing is a share of the axis', () => {
  const { positions, sigma } = figureOf({ smoothing: 0.05 });
  expect(sigma).toBeCloseTo(
    0.05 * ((positions[positions.length - 1] as number) - (positions[0] as number)),
    9,
  );
});

test('bands lie one standard error around the mean, and one probe has none', () => {
  const { curves } = figureOf({});
  const [curve] = curves;
  const at = Array.from(curve?.values ?? []).findIndex((value) => Number(value) > 0.1);
  const [low, middle, high] = [curve?.band?.low[at], curve?.values[at], curve?.band?.high[at]] as number[];
  expect((high as number) - (middle as number)).toBeGreaterThan(0);
  expect((middle as number) - (low as number)).toBeCloseTo((high as number) - (middle as number), 9);
  const one = drawn([{ nodes: [1, 2], weights: [0.5, 0.5] }]);
  expect(figureOf({}, one).curves[0]?.band).toBeUndefined();
});

test('Ritz values of all probes stand where the axis has them', () => {
  expect(Array.from(figureOf({}).rugs?.[0]?.positions ?? [])).toEqual([-2, 0.01, 3, -1, 0.02, 4]);
  expect(figureOf({ showsRitz: false }).rugs).toEqual([]);
});

test('a spectrum without positive eigenvalues has nothing on a logarithmic axis', () => {
  const negative = drawn([{ nodes: [-2, -1], weights: [0.5, 0.5] }]);
  expect(densityFigure([negative], { ...CHOICES, axis: 'log' })).toBeNull();
});
