/** One normalised spectrum in a small panel: its curve, and the axis below it. */
import { columnExtremes } from '../decimate.ts';
import { coordinate, element, text } from '../svg.ts';
import { textWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';
import { atDecades, decadesOf, formatSymlogTick, symlogTicks } from './axes.ts';
import type { NormalisedAxes, NormalisedSpectrum } from './normalised.ts';

/** Of a panel, in pixels. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

const TICK_SIZE = 9;

/** The path of a spectrum's curve, with a logarithmic axis of frequencies upwards; empty without a spectrum. */
export function normalisedCurve(
  { curve }: NormalisedSpectrum,
  axes: NormalisedAxes,
  { width, height }: PanelSize,
): string {
  if (curve === null) return '';
  const xOf = (t: number) => ((t - axes.low) / (axes.high - axes.low)) * width;
  const yOf = (density: number) => frequencyHeight(density, axes, height);
  const shown = columnExtremes(curve.x, curve.density, Math.round(width));
  const kept = shown.filter((at, order) => {
    const before = shown[order - 1];
    const after = shown[order + 1];
    const ground = (index: number | undefined) => index !== undefined && curve.density[index]! <= axes.floor;
    return !(ground(at) && ground(before) && ground(after));
  });
  return kept
    .map(
      (at, order) =>
        `${order === 0 ? 'M' : 'L'}${xOf(curve.x[at]!).toFixed(1)},${yOf(curve.density[at]!).toFixed(1)}`,
    )
    .join('');
}

/** Pixels from a panel's top at which a frequency lies; the ground for what is below it. */
export function frequencyHeight(density: number, axes: NormalisedAxes, height: number): number {
  const decades = Math.log10(axes.top / axes.floor);
  return height * (1 - Math.max(0, Math.log10(Math.max(density, axes.floor) / axes.floor)) / decades);
}

/** Ticks below a panel; labels at its ends are moved inwards, off the neighbour's. */
export function normalisedAxis(axes: NormalisedAxes, { width, height }: PanelSize, palette: Palette): string {
  const place = (value: number) => ((decadesOf(value) - axes.low) / (axes.high - axes.low)) * width;
  return symlogTicks(atDecades(axes.low), atDecades(axes.high), place, TICK_SIZE)
    .map((tick) => {
      const x = place(tick);
      const label = formatSymlogTick(tick);
      const half = textWidth(label, TICK_SIZE) / 2;
      const middle = Math.min(width - half, Math.max(half, x));
      const stroke = { d: `M${coordinate(x)},${height}v3`, stroke: palette.muted, 'stroke-width': 0.8 };
      const style = { 'font-size': TICK_SIZE, 'text-anchor': 'middle', fill: palette.muted };
      return element('path', stroke) + text(label, middle, height + 12, style);
    })
    .join('');
}
