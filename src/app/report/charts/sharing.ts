/** The time of a shared measurement against the number of workers. */
import * as Plot from '@observablehq/plot';
import type { SimulatedSharing } from '../../../study/spectrum/units/simulate.ts';
import { formatCount, formatDuration } from '../format.ts';
import { type Chart, dotLegend, plotFragment } from '../svg.ts';
import type { Palette } from '../theme.ts';

const WIDTH = 760;
const HEIGHT = 400;
const LEGEND_HEIGHT = 24;
/** Times that a logarithmic axis names, from a second to a year. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICKS = [
  ...[1, 3, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 3, 10, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 10].map((hours) => hours * HOUR),
  ...[1, 3, 10, 30, 100, 300].map((days) => days * DAY),
];

/** Both axes are logarithmic: twice as many workers in half the time is a straight line. */
export function sharingChart(
  model: string,
  rows: readonly SimulatedSharing[],
  assumptions: string,
  palette: Palette,
): Chart {
  const finished = rows.filter(({ wallMs }) => Number.isFinite(wallMs.median));
  const points = finished.map(({ workers, wallMs, boundMs }) => ({
    workers,
    ms: wallMs.median,
    tenth: wallMs.tenth,
    ninetieth: Number.isFinite(wallMs.ninetieth) ? wallMs.ninetieth : wallMs.median,
    boundMs,
  }));
  const bound = palette.muted;
  const counts = points.map(({ workers }) => workers);
  const times = ticksFor(points);
  const plot = plotFragment(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: 70,
      x: { type: 'log' },
      y: { type: 'log' },
      marks: [
        Plot.gridX(counts),
        Plot.gridY(times),
        // A logarithmic scale would leave out labels by rules of its own.
        Plot.axisX(counts, { label: 'workers', text: (workers: number) => formatCount(workers) }),
        Plot.axisY(times, { label: 'time', text: tickText }),
        Plot.areaY(points, {
          x: 'workers',
          y1: 'tenth',
          y2: 'ninetieth',
          fill: palette.accent,
          fillOpacity: 0.18,
        }),
        Plot.line(points, { x: 'workers', y: 'boundMs', stroke: bound, strokeDasharray: '5 4' }),
        Plot.line(points, { x: 'workers', y: 'ms', stroke: palette.accent, strokeWidth: 2 }),
        Plot.dot(points, { x: 'workers', y: 'ms', fill: palette.accent, r: 3.5 }),
      ],
    },
    palette,
    0,
    LEGEND_HEIGHT,
  );
  const legend = dotLegend(
    [
      { label: 'median, and 10 to 90 % of simulations', colour: palette.accent },
      { label: 'at least: a start and the longest unit, or an equal share of all', colour: bound },
    ],
    palette,
  );
  return {
    name: 'workers',
    title: `${model}: the time of a measurement that workers share`,
    caption: assumptions,
    width: WIDTH,
    height: HEIGHT + LEGEND_HEIGHT,
    body: legend + plot,
    minWidth: 520,
  };
}

function ticksFor(points: readonly { readonly boundMs: number; readonly ninetieth: number }[]): number[] {
  const least = Math.min(...points.map(({ boundMs }) => boundMs));
  const largest = Math.max(...points.map(({ ninetieth }) => ninetieth));
  return TICKS.filter((ms) => ms >= least && ms <= largest);
}

function tickText(ms: number): string {
  if (ms >= DAY) return `${ms / DAY} d`;
  if (ms >= HOUR) return `${ms / HOUR} h`;
  return ms >= MINUTE ? `${ms / MINUTE} min` : formatDuration(ms);
}
