/** Numbers over the stages of a training, with their standard errors. */
import * as Plot from '@observablehq/plot';
import { formatNumber } from '../format.ts';
import { element, plotFragment, text } from '../svg.ts';
import { textWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';

/** The number of one stage; null where it was not measured. */
export type EvolutionPoint = { readonly mean: number; readonly standardError: number | null } | null;

/** A number over the stages. */
export interface EvolutionSeries {
  readonly label: string;
  /** One a stage. */
  readonly points: readonly EvolutionPoint[];
  /** Drawn dashed and grey: what the others are to be held against. */
  readonly isFloor?: boolean;
}

/** What a plot shows. */
export interface EvolutionContent {
  readonly heading: string;
  /** Of the vertical axis; empty for none. */
  readonly unit: string;
  readonly series: readonly EvolutionSeries[];
  /** What the stages are called, one a stage. */
  readonly labels: readonly string[];
}

/** Where a plot goes, in pixels. */
export interface PlotPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const HEADING_HEIGHT = 20;
const LEGEND_HEIGHT = 18;
const MARGIN_LEFT = 44;

/** Lines through the stages at even distances, from zero upwards. */
export function evolutionPlot(content: EvolutionContent, place: PlotPlace, palette: Palette): string {
  const { heading, unit, series, labels } = content;
  const { x, y, width, height } = place;
  const head = HEADING_HEIGHT + LEGEND_HEIGHT;
  const colourOf = (index: number) => (series[index]!.isFloor ? palette.muted : palette.series[index + 2]!);
  const marks = series.flatMap(({ points, isFloor }, index) => {
    const stroke = colourOf(index);
    const drawn = points.flatMap((point, stage) =>
      point === null ? [] : [{ stage, value: point.mean, error: point.standardError ?? 0 }],
    );
    const line = Plot.line(drawn, {
      x: 'stage',
      y: 'value',
      stroke,
      strokeWidth: isFloor ? 1 : 1.8,
      ...(isFloor ? { strokeDasharray: '4,3' } : {}),
    });
    if (isFloor) return [line];
    return [
      line,
      Plot.ruleX(drawn, {
        x: 'stage',
        y1: ({ value, error }: (typeof drawn)[number]) => value - error,
        y2: ({ value, error }: (typeof drawn)[number]) => value + error,
        stroke,
        strokeWidth: 1.2,
      }),
      Plot.dot(drawn, { x: 'stage', y: 'value', fill: stroke, r: 3.2 }),
    ];
  });
  const plot = plotFragment(
    {
      width,
      height: height - head,
      marginLeft: MARGIN_LEFT,
      marginRight: 20,
      marginTop: 8,
      marginBottom: 24,
      x: { domain: [-0.15, labels.length - 0.85], label: null },
      y: { zero: true, nice: true, label: null },
      marks: [
        Plot.gridY({ stroke: palette.faint, strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          label: null,
          tickSize: 0,
          fontSize: 10,
          tickFormat: (value: number) => formatNumber(value),
        }),
        Plot.axisX(shownLabels(labels, width - MARGIN_LEFT), {
          label: null,
          tickSize: 4,
          fontSize: 10,
          tickFormat: (stage: number) => labels[stage] ?? '',
        }),
        ...marks,
      ],
    },
    palette,
    x,
    y + head,
  );
  const title = text(unit === '' ? heading : `${heading}, ${unit}`, x, y + 12, {
    'font-size': 12,
    'font-weight': 'bold',
    fill: palette.ink,
  });
  return title + legendOf(series, colourOf, x, y + HEADING_HEIGHT, palette) + plot;
}

/** The stages that are named below the axis: as many as fit beside each other, the first one always. */
function shownLabels(labels: readonly string[], width: number): number[] {
  const widest = Math.max(...labels.map((label) => textWidth(label, 10))) + 8;
  const every = Math.max(1, Math.ceil((widest * labels.length) / width));
  return labels.map((_, stage) => stage).filter((stage) => stage % every === 0);
}

function legendOf(
  series: readonly EvolutionSeries[],
  colourOf: (index: number) => string,
  x: number,
  y: number,
  palette: Palette,
): string {
  let left = x;
  return series
    .map(({ label, isFloor }, index) => {
      const sign = element('path', {
        d: `M${left},${y + 4}h14`,
        stroke: colourOf(index),
        'stroke-width': 2,
        ...(isFloor ? { 'stroke-dasharray': '4,3' } : {}),
      });
      const name = text(label, left + 19, y + 8, { 'font-size': 11, fill: palette.ink });
      left += 19 + textWidth(label, 11) + 18;
      return sign + name;
    })
    .join('');
}
