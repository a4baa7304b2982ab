/** Densities of spectra from their nodes and weights, on the axis and with the smoothing that the reader has chosen. */
import type { SpectrumNodes } from '../../src/app/server/contract/entries.ts';
import { linearGrid, smoothDensity } from '../../src/spectrum/density.ts';
import type { OperatorSpectrum } from '../../src/spectrum/spectrum.ts';
import type { Curve, CurveFigure } from '../charts/figure-data.ts';
import { linearAxis, logAxis, type PlacedAxis, symmetricLogAxis } from '../charts/placed-axis.ts';

export const SPECTRUM_AXES = ['symmetric-log', 'log', 'linear'] as const;
export type SpectrumAxis = (typeof SPECTRUM_AXES)[number];

/** What the reader chooses about densities. */
export interface DensityChoices {
  readonly axis: SpectrumAxis;
  /** Whether eigenvalues are divided by the spectrum's 10th largest. */
  readonly isNormalised: boolean;
  /** Width of the Gaussians as a share of the axis. */
  readonly smoothing: number;
  readonly isHeightLog: boolean;
  readonly showsBands: boolean;
  readonly showsRitz: boolean;
}

/** The narrowest smoothing: two spacings of the grid, so that no node falls between points. */
export const SMOOTHING_RANGE = { least: 0.001, largest: 0.1, usual: 0.006 } as const;

/** A spectrum and how it is drawn. */
export interface DrawnSpectrum {
  readonly label: string;
  readonly colour: string;
  readonly isDashed: boolean;
  /** Stands back: without a band, and without Ritz values. */
  readonly isBehind?: boolean;
  readonly nodes: SpectrumNodes;
}

const GRID_POINTS = 2000;
/** Room left and right of the outermost nodes, as a share of the axis. */
const MARGIN = 0.03;
/** Below this share of the largest eigenvalue a symmetric-log axis is about linear, */
const LINEAR_SHARE = 1e-6;
/** and at this share a logarithmic one ends. */
const LOG_SHARE = 1e-8;
/** Below this share of the peak a logarithmic height ends. */
const HEIGHT_SHARE = 1e-6;
/** Ritz values of so many spectra at most are drawn as ticks. */
const MOST_RUGS = 6;

/** The width of the Gaussians in units of the axis. */
export interface DensityFigure extends CurveFigure {
  readonly sigma: number;
}

/** Null where none of the spectra has anything on the axis. */
export function densityFigure(
  spectra: readonly DrawnSpectrum[],
  choices: DensityChoices,
): DensityFigure | null {
  const scaled = spectra.map((spectrum) => ({
    ...spectrum,
    probes: scaledProbes(spectrum.nodes, choices.isNormalised),
  }));
  const values = scaled.flatMap(({ probes }) => probes.flatMap(({ nodes }) => nodes));
  const axis = axisOver(values, choices);
  const placed = scaled.map((spectrum) => ({
    ...spectrum,
    probes: spectrum.probes.map((probe) => placedProbe(probe, axis, choices.axis, values)),
  }));
  const range = rangeOf(placed.flatMap(({ probes }) => probes.flatMap(({ nodes }) => nodes)));
  if (range === null) return null;
  const grid = linearGrid(range.low, range.high, GRID_POINTS);
  const sigma = choices.smoothing * (range.high - range.low);
  const curves = placed.map((spectrum): Curve => {
    const { mean, standardError } = smoothDensity(operatorOf(spectrum.nodes, spectrum.probes), grid, sigma);
    return {
      key: spectrum.nodes.name,
      label: spectrum.label,
      colour: spectrum.colour,
      isDashed: spectrum.isDashed,
      values: mean,
      ...(choices.showsBands && standardError && !spectrum.isBehind
        ? {
            band: {
              low: mean.map((value, at) => Math.max(0, value - (standardError[at] as number))),
              high: mean.map((value, at) => value + (standardError[at] as number)),
            },
          }
        : {}),
    };
  });
  const peak = curves.reduce((most, { values: heights }) => Math.max(most, ...(heights as Float64Array)), 0);
  return {
    positions: grid.points,
    curves,
    rugs: choices.showsRitz
      ? placed
          .filter(({ isBehind }) => !isBehind)
          .slice(0, MOST_RUGS)
          .map(({ colour, probes }) => ({
            colour,
            positions: probes.flatMap(({ nodes }) => [...nodes]),
          }))
      : [],
    x: axis,
    y: choices.isHeightLog ? logAxis(heightLabel(choices)) : linearAxis(heightLabel(choices)),
    floor: choices.isHeightLog ? peak * HEIGHT_SHARE : 0,
    sigma,
  };
}

/** What the height of a density means. */
function heightLabel({ axis, isNormalised }: DensityChoices): string {
  if (axis !== 'linear') return 'share of eigenvalues per decade';
  return isNormalised ? 'density, per λ / λ₁₀' : 'density, per unit of λ';
}

/** Smoothing in words: in the units of the axis. */
export function smoothingWords({ axis, isNormalised }: DensityChoices, sigma: number): string {
  const width = sigma < 1e-3 || sigma >= 1e4 ? sigma.toExponential(1) : sigma.toPrecision(2);
  if (axis !== 'linear') return `${width} decades`;
  return isNormalised ? `${width} λ₁₀` : width;
}

interface Probe {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

function scaledProbes({ probes, normaliser }: SpectrumNodes, isNormalised: boolean): Probe[] {
  const unit = isNormalised && normaliser > 0 ? normaliser : 1;
  return probes.map(({ nodes, weights }) => ({ nodes: nodes.map((node) => node / unit), weights }));
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function axisOver(values: readonly number[], { axis, isNormalised }: DensityChoices): PlacedAxis {
  const label = isNormalised ? 'eigenvalue ÷ 10th largest, λ / λ₁₀' : 'eigenvalue λ';
  if (axis === 'linear') return linearAxis(label);
  if (axis === 'log') return logAxis(`${label} (positive ones)`);
  return symmetricLogAxis(label, largestOf(values) * LINEAR_SHARE || 1);
}

/** A probe in positions, without what has no place on the axis. */
function placedProbe(
  { nodes, weights }: Probe,
  { place }: PlacedAxis,
  axis: SpectrumAxis,
  values: readonly number[],
): Probe {
  const least = axis === 'log' ? largestOf(values) * LOG_SHARE : -Infinity;
  const kept = nodes.flatMap((node, at) =>
    node > least ? [{ node: place(node), weight: weights[at] as number }] : [],
  );
  return { nodes: kept.map(({ node }) => node), weights: kept.map(({ weight }) => weight) };
}

function rangeOf(positions: readonly number[]): { low: number; high: number } | null {
  if (positions.length === 0) return null;
  const low = positions.reduce((least, position) => Math.min(least, position), Infinity);
  const high = positions.reduce((most, position) => Math.max(most, position), -Infinity);
  const room = MARGIN * (high - low) || Math.abs(high) * MARGIN || 1;
  return { low: low - room, high: high + room };
}

function operatorOf({ name, method }: SpectrumNodes, probes: readonly Probe[]): OperatorSpectrum {
  return {
    name,
    dim: probes[0]?.nodes.length ?? 0,
    method,
    isZero: false,
    probes: probes.map(({ nodes, weights }) => ({
      alphas: [],
      betas: [],
      residualBounds: [],
      nodes,
      weights,
    })),
  };
}
