/** The blocks' largest eigenvalues of several runs as SVG, for a file that stands alone. */
import { FILE_PALETTE, kindColour } from '../../../../src/app/report/theme.ts';
import { element, svgPage, textLine } from '../../../charts/svg-text.ts';
import type { BlockLanes } from './block-lanes.ts';

const WIDTH = 760;
const MARGIN = 16;
const LANE = 40;
/** From one label of the axis to the next, about. */
const TICK_PIXELS = 70;

export function blockSpreadSvg(
  { axis, lanes, low, high }: BlockLanes,
  title: string,
  caption: string,
): string {
  const { ink, muted, faint, background } = FILE_PALETTE;
  const place = (position: number) => MARGIN + ((position - low) / (high - low)) * (WIDTH - 2 * MARGIN);
  const bottom = lanes.length * LANE;
  const drawn = lanes.map(({ title: name, ticks }, index) => {
    const top = index * LANE;
    const ground = { x1: MARGIN, x2: WIDTH - MARGIN, y1: top + 36, y2: top + 36, stroke: faint };
    const marks = ticks.map(({ block, position }) => {
      const across = { x1: place(position), x2: place(position) };
      const stroke = kindColour(FILE_PALETTE, block.kind);
      return element('line', { ...across, y1: top + 19, y2: top + 33, stroke, 'stroke-width': 1.5 });
    });
    return textLine(name, MARGIN, top + 14, { fill: ink }) + marks.join('') + element('line', ground);
  });
  const labels = axis
    .ticks(low, high, ((high - low) * TICK_PIXELS) / WIDTH)
    .map(({ position, text }) =>
      textLine(text, place(position), bottom + 14, { 'text-anchor': 'middle', fill: muted }),
    );
  const name = textLine(axis.label, WIDTH - MARGIN, bottom + 30, { 'text-anchor': 'end', fill: muted });
  return svgPage({
    title,
    caption,
    width: WIDTH,
    height: bottom + 44,
    body: [...drawn, ...labels, name].join(''),
    ink,
    muted,
    background,
  });
}
