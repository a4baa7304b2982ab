/** A matrix with its blocks: every entry, and every block's mean. */
import { curvatureTitle } from '../../../curvature/products/index.ts';
import type { ExactHessian } from '../../../study/exact/measure.ts';
import { formatNumber } from '../format.ts';
import type { Rgba } from '../png.ts';
import { type Chart, coordinate, element, text } from '../svg.ts';
import { shortenToWidth, textWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';
import { pixelated, viridis } from './cells.ts';

const SIDE = 560;
/** Cells along the picture at most: larger matrices show the largest entry of each cell. */
const CELLS = 560;
/** Entries below this share of the largest one have its colour. */
const LEAST_SHARE = 1e-6;
export const BAR = { width: 14, steps: 64, height: 230 };
const LABEL_SIZE = 10;
const LABEL_WIDTH = 190;
/** Blocks thinner than this have no room for their name. */
const LEAST_LABELLED = 8;

/** Absolute values on a logarithmic scale, borders between blocks. */
export function entriesChart(hessian: ExactHessian, palette: Palette): Chart {
  const { dim, entries, groups } = hessian;
  const count = Math.min(CELLS, dim);
  const largest = largestAbsolute(entries);
  const shade = shadeOf(largest);
  const edges = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * dim) / count));
  const cells = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_, column) => shade(cellMaximum(hessian, edges, row, column))),
  );
  return framed(
    'hessian-entries',
    `The ${curvatureTitle(hessian.curvature)} of ${hessian.model}, entry by entry`,
    `Absolute values of ${dim} x ${dim} entries${count < dim ? ', each cell showing its largest' : ''}; lines between blocks.`,
    { cells, largest, names: groups.map(({ name }) => name), places: groups.map(({ start }) => start / dim) },
    palette,
  );
}

/** The mean absolute value of each block (the paper's Figure 2). */
export function blockMeansChart(
  { model, curvature, groups, structure }: ExactHessian,
  palette: Palette,
): Chart {
  const share = structure.diagonalShare;
  return blockValuesChart(
    {
      name: 'hessian-blocks',
      title: `The ${curvatureTitle(curvature)} of ${model}, block by block`,
      caption: `Mean absolute value of the entries of each block. ${share === null ? 'The matrix is zero.' : `${percent(share)} of its squared norm is in the diagonal blocks, without structure it would be ${percent(structure.structurelessShare)}.`}`,
      values: structure.meanAbsolute,
      names: groups.map(({ name }) => name),
    },
    palette,
  );
}

/** A value for each pair of blocks, none negative. */
export interface BlockValues {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly values: readonly (readonly (number | null)[])[];
  readonly names: readonly string[];
}

/** A value for each pair of blocks, all blocks of one size; what is not defined has the colour of nothing. */
export function blockValuesChart(
  { name, title, caption, values, names }: BlockValues,
  palette: Palette,
): Chart {
  const largest = Math.max(0, ...values.flat().map((value) => value ?? 0));
  const shade = shadeOf(largest);
  return framed(
    name,
    title,
    caption,
    {
      cells: values.map((row) => row.map((value) => shade(value ?? 0))),
      largest,
      names,
      places: names.map((_, index) => index / names.length),
    },
    palette,
  );
}

interface Map {
  readonly cells: readonly (readonly Rgba[])[];
  readonly largest: number;
  readonly names: readonly string[];
  /** Where each block begins, 0 to 1. */
  readonly places: readonly number[];
}

function framed(name: string, title: string, caption: string, map: Map, palette: Palette): Chart {
  const { cells, largest, names, places } = map;
  const labels = names.map((label) => shortenToWidth(label, LABEL_SIZE, LABEL_WIDTH));
  const left = Math.max(...labels.map((label) => textWidth(label, LABEL_SIZE))) + 14;
  const top = 6;
  const ends = [...places.slice(1), 1];
  const borders = places
    .slice(1)
    .map(
      (place) =>
        `M${coordinate(left)},${coordinate(top + place * SIDE)}h${SIDE}M${coordinate(left + place * SIDE)},${coordinate(top)}v${SIDE}`,
    );
  const sides = labels.flatMap((label, index) => {
    const [from, to] = [places[index] as number, ends[index] as number];
    if ((to - from) * SIDE < LEAST_LABELLED) return [];
    const middle = top + ((from + to) / 2) * SIDE + LABEL_SIZE * 0.35;
    return [
      text(label, left - 8, middle, { 'font-size': LABEL_SIZE, 'text-anchor': 'end', fill: palette.ink }),
    ];
  });
  const barX = left + SIDE + 20;
  const body = [
    pixelated(cells, left, top, SIDE, SIDE),
    borders.length === 0
      ? ''
      : element('path', {
          d: borders.join(''),
          stroke: '#ffffff',
          'stroke-width': 0.8,
          'stroke-opacity': 0.8,
          fill: 'none',
        }),
    ...sides,
    colourBar(largest, barX, top, palette),
  ].join('');
  return {
    name,
    title,
    caption: `${caption} Colours are logarithmic over ${Math.round(-Math.log10(LEAST_SHARE))} decades.`,
    width: Math.ceil(barX + BAR.width + 70),
    height: top + SIDE + 10,
    minWidth: 560,
    body,
  };
}

/** The scale of the colours, with the values at every second decade. */
export function colourBar(largest: number, x: number, top: number, palette: Palette): string {
  const colour = viridis();
  const steps = Array.from({ length: BAR.steps }, (_, row) => [colour(1 - row / (BAR.steps - 1))]);
  const decades = Math.round(-Math.log10(LEAST_SHARE));
  const ticks = Array.from({ length: decades / 2 + 1 }, (_, index) => {
    const share = (2 * index) / decades;
    return text(
      formatNumber(largest * 10 ** (-2 * index), 2),
      x + BAR.width + 6,
      top + share * BAR.height + 4,
      {
        'font-size': 11,
        fill: palette.muted,
      },
    );
  });
  return pixelated(steps, x, top, BAR.width, BAR.height) + ticks.join('');
}

/** A colour for an absolute value, on a logarithmic scale below the largest one. */
export function shadeOf(largest: number): (value: number) => Rgba {
  const colour = viridis();
  const decades = -Math.log10(LEAST_SHARE);
  return (value) => colour(value > 0 && largest > 0 ? 1 + Math.log10(value / largest) / decades : 0);
}

function largestAbsolute(entries: Float64Array): number {
  let largest = 0;
  for (const entry of entries) largest = Math.max(largest, Math.abs(entry));
  return largest;
}

function cellMaximum(
  { entries, dim }: ExactHessian,
  edges: readonly number[],
  row: number,
  column: number,
): number {
  let largest = 0;
  for (let i = edges[row] as number; i < (edges[row + 1] as number); i++)
    for (let j = edges[column] as number; j < (edges[column + 1] as number); j++)
      largest = Math.max(largest, Math.abs(entries[i * dim + j] as number));
  return largest;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
