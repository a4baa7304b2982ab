/** A figure of curves as SVG, for a file that stands alone. */
import { FILE_PALETTE } from '../../src/app/report/theme.ts';
import type { Curve, CurveFigure } from './figure-data.ts';
import type { PlacedAxis } from './placed-axis.ts';
import { element, rounded, svgPage, textLine } from './svg-text.ts';

const WIDTH = 900;
const PLOT_HEIGHT = 400;
const MARGIN = { left: 64, right: 20, top: 22, bottom: 46 };
const LEGEND_LINE = 18;

/** Positions to pixels. */
interface Frame {
  x(position: number): number;
  y(position: number): number;
  readonly lowX: number;
  readonly highX: number;
  readonly lowY: number;
  readonly highY: number;
}

/** The whole figure, unzoomed, in the colours of files. */
export function curvesSvg(figure: CurveFigure, title: string, caption: string): string {
  const frame = frameOf(figure);
  const legendHeight = LEGEND_LINE * Math.ceil(figure.curves.length / 3) + 8;
  const body =
    axes(figure, frame) +
    figure.curves.map((curve) => curvePaths(curve, figure, frame)).join('') +
    rugLines(figure, frame) +
    legend(figure.curves, PLOT_HEIGHT + 12);
  const { ink, muted, background } = FILE_PALETTE;
  const height = PLOT_HEIGHT + legendHeight;
  return svgPage({ title, caption, width: WIDTH, height, body, ink, muted, background });
}

function placedValue(figure: CurveFigure, value: number | null): number | null {
  if (value === null) return null;
  const position = figure.y.place(figure.floor === undefined ? value : Math.max(value, figure.floor));
  return Number.isFinite(position) ? position : null;
}

function frameOf(figure: CurveFigure): Frame {
  const { positions, curves } = figure;
  const [lowX, highX] = [positions[0] ?? 0, positions[positions.length - 1] ?? 1];
  const heights = curves
    .flatMap(({ values, band }) => [...Array.from(values), ...Array.from(band?.high ?? [])])
    .map((value) => placedValue(figure, value))
    .filter((value): value is number => value !== null);
  const lowY = heights.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = heights.reduce((most, value) => Math.max(most, value), -Infinity);
  const highY = highest + 0.06 * (highest - lowY || 1);
  const [width, height] = [WIDTH - MARGIN.left - MARGIN.right, PLOT_HEIGHT - MARGIN.top - MARGIN.bottom];
  return {
    x: (position) => MARGIN.left + ((position - lowX) / (highX - lowX || 1)) * width,
    y: (position) => MARGIN.top + (1 - (position - lowY) / (highY - lowY || 1)) * height,
    lowX,
    highX,
    lowY,
    highY,
  };
}

function axes({ x, y }: CurveFigure, frame: Frame): string {
  const { faint, ink, muted } = FILE_PALETTE;
  const bottom = PLOT_HEIGHT - MARGIN.bottom;
  const spacing = (low: number, high: number, count: number) => (high - low) / count;
  const horizontal = x.ticks(frame.lowX, frame.highX, spacing(frame.lowX, frame.highX, 9));
  const vertical = y.ticks(frame.lowY, frame.highY, spacing(frame.lowY, frame.highY, 7));
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string) =>
    element('line', { x1, y1, x2, y2, stroke });
  return [
    ...vertical.map(
      ({ position, text }) =>
        line(MARGIN.left, frame.y(position), WIDTH - MARGIN.right, frame.y(position), faint) +
        textLine(text, MARGIN.left - 6, frame.y(position) + 4, { 'text-anchor': 'end', fill: muted }),
    ),
    ...horizontal.map(
      ({ position, text }) =>
        line(frame.x(position), bottom, frame.x(position), bottom + 4, muted) +
        textLine(text, frame.x(position), bottom + 17, { 'text-anchor': 'middle', fill: muted }),
    ),
    line(MARGIN.left, bottom, WIDTH - MARGIN.right, bottom, ink),
    textLine(labelOf(y), 16, 10, { fill: ink }),
    textLine(labelOf(x), WIDTH - MARGIN.right, bottom + 36, { 'text-anchor': 'end', fill: ink }),
  ].join('');
}

const labelOf = ({ label }: PlacedAxis) => label;

function curvePaths(curve: Curve, figure: CurveFigure, frame: Frame): string {
  const line = pointsOf(curve.values, figure, frame);
  if (curve.isPoints)
    return line.map(({ x, y }) => element('circle', { cx: x, cy: y, r: 3, fill: curve.colour })).join('');
  const band = curve.band
    ? element('path', {
        d: `${pathOf(pointsOf(curve.band.high, figure, frame))}L${pathOf(pointsOf(curve.band.low, figure, frame).reverse()).slice(1)}Z`,
        fill: curve.colour,
        'fill-opacity': 0.2,
      })
    : '';
  return (
    band +
    element('path', {
      d: pathOf(line),
      fill: 'none',
      stroke: curve.colour,
      'stroke-width': curve.width ?? 1.6,
      'stroke-dasharray': curve.isDashed ? '6 4' : 'none',
    })
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function pointsOf(values: ArrayLike<number | null>, figure: CurveFigure, frame: Frame): Point[] {
  return Array.from(values).flatMap((value, index) => {
    const position = placedValue(figure, value);
    return position === null ? [] : [{ x: frame.x(figure.positions[index] as number), y: frame.y(position) }];
  });
}

function pathOf(points: readonly Point[]): string {
  return points.length === 0 ? '' : `M${points.map(({ x, y }) => `${rounded(x)} ${rounded(y)}`).join('L')}`;
}

function rugLines({ rugs = [] }: CurveFigure, frame: Frame): string {
  const bottom = PLOT_HEIGHT - MARGIN.bottom;
  return rugs
    .map(({ colour, positions }, row) => {
      const foot = bottom - row * 7;
      const d = Array.from(positions, (position) => `M${rounded(frame.x(position))} ${foot}v-5.5`).join('');
      return element('path', { d, stroke: colour, 'stroke-opacity': 0.7 });
    })
    .join('');
}

function legend(curves: readonly Curve[], top: number): string {
  const column = (WIDTH - 32) / 3;
  return curves
    .map(({ label, colour }, index) => {
      const [x, y] = [16 + (index % 3) * column, top + LEGEND_LINE * Math.floor(index / 3)];
      return (
        element('line', { x1: x, y1: y - 4, x2: x + 18, y2: y - 4, stroke: colour, 'stroke-width': 3 }) +
        textLine(label, x + 24, y, { fill: FILE_PALETTE.ink })
      );
    })
    .join('');
}
