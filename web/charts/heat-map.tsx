/** A square matrix as a picture: zoomed by wheel, two fingers or keys, moved by dragging, read and chosen cell by cell. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { palette } from '../page/appearance.ts';
import {
  cellPicture,
  type HeatMapData,
  labelRoom,
  type MatrixFrame,
  paintHeatMap,
} from './heat-map-paint.ts';
import { usePointers } from './heat-map-pointers.ts';
import {
  type Cell,
  insideMatrix,
  keyedCell,
  type MatrixView,
  viewWithCell,
  wholeView,
  zoomedView,
} from './heat-map-view.ts';

const ZOOM_STEP = 1.4;

export interface HeatMapProps {
  readonly data: HeatMapData;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** A cell in words; row and column are indices of the matrix. */
  readonly describe: (row: number, column: number) => string;
  /** The chosen cell, as indices of the matrix. */
  readonly selected?: Cell | null;
  readonly onSelect?: (row: number, column: number) => void;
  /** Largest height in pixels. */
  readonly maxHeight?: number;
}

export function HeatMap({ data, label, describe, selected, onSelect, maxHeight = 620 }: HeatMapProps) {
  const count = data.order.length;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<MatrixFrame>({ left: 0, side: 1 });
  const view = useRef<MatrixView>(wholeView(count));
  const cursor = useSignal<Cell | null>(null);
  const span = useSignal(count);
  const colours = palette.value;
  const picture = useMemo(() => cellPicture(data, colours.missing), [data, colours]);
  const requested = useRef(0);

  const paint = () => {
    requested.current = 0;
    const [node, box] = [canvas.current, holder.current];
    if (!node || !box) return;
    frame.current = fitCanvas(node, box.clientWidth, maxHeight, data, view.current);
    const place = (cell: Cell | null | undefined) => (cell ? placeOf(cell, data.order) : null);
    paintHeatMap(
      node.getContext('2d') as CanvasRenderingContext2D,
      picture,
      data,
      view.current,
      frame.current,
      { cursor: cursor.value, selected: place(selected) },
      colours,
    );
  };
  // A frame that was asked for before something changed must paint what is there then.
  const latestPaint = useRef(paint);
  latestPaint.current = paint;
  const repaint = () => {
    if (requested.current === 0) requested.current = requestAnimationFrame(() => latestPaint.current());
  };
  const look = (next: MatrixView) => {
    view.current = next;
    span.value = next.span;
    repaint();
  };
  const point = (cell: Cell | null) => {
    if (cell?.row === cursor.value?.row && cell?.column === cursor.value?.column) return;
    cursor.value = cell;
    repaint();
  };
  const choose = (cell: Cell | null) => {
    if (cell) onSelect?.(data.order[cell.row] as number, data.order[cell.column] as number);
  };

  useEffect(() => {
    view.current = insideMatrix(view.current.span > count ? wholeView(count) : view.current, count);
    repaint();
  }, [data, picture, colours, selected, maxHeight]);
  useEffect(() => {
    look(wholeView(count));
    const observer = new ResizeObserver(repaint);
    observer.observe(holder.current as HTMLDivElement);
    return () => observer.disconnect();
  }, [count]);
  usePointers(canvas, { frame, view }, count, { look, point, choose });

  const onKeyDown = (event: KeyboardEvent) => {
    const at = cursor.value ?? { row: 0, column: 0 };
    const next = keyedCell(event.key, at, count);
    if (next) {
      point(cursor.value ? next : at);
      look(viewWithCell(view.current, count, next));
    } else if (event.key === 'Enter' || event.key === ' ') choose(cursor.value);
    else if (event.key === '+' || event.key === '=') look(zoomedView(view.current, count, ZOOM_STEP));
    else if (event.key === '-') look(zoomedView(view.current, count, 1 / ZOOM_STEP));
    else if (event.key === '0') look(wholeView(count));
    else return;
    event.preventDefault();
  };
  const words = cursor.value
    ? describe(data.order[cursor.value.row] as number, data.order[cursor.value.column] as number)
    : 'Point at a cell, or use the arrow keys.';
  return (
    <div class="chart">
      <div
        class="heat-map"
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys walk from cell to cell
        tabIndex={0}
        onKeyDown={onKeyDown}
        ref={holder}
      >
        {/* While all is seen, a finger that goes up or down scrolls the page. */}
        <canvas ref={canvas} style={{ touchAction: span.value < count ? 'none' : 'pan-y' }} />
      </div>
      <div class="chart-foot">
        <span class="chart-readout" aria-live="polite">
          {words}
        </span>
        <span class="button-row">
          <button
            type="button"
            class="quiet"
            aria-label="Come nearer"
            onClick={() => look(zoomedView(view.current, count, ZOOM_STEP))}
          >
            +
          </button>
          <button
            type="button"
            class="quiet"
            aria-label="Go away"
            onClick={() => look(zoomedView(view.current, count, 1 / ZOOM_STEP))}
          >
            −
          </button>
          <button
            type="button"
            class="quiet"
            disabled={span.value >= count}
            onClick={() => look(wholeView(count))}
          >
            whole
          </button>
        </span>
      </div>
    </div>
  );
}

function placeOf({ row, column }: Cell, order: readonly number[]): Cell {
  return { row: order.indexOf(row), column: order.indexOf(column) };
}

/** Gives the canvas its size. @returns where the matrix lies on it. */
function fitCanvas(
  node: HTMLCanvasElement,
  width: number,
  maxHeight: number,
  { labels }: HeatMapData,
  view: MatrixView,
): MatrixFrame {
  // Labels take as much below as on the left.
  const room = labelRoom(labels, view, Math.min(width, maxHeight) * 0.75);
  const side = Math.max(40, Math.min(width - room, maxHeight - room));
  const [wide, high] = [side + room, side + room];
  node.style.width = `${wide}px`;
  node.style.height = `${high}px`;
  const [pixelsWide, pixelsHigh] = [Math.round(wide * devicePixelRatio), Math.round(high * devicePixelRatio)];
  if (node.width !== pixelsWide || node.height !== pixelsHigh) {
    node.width = pixelsWide;
    node.height = pixelsHigh;
  }
  return { left: room, side };
}
