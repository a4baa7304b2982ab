/** Paints a matrix: once into a picture of a pixel a cell, then the part that is seen, enlarged without smoothing. */
import type { Palette } from '../../src/app/report/theme.ts';
import { type ColourScheme, colourAt, type ValueScale } from './colour-scale.ts';
import type { Cell, MatrixView } from './heat-map-view.ts';

/** A square matrix to be seen. */
export interface HeatMapData {
  /** Null cells have no value. */
  readonly matrix: readonly (readonly (number | null)[])[];
  /** What charts write of each row, and of each column. */
  readonly labels: readonly string[];
  /** Rows and columns in the order of the screen, as indices of the matrix. */
  readonly order: readonly number[];
  readonly scale: ValueScale;
  readonly scheme: ColourScheme;
}

/** Rows and columns are named where a cell is at least so high. */
const LEAST_LABEL_PIXELS = 10;
const LABEL_FONT_PIXELS = 10;
const LONGEST_LABEL = 30;

/** A pixel for each cell. */
export function cellPicture({ matrix, order, scale, scheme }: HeatMapData, missing: string): OffscreenCanvas {
  const count = order.length;
  const picture = new OffscreenCanvas(Math.max(count, 1), Math.max(count, 1));
  const context = picture.getContext('2d') as OffscreenCanvasRenderingContext2D;
  const pixels = context.createImageData(Math.max(count, 1), Math.max(count, 1));
  const none = [1, 3, 5].map((at) => Number.parseInt(missing.slice(at, at + 2), 16));
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++) {
      const share = scale.shareOf(matrix[order[row] as number]?.[order[column] as number] ?? null);
      const colour = share === null ? none : colourAt(scheme, share);
      const at = 4 * (row * count + column);
      for (let channel = 0; channel < 3; channel++) pixels.data[at + channel] = colour[channel] as number;
      pixels.data[at + 3] = 255;
    }
  context.putImageData(pixels, 0, 0);
  return picture;
}

/** Pixels left of and below the matrix for its labels; 0 where cells are too small to be named. */
export function labelRoom(labels: readonly string[], view: MatrixView, side: number): number {
  const isNamed = side / view.span >= LEAST_LABEL_PIXELS;
  if (!isNamed) return 0;
  const longest = labels.reduce((most, label) => Math.max(most, Math.min(label.length, LONGEST_LABEL)), 0);
  return Math.min(8 + longest * LABEL_FONT_PIXELS * 0.56, side * 0.4);
}

/** What is painted besides the cells. */
export interface HeatMapMarks {
  readonly cursor: Cell | null;
  readonly selected: Cell | null;
}

/** Where the matrix lies on the canvas, in CSS pixels. */
export interface MatrixFrame {
  readonly left: number;
  readonly side: number;
}

/** Paints what is seen. */
export function paintHeatMap(
  context: CanvasRenderingContext2D,
  picture: OffscreenCanvas,
  { labels, order }: HeatMapData,
  view: MatrixView,
  frame: MatrixFrame,
  { cursor, selected }: HeatMapMarks,
  { ink, muted }: Palette,
): void {
  const { left, side } = frame;
  const cell = side / view.span;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, view.left, view.top, view.span, view.span, left, 0, side, side);
  const outline = (at: Cell, colour: string, width: number) => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    const [x, y] = [left + (at.column - view.left) * cell, (at.row - view.top) * cell];
    context.strokeRect(x + 0.5, y + 0.5, Math.max(cell - 1, 2), Math.max(cell - 1, 2));
  };
  context.save();
  context.beginPath();
  context.rect(left, 0, side, side);
  context.clip();
  if (selected) {
    outline(selected, '#000000', 4);
    outline(selected, '#ffffff', 2);
    outline({ row: selected.column, column: selected.row }, '#ffffff', 1);
  }
  if (cursor) {
    outline(cursor, '#000000', 3);
    outline(cursor, '#ffffff', 1);
  }
  context.restore();
  if (left > 0) paintLabels(context, labels, order, view, frame, cursor, ink, muted);
}

function paintLabels(
  context: CanvasRenderingContext2D,
  labels: readonly string[],
  order: readonly number[],
  view: MatrixView,
  { left, side }: MatrixFrame,
  cursor: Cell | null,
  ink: string,
  muted: string,
): void {
  const cell = side / view.span;
  const size = Math.min(LABEL_FONT_PIXELS + 1, cell * 0.85);
  context.font = `${size}px Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif`;
  context.textBaseline = 'middle';
  const room = left - 6;
  const last = Math.min(order.length - 1, Math.ceil(view.top + view.span) - 1);
  for (let row = Math.floor(view.top); row <= last; row++) {
    const middle = (row + 0.5 - view.top) * cell;
    if (middle < 0 || middle > side) continue;
    context.fillStyle = cursor?.row === row ? ink : muted;
    context.textAlign = 'right';
    context.fillText(fitted(context, labels[order[row] as number] ?? '', room), left - 6, middle);
  }
  const lastColumn = Math.min(order.length - 1, Math.ceil(view.left + view.span) - 1);
  for (let column = Math.floor(view.left); column <= lastColumn; column++) {
    const middle = left + (column + 0.5 - view.left) * cell;
    if (middle < left || middle > left + side) continue;
    context.save();
    context.translate(middle, side + 6);
    context.rotate(-Math.PI / 2);
    context.fillStyle = cursor?.column === column ? ink : muted;
    context.textAlign = 'right';
    context.fillText(fitted(context, labels[order[column] as number] ?? '', room), 0, 0);
    context.restore();
  }
}

function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let kept = text.length - 1;
  while (kept > 1 && context.measureText(`${text.slice(0, kept)}…`).width > room) kept--;
  return `${text.slice(0, kept)}…`;
}
