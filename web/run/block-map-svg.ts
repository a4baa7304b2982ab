/** The map of a network's blocks as SVG, for a file that stands alone. */
import { FILE_PALETTE } from '../../src/app/report/theme.ts';
import type { BlockSummary } from '../../src/app/server/contract/entries.ts';
import { type ColourScheme, cssColourAt, type ValueScale } from '../charts/colour-scale.ts';
import { colourLegend } from '../charts/heat-map-svg.ts';
import { element, svgPage, textLine } from '../charts/svg-text.ts';
import { mapLayout } from './map-layout.ts';
import type { BlockMeasure } from './measures.ts';

const SIDE = 22;
const GAP = 3;
const LABEL_WIDTH = 140;
const LEAST_WIDTH = 520;

export function blockMapSvg(
  blocks: readonly BlockSummary[],
  measure: BlockMeasure,
  scale: ValueScale,
  scheme: ColourScheme,
  title: string,
): string {
  const { columns, rows } = mapLayout(blocks);
  const { ink, muted, background, missing } = FILE_PALETTE;
  const widths = columns.map((_, column) =>
    Math.max(1, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const lefts = widths.map((_, column) =>
    widths.slice(0, column).reduce((sum, width) => sum + width * (SIDE + GAP) + GAP, LABEL_WIDTH),
  );
  const headings = columns.map(({ heading }, column) =>
    textLine(heading, lefts[column] ?? 0, 12, { fill: muted }),
  );
  const lines = rows.map(({ label, cells }, row) => {
    const top = 20 + row * (SIDE + GAP);
    const squares = cells.flatMap((cell, column) =>
      cell.map((block, index) => {
        const share = block.isMeasured && !block.isZero ? scale.shareOf(measure.of(block)) : null;
        return element('rect', {
          x: (lefts[column] ?? 0) + index * (SIDE + GAP),
          y: top,
          width: SIDE,
          height: SIDE,
          fill: share === null ? missing : cssColourAt(scheme, share),
        });
      }),
    );
    return (
      textLine(label, LABEL_WIDTH - 10, top + 15, { 'text-anchor': 'end', fill: ink }) + squares.join('')
    );
  });
  const bottom = 32 + rows.length * (SIDE + GAP);
  const right = (lefts.at(-1) ?? LABEL_WIDTH) + (widths.at(-1) ?? 1) * (SIDE + GAP) + 16;
  return svgPage({
    title,
    caption: measure.caption,
    width: Math.max(LEAST_WIDTH, right),
    height: bottom + 44,
    body: [...headings, ...lines, colourLegend(scale, scheme, measure.unit, LABEL_WIDTH, bottom)].join(''),
    ink,
    muted,
    background,
  });
}
