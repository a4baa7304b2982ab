/** The grid of a comparison as SVG, for a file that stands alone. */
import { formatNumber } from '../../../src/app/report/format.ts';
import { FILE_PALETTE } from '../../../src/app/report/theme.ts';
import { colourAt, cssColourAt, inkOn } from '../../charts/colour-scale.ts';
import { colourLegend } from '../../charts/heat-map-svg.ts';
import { element, svgPage, textLine } from '../../charts/svg-text.ts';
import { type RatePoint, rateCells } from './rate-cells.ts';

const CELL = { width: 72, height: 32, gap: 3 };
const LABEL_WIDTH = 130;
const LEAST_WIDTH = 520;

export function rateGridSvg(points: readonly RatePoint[], title: string, caption: string): string {
  const { rates, rows, scale } = rateCells(points);
  const { ink, muted, background, missing } = FILE_PALETTE;
  const left = (column: number) => LABEL_WIDTH + column * (CELL.width + CELL.gap);
  const top = (row: number) => 20 + row * (CELL.height + CELL.gap);
  const centred = (text: string, column: number, y: number, fill: string) =>
    textLine(text, left(column) + CELL.width / 2, y, { 'text-anchor': 'middle', fill });
  const cellOf = (point: RatePoint | null, column: number, row: number) => {
    if (!point) return '';
    const share = scale?.shareOf(point.finalLoss) ?? null;
    const fill = share === null ? missing : cssColourAt('viridis', share);
    const words = point.hasDiverged ? 'diverged' : formatNumber(point.finalLoss);
    const place = { x: left(column), y: top(row), width: CELL.width, height: CELL.height };
    const textInk = share === null ? ink : inkOn(colourAt('viridis', share));
    return element('rect', { ...place, fill }) + centred(words, column, top(row) + 20, textInk);
  };
  const lines = rows.map(
    ({ optimizer, cells }, row) =>
      textLine(optimizer, LABEL_WIDTH - 10, top(row) + 20, { 'text-anchor': 'end', fill: ink }) +
      cells.map((point, column) => cellOf(point, column, row)).join(''),
  );
  const bottom = top(rows.length) + 10;
  return svgPage({
    title,
    caption,
    width: Math.max(LEAST_WIDTH, left(rates.length) + 16),
    height: bottom + 44,
    body: [
      textLine('learning rate', LABEL_WIDTH - 10, 12, { 'text-anchor': 'end', fill: muted }),
      ...rates.map((rate, column) => centred(String(rate), column, 12, muted)),
      ...lines,
      scale ? colourLegend(scale, 'viridis', 'final loss, nats', LABEL_WIDTH, bottom) : '',
    ].join(''),
    ink,
    muted,
    background,
  });
}
