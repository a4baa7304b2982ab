/** Curves on canvas: zoomed by dragging or by keys, read by pointing. */
import 'uplot/dist/uPlot.min.css';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Palette } from '../../src/app/report/theme.ts';
import { palette } from '../page/appearance.ts';
import { type CurveColumns, curveColumns } from './curve-data.ts';
import { keyedRange, type Range } from './curve-zoom.ts';
import type { CurveFigure } from './figure-data.ts';
import type { PlacedAxis } from './placed-axis.ts';
import { readoutAt } from './readout.ts';

/** Pixels from one tick to the next, about. */
const TICK_PIXELS = { x: 84, y: 44 };
const FONT = "11px Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
const RUG_PIXELS = 7;
/** Space above the highest point, as a share of the range. */
const HEADROOM = 0.06;
/** Space below the lowest point of curves without a floor to stand on. */
const FOOTROOM = 0.03;

export interface CurveChartProps {
  readonly figure: CurveFigure;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly height: number;
  /** While it stays the same, so does the stretch that is zoomed to. */
  readonly zoomKey: string;
}

/** A chart of curves with its axes' labels and a line that reads out where the pointer is. */
export function CurveChart({ figure, label, height, zoomKey }: CurveChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(figure);
  const zoom = useRef<{ key: string; range: Range | null }>({ key: zoomKey, range: null });
  const readout = useSignal('');
  const isZoomed = useSignal(false);
  latest.current = figure;
  if (zoom.current.key !== zoomKey) zoom.current = { key: zoomKey, range: null };
  const colours = palette.value;
  const shape = shapeOf(figure, height);

  const zoomTo = (range: Range | null) => {
    zoom.current.range = range;
    isZoomed.value = range !== null;
    const [min, max] = range ?? fullRange(latest.current);
    chart.current?.setScale('x', { min, max });
  };

  // `shape` stands for the parts of the figure that a chart is made of.
  useEffect(() => {
    const node = holder.current as HTMLDivElement;
    const columns = curveColumns(latest.current);
    const made = new uPlot(
      optionsOf({
        figure: latest,
        columns,
        width: node.clientWidth,
        height,
        colours,
        onZoom: zoomTo,
        onReadout: (text) => {
          readout.value = text;
        },
      }),
      columns.data,
      node,
    );
    chart.current = made;
    zoomTo(zoom.current.range);
    const observer = new ResizeObserver(() => made.setSize({ width: node.clientWidth, height }));
    observer.observe(node);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, colours]);

  useEffect(() => {
    const current = chart.current;
    if (!current) return;
    current.batch(() => {
      current.setData(curveColumns(figure).data, false);
      zoomTo(zoom.current.range);
    });
  }, [figure, zoomKey]);

  const onKeyDown = (event: KeyboardEvent) => {
    const range = keyedRange(event.key, zoom.current.range, fullRange(latest.current));
    if (range === undefined) return;
    event.preventDefault();
    zoomTo(range);
  };
  const hint = useComputed(() => (isZoomed.value ? 'Double-click or press 0 to see all.' : ''));
  return (
    <div class="chart">
      <div class="chart-y-label">{figure.y.label}</div>
      <div
        class="chart-canvas"
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move the chart
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div ref={holder} style={{ height: `${height}px` }} />
      </div>
      <div class="chart-foot">
        <span class="chart-readout">
          {readout} {hint}
        </span>
        <span class="chart-x-label">{figure.x.label}</span>
      </div>
    </div>
  );
}

function fullRange({ positions }: CurveFigure): Range {
  const [low, high] = [positions[0] ?? 0, positions[positions.length - 1] ?? 1];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

/** What a chart cannot change once it is made. */
function shapeOf({ curves, x, y }: CurveFigure, height: number): string {
  const series = curves.map(({ key, colour, band, isDashed, isPoints, width }) =>
    [key, colour, band !== undefined, isDashed, isPoints, width].join(),
  );
  return [height, x.label, y.label, ...series].join('|');
}

interface ChartParts {
  readonly figure: { readonly current: CurveFigure };
  readonly columns: CurveColumns;
  readonly width: number;
  readonly height: number;
  readonly colours: Palette;
  readonly onZoom: (range: Range | null) => void;
  readonly onReadout: (text: string) => void;
}

function optionsOf({
  figure,
  columns,
  width,
  height,
  colours,
  onZoom,
  onReadout,
}: ChartParts): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          onZoom(null);
          return null;
        },
      },
    },
    scales: {
      x: { time: false, auto: false },
      y: { range: (_, low, high) => paddedRange(low, high, figure.current.floor === undefined) },
    },
    axes: [axisOf('x', () => figure.current.x, colours), axisOf('y', () => figure.current.y, colours)],
    series: [
      {},
      ...columns.series.map(
        ({ curve, isEdge }): uPlot.Series => ({
          stroke: isEdge ? 'transparent' : curve.colour,
          width: isEdge ? 0 : (curve.width ?? 1.6),
          ...(curve.isDashed ? { dash: [6, 4] } : {}),
          points: { show: curve.isPoints === true, size: 6, fill: curve.colour },
          ...(curve.isPoints ? { paths: () => null } : {}),
          spanGaps: true,
        }),
      ),
    ],
    bands: columns.bands.map(({ series, colour }) => ({ series, fill: `${colour}33` })),
    hooks: {
      draw: [(chart) => drawRugs(chart, figure.current)],
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return;
          const [from, to] = [chart.select.left, chart.select.left + chart.select.width];
          onZoom([chart.posToVal(from, 'x'), chart.posToVal(to, 'x')]);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(chart) => onReadout(readoutAt(figure.current, chart.cursor.idx ?? null))],
    },
  };
}

function paddedRange(low: number | null, high: number | null, hasFootroom: boolean): [number, number] {
  if (low === null || high === null) return [0, 1];
  const range = high - low || Math.abs(high) || 1;
  return [hasFootroom ? low - FOOTROOM * range : low, high + HEADROOM * range];
}

function axisOf(name: 'x' | 'y', axis: () => PlacedAxis, colours: Palette): uPlot.Axis {
  // uPlot asks for places first and for texts right after.
  let texts = new Map<number, string>();
  return {
    font: FONT,
    stroke: colours.muted,
    grid: { stroke: colours.faint, width: 1, show: name === 'y' },
    ticks: { stroke: colours.faint, size: 4 },
    border: { show: name === 'x', stroke: colours.muted, width: 1 },
    ...(name === 'x' ? { size: 30 } : { size: (_, values) => widthOf(values) }),
    splits: (chart, _, low, high) => {
      const pixels = (name === 'x' ? chart.bbox.width : chart.bbox.height) / devicePixelRatio;
      const spacing = ((high - low) * TICK_PIXELS[name]) / Math.max(pixels, 1);
      const ticks = axis().ticks(low, high, spacing);
      texts = new Map(ticks.map(({ position, text }) => [position, text]));
      return ticks.map(({ position }) => position);
    },
    values: (_, splits) => splits.map((position) => texts.get(position) ?? ''),
  };
}

function widthOf(values: readonly string[] | null): number {
  const longest = (values ?? []).reduce((most, text) => Math.max(most, text.length), 2);
  return 16 + 6.4 * longest;
}

function drawRugs(chart: uPlot, { rugs = [] }: CurveFigure): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  for (const [row, { colour, positions }] of rugs.entries()) {
    ctx.strokeStyle = colour;
    ctx.beginPath();
    const foot = bottom - row * RUG_PIXELS * devicePixelRatio;
    for (let index = 0; index < positions.length; index++) {
      const left = chart.valToPos(positions[index] as number, 'x', true);
      if (!(left >= bbox.left && left <= bbox.left + bbox.width)) continue;
      ctx.moveTo(left, foot);
      ctx.lineTo(left, foot - (RUG_PIXELS - 1.5) * devicePixelRatio);
    }
    ctx.stroke();
  }
  ctx.restore();
}
