/** One small spectrum for every block, in network order. */
import type { BlockRecord, SpectrumRecord } from '../../runs/records.ts';
import { shortBlockNames } from '../block-names.ts';
import { formatNumber } from '../format.ts';
import { escapeMarkup } from '../markup.ts';
import { type Chart, coordinate, element, kindLegend, text } from '../svg.ts';
import { shortenToWidth } from '../text-layout.ts';
import { kindColour, type Palette } from '../theme.ts';
import { NORMALISED_SIGMA, normaliseSpectra } from './normalised.ts';
import { normalisedAxis, normalisedCurve } from './normalised-panel.ts';

const WIDTH = 860;
const GAP = 10;
const NAME_HEIGHT = 17;
const CURVE_HEIGHT = 58;
const TICK_HEIGHT = 15;
const ROW_HEIGHT = NAME_HEIGHT + CURVE_HEIGHT + TICK_HEIGHT + 8;

/** The rows that panels take in `columns` columns when every run of one layer starts a row. */
function rowsTaken(runs: readonly number[], columns: number): number {
  return runs.reduce((rows, run) => rows + Math.ceil(run / columns), 0);
}

/** Lengths of the runs of equal neighbours. */
function runLengths(layers: readonly (number | null)[]): number[] {
  const runs: number[] = [];
  for (const [index, layer] of layers.entries()) {
    if (index > 0 && layer === layers[index - 1]) runs[runs.length - 1]! += 1;
    else runs.push(1);
  }
  return runs;
}

/**
 * Where panels go. Where layers have three blocks or more each starts a row, in the number of columns that takes the
 * fewest rows; otherwise the panels simply follow one another.
 */
export function placePanels(layers: readonly (number | null)[]): {
  readonly columns: number;
  readonly cells: readonly { readonly column: number; readonly row: number }[];
} {
  const runs = runLengths(layers);
  const usual = [...runs].sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  const byLayer = usual >= 3;
  const candidates = [4, 5, 6, 7, 8];
  const fewest = Math.min(...candidates.map((columns) => rowsTaken(runs, columns)));
  const columns = byLayer
    ? candidates.find((count) => rowsTaken(runs, count) === fewest)!
    : Math.min(6, Math.max(4, layers.length));
  let column = 0;
  let row = 0;
  const cells = layers.map((layer, index) => {
    const newLayer = byLayer && index > 0 && layer !== layers[index - 1] && column > 0;
    if (column === columns || newLayer) {
      column = 0;
      row++;
    }
    return { column: column++, row };
  });
  return { columns, cells };
}

/** Every block's normalised spectrum in a panel of its own, or null when there is no block. */
export function panelsChart(
  spectra: readonly SpectrumRecord[],
  blocks: readonly BlockRecord[],
  palette: Palette,
): Chart | null {
  if (spectra.length === 0) return null;
  const recordOf = new Map(blocks.map((block) => [block.name, block]));
  const { columns, cells } = placePanels(
    spectra.map((spectrum) => recordOf.get(spectrum.name)?.layer ?? null),
  );
  const width = (WIDTH - GAP * (columns - 1)) / columns;
  const size = { width, height: CURVE_HEIGHT };
  const { curves, axes } = normaliseSpectra(spectra, Math.max(400, 4 * Math.round(width)));
  const short = shortBlockNames(spectra.map((spectrum) => spectrum.name));
  const legend = kindLegend(
    spectra.map((spectrum) => recordOf.get(spectrum.name)?.kind ?? 'unknown'),
    palette,
    WIDTH,
  );
  const top = legend.height + 10;
  const axis = normalisedAxis(axes, size, palette);
  const zero = ((0 - axes.low) / (axes.high - axes.low)) * width;
  const panels = curves.map((entry, index) => {
    const { spectrum } = entry;
    const { column, row } = cells[index]!;
    const colour = kindColour(palette, recordOf.get(spectrum.name)?.kind ?? '');
    const name = shortenToWidth(short.get(spectrum.name)!, 11, width - 4);
    const line = normalisedCurve(entry, axes, size);
    const content = [
      `<title>${escapeMarkup(`${spectrum.name}: largest ${formatNumber(spectrum.largest.mean)}, least ${formatNumber(spectrum.least.mean)}, divided by ${formatNumber(spectrum.normaliser.value)} (${spectrum.normaliser.rule})`)}</title>`,
      text(name, 0, -5, { 'font-size': 11, 'font-weight': 'bold', fill: palette.ink }),
      element('rect', { width, height: CURVE_HEIGHT, fill: palette.faint, 'fill-opacity': 0.35 }),
      element('path', {
        d: `M${coordinate(zero)},0V${CURVE_HEIGHT}`,
        stroke: palette.muted,
        'stroke-width': 0.6,
        'stroke-dasharray': '2,2',
      }),
      line === ''
        ? text(spectrum.isZero ? 'zero' : 'no spectrum', width / 2, CURVE_HEIGHT / 2 + 4, {
            'font-size': 12,
            'text-anchor': 'middle',
            fill: palette.muted,
          })
        : element('path', { d: `${line}V${CURVE_HEIGHT}H0Z`, fill: colour, 'fill-opacity': 0.22 }) +
          element('path', {
            d: line,
            fill: 'none',
            stroke: colour,
            'stroke-width': 1.3,
            'stroke-linejoin': 'round',
          }),
      axis,
    ];
    return `<g transform="translate(${coordinate(column * (width + GAP))},${top + row * ROW_HEIGHT + NAME_HEIGHT})">${content.join('')}</g>`;
  });
  const decades = Math.round(Math.log10(axes.top / axes.floor));
  const rows = Math.max(...cells.map((cell) => cell.row)) + 1;
  return {
    name: 'spectrum-blocks-all',
    title: 'Spectrum of every block, in network order',
    caption: `All panels share both axes: to the right the eigenvalue divided by the block's 10th largest (symmetric log), upwards the frequency over ${decades} decades (log). Smoothing: σ = ${NORMALISED_SIGMA} decades. Dashed: zero. Colour: kind of block.`,
    width: WIDTH,
    height: top + rows * ROW_HEIGHT,
    minWidth: 640,
    body: legend.body + panels.join(''),
  };
}
