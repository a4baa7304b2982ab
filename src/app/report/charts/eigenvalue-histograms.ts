/** Histograms of the eigenvalues of a quadratic problem's blocks (the paper's Figures 12 and 13). */
import * as Plot from '@observablehq/plot';
import type { QuadraticCase } from '../../../quadratic/cases.ts';
import { formatNumber } from '../format.ts';
import { type Chart, plotFragment, text } from '../svg.ts';
import { shortenToWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';

const PANEL = { width: 215, height: 170 };
const GAP = 12;
const CASE_HEADING = 30;
const BLOCK_HEADING = 20;
const BINS = 25;

/** A row for each case, a panel for each block, all of a row on the axis of the whole spectrum. */
export function eigenvalueHistogramsChart(cases: readonly QuadraticCase[], palette: Palette): Chart {
  const columns = Math.max(...cases.map(({ spectra }) => spectra.length));
  const rowHeight = CASE_HEADING + BLOCK_HEADING + PANEL.height + GAP;
  const body = cases.map((problem, row) => rowOf(problem, row * rowHeight, palette));
  return {
    name: 'histograms',
    title: 'Eigenvalues of the blocks of quadratic problems',
    caption: `How many eigenvalues of each block lie in each ${BINS}th part of the range of all.`,
    width: columns * (PANEL.width + GAP) - GAP,
    height: cases.length * rowHeight,
    minWidth: 560,
    body: body.join(''),
  };
}

function rowOf({ name, title, spectra, blockNames }: QuadraticCase, y: number, palette: Palette): string {
  const all = spectra.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const heading = text(name === 'own' ? title : `Case ${name}: ${title}`, 4, y + 18, {
    'font-size': 14,
    'font-weight': 'bold',
    fill: palette.ink,
  });
  const panels = spectra.map((values, index) => {
    const x = index * (PANEL.width + GAP);
    const label = shortenToWidth(blockNames?.[index] ?? `block ${index + 1}`, 11, PANEL.width - 10);
    const bars = plotFragment(
      {
        ...PANEL,
        marginLeft: 34,
        marginBottom: 34,
        x: {
          domain: [low, high],
          label: 'eigenvalue',
          ticks: 4,
          tickFormat: (value: number) => formatNumber(value),
        },
        y: { label: null, grid: true, ticks: 4 },
        marks: [
          Plot.rectY(binned(values, low, high), { x1: 'from', x2: 'to', y: 'count', fill: palette.accent }),
          Plot.ruleY([0], { stroke: palette.muted }),
        ],
      },
      palette,
      x,
      y + CASE_HEADING + BLOCK_HEADING,
    );
    return text(label, x + 6, y + CASE_HEADING + 12, { 'font-size': 11, fill: palette.ink }) + bars;
  });
  return heading + panels.join('');
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How many values lie in each of equal parts of a range; its upper end belongs to the last. */
export function binned(values: readonly number[], low: number, high: number): Bin[] {
  const width = (high - low) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }));
}
