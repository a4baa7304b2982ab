/** Values with their spread over seeds, a curve for each of several series. */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../../../study/figures/definition.ts';
import { type Chart, dotLegend, plotFragment } from '../svg.ts';
import type { Palette } from '../theme.ts';

const WIDTH = 640;
const HEIGHT = 360;
const LEGEND_HEIGHT = 24;

/** Dots at the means, bars from the least to the largest. */
export function spreadChart(
  name: string,
  title: string,
  caption: string,
  { xLabel, yLabel, series }: Extract<Picture, { kind: 'spread' }>,
  palette: Palette,
): Chart {
  const colourOf = (index: number) => palette.series[(index * 2 + 1) % palette.series.length] as string;
  const marks = series.flatMap(({ points }, index) => [
    Plot.ruleX(points, {
      x: 'x',
      y1: 'least',
      y2: 'largest',
      stroke: colourOf(index),
      strokeWidth: 1.5,
      strokeOpacity: 0.6,
    }),
    Plot.line(points, { x: 'x', y: 'mean', stroke: colourOf(index), strokeWidth: 2 }),
    Plot.dot(points, { x: 'x', y: 'mean', fill: colourOf(index), r: 3.5 }),
  ]);
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const plot = plotFragment(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 60,
      marginBottom: 40,
      x: { label: xLabel, ticks: places, tickFormat: String, inset: 10 },
      y: { label: yLabel, grid: true, nice: true },
      marks,
    },
    palette,
    0,
    LEGEND_HEIGHT,
  );
  const legend = dotLegend(
    series.map(({ label }, index) => ({ label, colour: colourOf(index) })),
    palette,
  );
  return {
    name,
    title,
    caption,
    width: WIDTH,
    height: HEIGHT + LEGEND_HEIGHT,
    body: legend + plot,
    minWidth: 480,
  };
}
