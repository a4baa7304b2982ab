/** Labelled points in a plane. */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../../../study/figures/definition.ts';
import { type Chart, dotLegend, plotFragment, text } from '../svg.ts';
import { textWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';

type Scatter = Extract<Picture, { kind: 'scatter' }>;

const WIDTH = 640;
const HEIGHT = 420;
const LEGEND_HEIGHT = 24;
const MARGIN = { left: 60, right: 24, top: 20, bottom: 40 };
const INSET = 30;
const LABEL_SIZE = 11;

/** Each point, a bar where it has a range, and its label where no other is; groups have colours. */
export function scatterChart(
  name: string,
  title: string,
  caption: string,
  { xLabel, yLabel, points, bound }: Scatter,
  palette: Palette,
): Chart {
  const groups = [...new Set(points.map(({ group }) => group))];
  const colourOf = (group: string) => distantColour(palette.series, groups.indexOf(group));
  const groupColour = ({ group }: { readonly group: string }) => colourOf(group);
  const xDomain = domainOf(points.map(({ x }) => x));
  const ranges = points.flatMap(({ x, group, yRange }) =>
    yRange ? [{ x, group, least: yRange[0], largest: yRange[1] }] : [],
  );
  const yDomain = domainOf([
    0,
    ...(bound ? [bound.y] : []),
    ...points.map(({ y }) => y),
    ...ranges.flatMap(({ least, largest }) => [least, largest]),
  ]);
  const plot = plotFragment(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: MARGIN.top,
      marginBottom: MARGIN.bottom,
      x: { label: xLabel, grid: true, domain: xDomain, inset: INSET },
      y: { label: yLabel, grid: true, domain: yDomain, inset: INSET },
      marks: [
        Plot.ruleY([0], { stroke: palette.muted }),
        ...(bound ? [Plot.ruleY([bound.y], { stroke: palette.muted, strokeDasharray: '4 3' })] : []),
        Plot.ruleX(ranges, { x: 'x', y1: 'least', y2: 'largest', stroke: groupColour, strokeWidth: 1.5 }),
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          fill: groupColour,
          r: 5,
        }),
      ],
    },
    palette,
    0,
    LEGEND_HEIGHT,
  );
  const place = (value: number, [low, high]: readonly [number, number], from: number, to: number) =>
    from + ((value - low) / (high - low)) * (to - from);
  const heightOf = (y: number) =>
    LEGEND_HEIGHT + place(y, yDomain, HEIGHT - MARGIN.bottom - INSET, MARGIN.top + INSET);
  const spots = points.map(({ label, x, y }) => ({
    label,
    x: place(x, xDomain, MARGIN.left + INSET, WIDTH - MARGIN.right - INSET),
    y: heightOf(y),
  }));
  const labels = placeLabels(spots).map(({ label, x, y }) =>
    text(label, x, y, { 'font-size': LABEL_SIZE, fill: palette.ink }),
  );
  const boundLabel = bound
    ? text(bound.label, MARGIN.left + 4, heightOf(bound.y) - 5, {
        'font-size': LABEL_SIZE,
        fill: palette.muted,
      })
    : '';
  const legend = dotLegend(
    groups.map((group) => ({ label: group, colour: colourOf(group) })),
    palette,
  );
  return {
    name,
    title,
    caption,
    width: WIDTH,
    height: HEIGHT + LEGEND_HEIGHT,
    body: legend + plot + boundLabel + labels.join(''),
    minWidth: 480,
  };
}

/** Every second colour, which differ more, then those between. */
function distantColour(colours: readonly string[], index: number): string {
  const half = Math.floor(colours.length / 2);
  return colours[(2 * index + (index < half ? 1 : 2)) % colours.length] as string;
}

/** Never empty, so that one point alone, or none, can be drawn. */
function domainOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

interface Spot {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

interface LabelBox extends Spot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The left ends of the labels' baselines, each where the fewest of the labels and points are covered. */
function placeLabels(spots: readonly Spot[]): Spot[] {
  const dots = spots.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  const placed: LabelBox[] = [];
  for (const { label, x, y } of spots) {
    const width = textWidth(label, LABEL_SIZE);
    const candidates = [
      [x + 9, y + 4],
      [x - 9 - width, y + 4],
      [x - width / 2, y - 10],
      [x - width / 2, y + 18],
      [x + 9, y - 8],
      [x + 9, y + 16],
    ].map(([left, base]) => boxAt(label, left as number, base as number, width));
    const cost = (box: LabelBox) =>
      [...placed, ...dots].filter((other) => covers(box, other)).length +
      (box.left < MARGIN.left || box.right > WIDTH ? 10 : 0);
    placed.push(candidates.reduce((best, box) => (cost(box) < cost(best) ? box : best)));
  }
  return placed;
}

function boxAt(label: string, x: number, y: number, width: number): LabelBox {
  return { label, x, y, left: x, right: x + width, top: y - LABEL_SIZE, bottom: y + 3 };
}

function covers(a: Omit<LabelBox, keyof Spot>, b: Omit<LabelBox, keyof Spot>): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
