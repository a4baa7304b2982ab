/** The spectrum of the whole Hessian (the paper's Figure 1, with its eigenvalues not divided by anything). */
import * as Plot from '@observablehq/plot';
import type { SpectrumRecord } from '../../runs/records.ts';
import { densityAlong } from '../curves.ts';
import { columnExtremes } from '../decimate.ts';
import { formatCount, formatEstimate, formatNumber, formatPowerOfTen, formatShare } from '../format.ts';
import { type Chart, plotFragment } from '../svg.ts';
import type { Palette } from '../theme.ts';
import { powersOfTen } from './axes.ts';

const WIDTH = 860;
const HEIGHT = 380;
const MARGIN_LEFT = 58;
const MARGIN_RIGHT = 16;
/** Smoothing as a share of the spectrum's range. */
const SIGMA_SHARE = 0.006;
const GRID_POINTS = 3000;
/** What a log axis shows below the peak, at most. */
const MOST_DECADES = 12;

/** Ritz values that fall into different pixel columns. */
function distinctColumns(values: readonly number[], low: number, high: number): number[] {
  const columns = new Map<number, number>();
  const scale = (WIDTH - MARGIN_LEFT - MARGIN_RIGHT) / (high - low || 1);
  for (const value of values) columns.set(Math.round((value - low) * scale * 2), value);
  return [...columns.values()];
}

/** The lowest frequency worth showing: a fifth of one eigenvalue spread over the range. */
function frequencyFloor(dim: number, range: number, peak: number): number {
  return Math.max(0.2 / (dim * range), peak / 10 ** MOST_DECADES);
}

/**
 * Density of the whole matrix's eigenvalues with a logarithmic frequency axis, a band of one standard error over
 * probes, the Ritz values as ticks on the ground, and the extreme eigenvalues named.
 *
 * @param matrix what it is called after 'whole'.
 */
export function spectrumFullChart(spectrum: SpectrumRecord, matrix: string, palette: Palette): Chart {
  const nodes = spectrum.probes.flatMap((probe) => probe.nodes);
  const least = Math.min(...nodes);
  const greatest = Math.max(...nodes);
  const range = greatest - least || Math.abs(greatest) || 1;
  const low = least - 0.03 * range;
  const high = greatest + 0.03 * range;
  const sigma = SIGMA_SHARE * range;
  const curve = densityAlong(spectrum, { low, high, points: GRID_POINTS }, sigma);
  const peak = Math.max(...curve.density);
  const floor = frequencyFloor(spectrum.dim, range, peak);
  const top = peak * 10 ** (0.12 * Math.log10(peak / floor));
  const shown = columnExtremes(curve.x, curve.density, WIDTH - MARGIN_LEFT - MARGIN_RIGHT);
  const points = shown.map((at) => {
    const error = curve.standardError?.[at] ?? 0;
    const middle = curve.density[at]!;
    return {
      x: curve.x[at]!,
      y: Math.max(floor, middle),
      low: Math.max(floor, middle - error),
      high: Math.max(floor, middle + error),
    };
  });
  const rugTop = floor * 10 ** (0.035 * Math.log10(top / floor));
  const named = [
    { x: least, text: `least λ = ${formatEstimate(spectrum.least)}`, anchor: 'start' as const },
    { x: greatest, text: `largest λ = ${formatEstimate(spectrum.largest)}`, anchor: 'end' as const },
  ];
  const body = plotFragment(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: MARGIN_LEFT,
      marginRight: MARGIN_RIGHT,
      marginTop: 26,
      marginBottom: 44,
      x: { domain: [low, high], label: null },
      y: { type: 'log', domain: [floor, top], label: null },
      marks: [
        Plot.gridY(powersOfTen(floor, top, 7), { stroke: palette.faint, strokeOpacity: 1 }),
        Plot.ruleX([0], { stroke: palette.muted, strokeDasharray: '3,3' }),
        ...(curve.standardError === null
          ? []
          : [Plot.areaY(points, { x: 'x', y1: 'low', y2: 'high', fill: palette.accent, fillOpacity: 0.25 })]),
        Plot.areaY(points, { x: 'x', y1: floor, y2: 'y', fill: palette.accent, fillOpacity: 0.1 }),
        Plot.ruleX(distinctColumns(nodes, low, high), {
          y1: floor,
          y2: rugTop,
          stroke: palette.ink,
          strokeOpacity: 0.55,
          strokeWidth: 0.8,
        }),
        Plot.lineY(points, {
          x: 'x',
          y: (point: { y: number }) => (point.y > floor ? point.y : Number.NaN),
          stroke: palette.accent,
          strokeWidth: 1.5,
        }),
        ...named.flatMap((extreme) => [
          Plot.ruleX([extreme.x], { y1: floor, y2: top, stroke: palette.ink, strokeOpacity: 0.35 }),
          Plot.text([extreme], {
            x: 'x',
            y: top,
            text: 'text',
            textAnchor: extreme.anchor,
            dx: extreme.anchor === 'start' ? 5 : -5,
            dy: 8,
            fill: palette.ink,
            fontSize: 12,
            fontWeight: 'bold',
            stroke: palette.background,
            strokeWidth: 6,
          }),
        ]),
        Plot.axisY(powersOfTen(floor, top, 7), {
          tickFormat: formatPowerOfTen,
          label: null,
          tickSize: 0,
          fontSize: 11,
        }),
        Plot.axisX({ ticks: 8, label: null, tickSize: 4, fontSize: 11 }),
        Plot.text([''], {
          frameAnchor: 'top-left',
          text: () => 'frequency (density of eigenvalues, log scale)',
          dy: -18,
          dx: -MARGIN_LEFT + 2,
          textAnchor: 'start',
          fontSize: 11,
          fill: palette.muted,
        }),
        Plot.text([''], {
          frameAnchor: 'bottom',
          text: () => 'eigenvalue λ',
          dy: 36,
          fontSize: 12,
          fill: palette.muted,
        }),
      ],
    },
    palette,
  );
  return {
    name: 'spectrum-full',
    title: `Spectrum of the whole ${matrix}`,
    caption: fullCaption(spectrum, sigma),
    width: WIDTH,
    height: HEIGHT,
    minWidth: 600,
    body,
  };
}

function fullCaption(spectrum: SpectrumRecord, sigma: number): string {
  const probes = spectrum.probes.length;
  const how =
    spectrum.method === 'exact'
      ? 'All eigenvalues, computed exactly (ticks below the curve).'
      : `Stochastic Lanczos quadrature, ${probes} ${probes === 1 ? 'probe' : 'probes'} of ${spectrum.probes[0]?.nodes.length ?? 0} steps; Ritz values as ticks below the curve. Ripples as wide as the gaps between ticks come from the quadrature, not from the matrix.`;
  const band =
    probes > 1
      ? 'Band: one standard error over probes.'
      : spectrum.method === 'exact'
        ? ''
        : 'No error band: one probe tells nothing of its own error.';
  return [
    `Density of ${formatCount(spectrum.dim)} eigenvalues, smoothed by a Gaussian of σ = ${formatNumber(sigma, 2)} (${formatNumber(100 * SIGMA_SHARE, 1)}% of the range).`,
    how,
    band,
    `Below zero: ${formatShare(spectrum.negativeMass.mean)} of the mass; at zero to rounding: ${formatShare(spectrum.zeroMass.mean)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
