/** Values with their spread over seeds, a curve for each of several series. */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../../../study/figures/definition.ts';
import { type Chart, element, plotFragment, text } from '../svg.ts';
import { textWidth } from '../text-layout.ts';
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
  let x = 66;
  const legend = series.map(({ label }, index) => {
    const entry =
      element('circle', { cx: x, cy: 8, r: 4.5, fill: colourOf(index) }) +
      text(label, x + 10, 12, { 'font-size': 12, fill: palette.ink });
    x += 40 + textWidth(label, 12);
    return entry;
  });
  return {
    name,
    title,
    caption,
    width: WIDTH,
    height: HEIGHT + LEGEND_HEIGHT,
    body: legend.join('') + plot,
    minWidth: 480,
  };
}
