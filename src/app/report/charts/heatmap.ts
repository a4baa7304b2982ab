/** The heat map of distances between the spectra of blocks (the paper's Figure 4). */
import type { DistanceRecord } from '../../runs/records.ts';
import { shortBlockNames } from '../block-names.ts';
import { type ColourScale, definitionFacts, shareOf } from '../definitions.ts';
import { formatEstimate, formatNumber } from '../format.ts';
import { escapeMarkup } from '../markup.ts';
import type { Rgba } from '../png.ts';
import { type Chart, coordinate, element, kindLegend, text } from '../svg.ts';
import { shortenToWidth, spreadApart, textWidth } from '../text-layout.ts';
import { kindColour, type Palette } from '../theme.ts';
import { pixelated, viridis } from './cells.ts';

/** What a heat map is drawn from besides the matrix. */
export interface HeatmapOptions {
  readonly palette: Palette;
  /** The kind of each block by its name. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Names of blocks whose Hessian is zero to rounding. */
  readonly zeroBlocks: ReadonlySet<string>;
  readonly scale: ColourScale;
}

const NO_CELL: Rgba = [0, 0, 0, 0];
const FONT_LARGEST = 11;
const BAR_WIDTH = 14;
const BAR_STEPS = 64;

/** Diagonal lines over a rectangle, as one path. */
function hatching(x: number, y: number, width: number, height: number, step: number): string {
  const lines: string[] = [];
  for (let offset = step; offset < width + height; offset += step) {
    const x1 = x + Math.min(offset, width);
    const y1 = y + Math.max(0, offset - width);
    const x2 = x + Math.max(0, offset - height);
    const y2 = y + Math.min(offset, height);
    lines.push(`M${coordinate(x1)},${coordinate(y1)}L${coordinate(x2)},${coordinate(y2)}`);
  }
  return lines.join('');
}

interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly size: number;
  readonly fontSize: number;
}

function layOut(names: readonly string[]): Grid & { readonly labels: readonly string[] } {
  const count = names.length;
  const cell = Math.min(44, Math.max(10, 620 / count));
  const fontSize = Math.min(FONT_LARGEST, Math.max(8.5, cell - 1));
  const labels = names.map((name) => shortenToWidth(name, fontSize, 170));
  const reach = Math.max(...labels.map((label) => textWidth(label, fontSize)));
  return { left: reach + 16, top: 6, cell, size: cell * count, fontSize, labels };
}

function axisLabels(grid: Grid, labels: readonly string[], colours: readonly string[], ink: string): string {
  const bottom = grid.top + grid.size;
  const strip = Math.max(3, Math.min(5, grid.cell / 3));
  return labels
    .map((label, index) => {
      const middle = grid.cell * (index + 0.5);
      const shift = grid.fontSize * 0.35;
      const attributes = { 'font-size': grid.fontSize, 'text-anchor': 'end', fill: ink };
      const turned = {
        ...attributes,
        transform: `rotate(-90,${coordinate(grid.left + middle + shift)},${coordinate(bottom + 10)})`,
      };
      const thick = grid.cell * 0.84;
      return [
        text(label, grid.left - 10, grid.top + middle + shift, attributes),
        text(label, grid.left + middle + shift, bottom + 10, turned),
        element('rect', {
          x: grid.left - 3 - strip,
          y: grid.top + middle - thick / 2,
          width: strip,
          height: thick,
          fill: colours[index]!,
        }),
        element('rect', {
          x: grid.left + middle - thick / 2,
          y: bottom + 3,
          width: thick,
          height: strip,
          fill: colours[index]!,
        }),
      ].join('');
    })
    .join('');
}

/** The colour scale with its ticks and, to its left-hand ticks' right, the mean and the noise floor. */
function colourBar(
  distance: DistanceRecord,
  options: HeatmapOptions,
  x: number,
  top: number,
  height: number,
): string {
  const colour = viridis();
  const { palette, scale } = options;
  const steps = Array.from({ length: BAR_STEPS }, (_, row) => [colour(1 - row / (BAR_STEPS - 1))]);
  const at = (value: number) => top + height * (1 - shareOf(scale, value));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => ({
    value: scale.end * share ** (1 / scale.exponent),
    label: formatNumber(scale.end * share ** (1 / scale.exponent)),
    bold: false,
  }));
  const marks = [
    { value: distance.js0.mean, label: `mean JS0 ${formatEstimate(distance.js0)}`, bold: true },
    ...(distance.noiseFloor === null
      ? []
      : [
          {
            value: distance.noiseFloor,
            label: `noise floor ${formatNumber(distance.noiseFloor, 2)}`,
            bold: true,
          },
        ]),
  ].filter((mark) => Number.isFinite(mark.value));
  const entries = [...ticks, ...marks];
  const places = spreadApart(
    entries.map((entry) => at(entry.value)),
    15,
    top,
    top + height,
  );
  const lines = entries.map((entry, index) => {
    const from = at(entry.value);
    const to = places[index]!;
    const stroke = entry.bold ? palette.ink : palette.muted;
    const path = `M${coordinate(x + (entry.bold ? 0 : BAR_WIDTH))},${coordinate(from)}H${coordinate(x + BAR_WIDTH + 3)}L${coordinate(x + BAR_WIDTH + 12)},${coordinate(to)}`;
    const style = {
      'font-size': 11,
      fill: entry.bold ? palette.ink : palette.muted,
      ...(entry.bold ? { 'font-weight': 'bold' } : {}),
    };
    return (
      element('path', { d: path, fill: 'none', stroke, 'stroke-width': entry.bold ? 1.4 : 0.8 }) +
      text(entry.label, x + BAR_WIDTH + 16, to + 4, style)
    );
  });
  return pixelated(steps, x, top, BAR_WIDTH, height) + lines.join('');
}

function sideLegend(
  distance: DistanceRecord,
  options: HeatmapOptions,
  x: number,
  marks: { readonly zero: boolean; readonly missing: boolean },
): { body: string; height: number } {
  const { palette } = options;
  const facts = definitionFacts(distance.definition);
  const head = [
    text(distance.definition, x, 18, { 'font-size': 12, 'font-weight': 'bold', fill: palette.ink }),
    facts.unit === '' ? '' : text(`in ${facts.unit}`, x, 33, { 'font-size': 11, fill: palette.muted }),
  ];
  const barTop = 50;
  const barHeight = 230;
  let y = barTop + barHeight + 26;
  const parts = [...head, colourBar(distance, options, x, barTop, barHeight)];
  if (marks.zero) {
    parts.push(
      element('rect', {
        x,
        y,
        width: 14,
        height: 14,
        fill: 'none',
        stroke: palette.muted,
        'stroke-width': 0.8,
      }),
    );
    parts.push(
      element('path', {
        d: hatching(x, y, 14, 14, 4),
        stroke: palette.muted,
        'stroke-width': 1,
        fill: 'none',
      }),
    );
    parts.push(text('a block whose Hessian', x + 20, y + 7, { 'font-size': 11, fill: palette.ink }));
    parts.push(text('is zero', x + 20, y + 20, { 'font-size': 11, fill: palette.ink }));
    y += 34;
  }
  if (marks.missing) {
    parts.push(element('rect', { x, y, width: 14, height: 14, fill: palette.missing }));
    parts.push(text('not defined here', x + 20, y + 11, { 'font-size': 11, fill: palette.ink }));
    y += 24;
  }
  const kinds = kindLegend(
    distance.blocks.map((block) => options.kinds.get(block) ?? 'unknown'),
    palette,
    1,
  );
  parts.push(`<g transform="translate(${coordinate(x)},${y})">${kinds.body}</g>`);
  return { body: parts.join(''), height: y + kinds.height };
}

const ROOTS: Readonly<Record<number, string>> = { 0.5: 'square', 0.25: 'fourth' };

function scaleNote(distance: DistanceRecord, scale: ColourScale): string {
  const { bound } = definitionFacts(distance.definition);
  if (scale.exponent !== 1) return ` Colours follow the ${ROOTS[scale.exponent]} root of the distance.`;
  if (bound === null || scale.end >= bound) return '';
  return ` The colour scale ends at ${formatNumber(scale.end)}, below the bound of ${formatNumber(bound)}.`;
}

/**
 * Distances between all pairs of blocks as an embedded image of one pixel a pair, with every block named on both
 * axes. Cells of zero blocks are hatched, cells without a value are grey.
 */
export function heatmapChart(distance: DistanceRecord, options: HeatmapOptions): Chart {
  const { palette } = options;
  const short = shortBlockNames(distance.blocks);
  const { labels, ...grid } = layOut(distance.blocks.map((name) => short.get(name)!));
  const colour = viridis();
  const cells = distance.matrix.map((row) =>
    row.map((value) =>
      value === null || Number.isNaN(value) ? NO_CELL : colour(shareOf(options.scale, value)),
    ),
  );
  const colours = distance.blocks.map((block) => kindColour(palette, options.kinds.get(block) ?? ''));
  const zeros = distance.blocks.flatMap((block, index) => (options.zeroBlocks.has(block) ? [index] : []));
  const inZeroBand = (i: number, j: number) => zeros.includes(i) || zeros.includes(j);
  const missing = distance.matrix.some((row, i) =>
    row.some((value, j) => (value === null || Number.isNaN(value)) && !inZeroBand(i, j)),
  );
  const bands = zeros.map((index) => {
    const offset = grid.cell * index;
    return (
      hatching(grid.left, grid.top + offset, grid.size, grid.cell, 6) +
      hatching(grid.left + offset, grid.top, grid.cell, grid.size, 6)
    );
  });
  const reach = Math.max(...labels.map((label) => textWidth(label, grid.fontSize)));
  const legendX = grid.left + grid.size + 26;
  const legend = sideLegend(distance, options, legendX, { zero: zeros.length > 0, missing });
  const width = legendX + BAR_WIDTH + 16 + textWidth('mean JS0 0.1234 ± 0.0012', 11) * 1.1;
  const body = [
    element('rect', {
      x: grid.left,
      y: grid.top,
      width: grid.size,
      height: grid.size,
      fill: palette.missing,
    }),
    pixelated(
      cells,
      grid.left,
      grid.top,
      grid.size,
      grid.size,
      ` class="cells" data-definition="${escapeMarkup(distance.definition)}"`,
    ),
    bands.length === 0
      ? ''
      : element('path', {
          d: bands.join(''),
          stroke: '#ffffff',
          'stroke-width': 1.2,
          'stroke-opacity': 0.75,
          fill: 'none',
        }),
    axisLabels(grid, labels, colours, palette.ink),
    legend.body,
  ].join('');
  return {
    name: `heatmap-${distance.definition}`,
    title: `How far apart the blocks' spectra are: ${definitionFacts(distance.definition).title}`,
    caption: `${distance.description} One cell for each pair of the ${distance.blocks.length} measured blocks, in network order; brighter is farther apart.${scaleNote(distance, options.scale)} Mean over pairs of different blocks (JS0): ${formatEstimate(distance.js0)}.`,
    width: Math.ceil(width),
    height: Math.ceil(Math.max(grid.top + grid.size + 12 + reach, legend.height)),
    minWidth: Math.ceil(Math.max(560, Math.min(width, width * (8.5 / grid.fontSize)))),
    body,
  };
}
