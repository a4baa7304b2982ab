/** The loss of one or several trainings over their steps. */
import * as Plot from '@observablehq/plot';
import { columnExtremes } from '../decimate.ts';
import { formatNumber } from '../format.ts';
import { type Chart, element, plotFragment, text } from '../svg.ts';
import type { Palette } from '../theme.ts';

/** What is drawn of one training. */
export interface TrainingCurve {
  readonly label: string;
  /** The loss of each step's batch. */
  readonly training: readonly CurvePoint[];
  /** The loss on examples that were held back. */
  readonly validation: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

const WIDTH = 760;
const HEIGHT = 380;
const LEGEND_HEIGHT = 24;
const LEGEND_LINE = 18;

/** Pixels of a chart without its legend. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/**
 * @param subject what was trained, for the title.
 * @param size of the chart, where it is a panel among others.
 */
export function trainingCurvesChart(
  subject: string,
  curves: readonly TrainingCurve[],
  palette: Palette,
  { width, height }: ChartSize = { width: WIDTH, height: HEIGHT },
): Chart {
  const colourOf = (index: number) =>
    curves.length === 1 ? palette.accent : (palette.series[index % palette.series.length] as string);
  const lossesOf = ({ training, validation }: TrainingCurve) =>
    [...training, ...validation].map(({ loss }) => loss).filter(Number.isFinite);
  const marks = curves.flatMap((curve, index) => [
    Plot.line(thinned(curve.training, width), {
      x: 'step',
      y: 'loss',
      stroke: colourOf(index),
      strokeOpacity: 0.45,
      strokeWidth: 1,
    }),
    Plot.line(curve.validation, { x: 'step', y: 'loss', stroke: colourOf(index), strokeWidth: 2 }),
    Plot.dot(curve.validation, { x: 'step', y: 'loss', fill: colourOf(index), r: 3 }),
  ]);
  const losses = curves.flatMap(lossesOf);
  const plot = plotFragment(
    {
      width,
      height,
      marginLeft: 60,
      x: { label: 'step', grid: true },
      y: {
        label: 'loss (nats)',
        grid: true,
        type: isWide(losses) ? 'log' : 'linear',
        tickFormat: (loss: number) => formatNumber(loss),
      },
      marks,
    },
    palette,
    0,
    curves.length === 1 ? 0 : legendHeight(curves),
  );
  const legend = curves.length === 1 ? '' : legendOf(curves, colourOf, palette);
  return {
    name: 'training',
    title: `Loss of ${subject}`,
    caption:
      'Thin: the mean loss of each step’s batch, before the step. Thick, with dots: the mean loss on the examples that were held back.',
    width,
    height: height + (curves.length === 1 ? 0 : legendHeight(curves)),
    body: legend + plot,
    minWidth: 480,
  };
}

function thinned(points: readonly CurvePoint[], width: number): readonly CurvePoint[] {
  const indices = columnExtremes(
    points.map(({ step }) => step),
    points.map(({ loss }) => loss),
    width,
  );
  return indices.map((index) => points[index] as CurvePoint);
}

/** Losses over more than a decade are read on a logarithmic axis. */
function isWide(losses: readonly number[]): boolean {
  const [least, largest] = [Math.min(...losses), Math.max(...losses)];
  return least > 0 && largest > 10 * least;
}

function legendHeight(curves: readonly TrainingCurve[]): number {
  return LEGEND_HEIGHT + LEGEND_LINE * (curves.length - 1);
}

function legendOf(
  curves: readonly TrainingCurve[],
  colourOf: (index: number) => string,
  palette: Palette,
): string {
  return curves
    .map(({ label }, index) => {
      const y = 12 + LEGEND_LINE * index;
      return (
        element('circle', { cx: 66, cy: y - 4, r: 4.5, fill: colourOf(index) }) +
        text(label, 76, y, { 'font-size': 12, fill: palette.ink })
      );
    })
    .join('');
}
