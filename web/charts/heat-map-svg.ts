/** A matrix as SVG, for a file that stands alone. */
import { formatNumber } from '../../src/app/report/format.ts';
import { FILE_PALETTE } from '../../src/app/report/theme.ts';
import { type ColourScheme, cssColourAt, type ValueScale } from './colour-scale.ts';
import type { HeatMapData } from './heat-map-paint.ts';
import { element, svgPage, textLine } from './svg-text.ts';

const SIDE = 640;
const LEGEND_HEIGHT = 52;
const LEGEND_WIDTH = 260;
const LEGEND_STEPS = 64;

/** The whole matrix with its legend. */
export function heatMapSvg(data: HeatMapData, title: string, caption: string, unit: string): string {
  const { labels, matrix, order, scale, scheme } = data;
  const longest = labels.reduce((most, label) => Math.max(most, label.length), 0);
  const cell = SIDE / Math.max(order.length, 1);
  const isNamed = cell >= 7;
  const room = isNamed ? 14 + longest * 6 : 16;
  const { ink, muted, background, missing } = FILE_PALETTE;
  const cells = order.flatMap((from, row) =>
    order.map((to, column) => {
      const share = scale.shareOf(matrix[from]?.[to] ?? null);
      const fill = share === null ? missing : cssColourAt(scheme, share);
      const [x, y] = [room + column * cell, row * cell];
      return element('rect', { x, y, width: cell + 0.05, height: cell + 0.05, fill });
    }),
  );
  const size = Math.min(11, cell * 0.85);
  const names = isNamed
    ? order.map((index, at) => {
        const middle = (at + 0.5) * cell;
        const attributes = { 'text-anchor': 'end', 'font-size': size, fill: ink };
        const text = labels[index] ?? '';
        return (
          textLine(text, room - 6, middle + size / 3, attributes) +
          element(
            'g',
            { transform: `translate(${room + middle + size / 3} ${SIDE + 6}) rotate(-90)` },
            textLine(text, 0, 0, attributes),
          )
        );
      })
    : [];
  const bottom = SIDE + (isNamed ? room : 16);
  const body = [...cells, ...names, colourLegend(scale, scheme, unit, room, bottom)].join('');
  return svgPage({
    title,
    caption,
    width: room + SIDE + 16,
    height: bottom + LEGEND_HEIGHT,
    body,
    ink,
    muted,
    background,
  });
}

/** A strip of a colour scheme with its ends and middle in numbers. */
export function colourLegend(
  scale: ValueScale,
  scheme: ColourScheme,
  unit: string,
  left: number,
  top: number,
): string {
  const step = LEGEND_WIDTH / LEGEND_STEPS;
  const strip = Array.from({ length: LEGEND_STEPS }, (_, index) =>
    element('rect', {
      x: left + index * step,
      y: top,
      width: step + 0.3,
      height: 10,
      fill: cssColourAt(scheme, index / (LEGEND_STEPS - 1)),
    }),
  );
  const ticks = [0, 0.5, 1].map((share) =>
    textLine(formatNumber(scale.valueAt(share)), left + share * LEGEND_WIDTH, top + 24, {
      'text-anchor': share === 0 ? 'start' : share === 1 ? 'end' : 'middle',
      fill: FILE_PALETTE.muted,
    }),
  );
  return (
    strip.join('') +
    ticks.join('') +
    textLine(unit, left + LEGEND_WIDTH + 12, top + 10, { fill: FILE_PALETTE.ink })
  );
}
