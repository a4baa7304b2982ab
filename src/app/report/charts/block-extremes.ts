/** How large blocks' Hessians are: extreme eigenvalue and trace, block by block. */
import * as Plot from '@observablehq/plot';
import type { BlockRecord, Estimate, SpectrumRecord } from '../../runs/records.ts';
import { shortBlockNames } from '../block-names.ts';
import { formatEstimate, formatPowerOfTen } from '../format.ts';
import { type Chart, kindLegend, plotFragment, text } from '../svg.ts';
import { shortenToWidth, textWidth } from '../text-layout.ts';
import { kindColour, type Palette } from '../theme.ts';
import { powersOfTen } from './axes.ts';

const WIDTH = 860;
/** Rows above which the axis is repeated at the top. */
const MANY_ROWS = 24;
const MARGIN_BOTTOM = 24;

/** Room above the rows, with or without an axis there. */
function marginTop(rows: number): number {
  return rows > MANY_ROWS ? 24 : 8;
}

interface Row {
  readonly label: string;
  readonly kind: string;
  readonly colour: string;
  readonly isZero: boolean;
  readonly newLayer: boolean;
  readonly extreme: Estimate;
  readonly trace: Estimate;
  readonly name: string;
}

/** The eigenvalue that is largest in absolute value, with its sign. */
export function extremeOf(spectrum: SpectrumRecord): Estimate {
  return Math.abs(spectrum.largest.mean) >= Math.abs(spectrum.least.mean) ? spectrum.largest : spectrum.least;
}

function logDomain(values: readonly number[]): [number, number] {
  const magnitudes = values.map(Math.abs).filter((value) => value > 0 && Number.isFinite(value));
  if (magnitudes.length === 0) return [0.1, 10];
  const low = 10 ** Math.floor(Math.log10(Math.min(...magnitudes)) - 0.05);
  const high = 10 ** Math.ceil(Math.log10(Math.max(...magnitudes)) + 0.05);
  return [low, high > low ? high : low * 10];
}

interface Column {
  readonly title: string;
  readonly value: (row: Row) => Estimate;
  readonly labelled: boolean;
}

function columnPlot(
  rows: readonly Row[],
  column: Column,
  box: { width: number; marginLeft: number; rowHeight: number; fontSize: number },
  palette: Palette,
): string {
  const measured = rows.filter((row) => !row.isZero && column.value(row).mean !== 0);
  const zeros = rows.filter((row) => row.isZero);
  const [low, high] = logDomain(measured.map((row) => column.value(row).mean));
  const points = measured.map((row) => {
    const { mean, standardError } = column.value(row);
    const size = Math.abs(mean);
    const error = standardError ?? 0;
    return {
      name: row.name,
      colour: row.colour,
      size,
      from: Math.max(low, size - error),
      to: Math.min(high, size + error),
      hollow: mean < 0,
      title: `${row.name}: ${formatEstimate(column.value(row))}`,
    };
  });
  const ticks = powersOfTen(low, high, 7);
  const labels = new Map(rows.map((row) => [row.name, row.label]));
  return plotFragment(
    {
      width: box.width,
      height: marginTop(rows.length) + rows.length * box.rowHeight + MARGIN_BOTTOM,
      marginLeft: box.marginLeft,
      marginRight: 18,
      marginTop: marginTop(rows.length),
      marginBottom: MARGIN_BOTTOM,
      x: { type: 'log', domain: [low, high], label: null, axis: null },
      y: { type: 'point', domain: rows.map((row) => row.name), padding: 0.5, label: null, axis: null },
      marks: [
        Plot.gridX(ticks, { stroke: palette.faint, strokeOpacity: 1 }),
        Plot.ruleY(
          rows.filter((row) => row.newLayer),
          { y: 'name', dy: -box.rowHeight / 2, stroke: palette.muted, strokeOpacity: 0.35 },
        ),
        Plot.ruleY(points, { y: 'name', x1: low, x2: 'size', stroke: 'colour', strokeOpacity: 0.3 }),
        Plot.ruleY(
          points.filter((point) => point.to > point.from),
          { y: 'name', x1: 'from', x2: 'to', stroke: palette.ink, strokeWidth: 1.4 },
        ),
        Plot.dot(points, {
          y: 'name',
          x: 'size',
          r: Math.min(4, box.rowHeight / 3.4),
          fill: (point: { hollow: boolean; colour: string }) =>
            point.hollow ? palette.background : point.colour,
          stroke: 'colour',
          strokeWidth: 1.6,
          title: 'title',
        }),
        Plot.text(zeros, {
          y: 'name',
          x: low,
          text: () => 'zero',
          textAnchor: 'start',
          dx: 4,
          fill: palette.muted,
          fontSize: box.fontSize,
        }),
        ...(column.labelled
          ? [
              Plot.axisY({
                tickSize: 0,
                label: null,
                tickFormat: (name: string) => labels.get(name) ?? name,
                fontSize: box.fontSize,
              }),
            ]
          : []),
        Plot.axisX(ticks, { tickFormat: formatPowerOfTen, label: null, tickSize: 0, fontSize: 11 }),
        ...(rows.length > MANY_ROWS
          ? [
              Plot.axisX(ticks, {
                anchor: 'top',
                tickFormat: formatPowerOfTen,
                label: null,
                tickSize: 0,
                fontSize: 11,
              }),
            ]
          : []),
      ],
      color: { type: 'identity' },
    },
    palette,
  );
}

/** Largest |eigenvalue| and |trace| of every block on log axes, in network order, or null when there is no block. */
export function blockExtremesChart(
  spectra: readonly SpectrumRecord[],
  blocks: readonly BlockRecord[],
  palette: Palette,
): Chart | null {
  if (spectra.length === 0) return null;
  const recordOf = new Map(blocks.map((block) => [block.name, block]));
  const short = shortBlockNames(spectra.map((spectrum) => spectrum.name));
  const rowHeight = spectra.length > 60 ? 14 : 17;
  const fontSize = spectra.length > 60 ? 10 : 11;
  const layerOf = (index: number) => recordOf.get(spectra[index]?.name ?? '')?.layer ?? null;
  const rows = spectra.map((spectrum, index): Row => {
    const kind = recordOf.get(spectrum.name)?.kind ?? 'unknown';
    return {
      label: shortenToWidth(short.get(spectrum.name)!, fontSize, 180),
      name: spectrum.name,
      kind,
      colour: kindColour(palette, kind),
      isZero: spectrum.isZero,
      newLayer: index > 0 && layerOf(index) !== layerOf(index - 1),
      extreme: extremeOf(spectrum),
      trace: spectrum.trace,
    };
  });
  const labelWidth = Math.max(...rows.map((row) => textWidth(row.label, fontSize))) + 12;
  const plotWidth = (WIDTH - labelWidth) / 2;
  const legend = kindLegend(
    rows.map((row) => row.kind),
    palette,
    WIDTH,
  );
  const titleY = legend.height + 18;
  const plotY = titleY + 6;
  const columns: (Column & { x: number; width: number; marginLeft: number })[] = [
    {
      title: 'largest |eigenvalue|',
      value: (row) => row.extreme,
      labelled: true,
      x: 0,
      width: labelWidth + plotWidth,
      marginLeft: labelWidth,
    },
    {
      title: '|trace|',
      value: (row) => row.trace,
      labelled: false,
      x: labelWidth + plotWidth,
      width: plotWidth,
      marginLeft: 34,
    },
  ];
  const body = columns.map((column) => {
    const box = { width: column.width, marginLeft: column.marginLeft, rowHeight, fontSize };
    const heading = text(column.title, column.x + column.marginLeft, titleY, {
      'font-size': 12,
      'font-weight': 'bold',
      fill: palette.ink,
    });
    return `${heading}<g transform="translate(${column.x},${plotY})">${columnPlot(rows, column, box, palette)}</g>`;
  });
  const negative = rows.some((row) => !row.isZero && (row.extreme.mean < 0 || row.trace.mean < 0));
  const error = rows.some((row) => row.trace.standardError !== null);
  return {
    name: 'block-extremes',
    title: 'How large each block is: extreme eigenvalue and trace',
    caption: [
      'Log axes; blocks in network order from the top, lines between layers. Colour: kind of block.',
      error ? 'Dark bars: one standard error over probes.' : '',
      negative ? 'Hollow: the value is negative.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    width: WIDTH,
    height: plotY + marginTop(rows.length) + rows.length * rowHeight + MARGIN_BOTTOM,
    minWidth: 620,
    body: legend.body + body.join(''),
  };
}
