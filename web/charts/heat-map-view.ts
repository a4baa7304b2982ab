/** Which part of a matrix is seen on a canvas, and where its cells lie. */

/** A square part of a matrix with `count` rows and columns, in cells; may begin within a cell. */
export interface MatrixView {
  readonly left: number;
  readonly top: number;
  /** Cells from side to side. */
  readonly span: number;
}

/** Row and column, as they are ordered on the screen. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The fewest cells that are seen. */
const LEAST_SPAN = 4;

/** All of a matrix. */
export function wholeView(count: number): MatrixView {
  return { left: 0, top: 0, span: count };
}

/** The view kept within the matrix. */
export function insideMatrix({ left, top, span }: MatrixView, count: number): MatrixView {
  const kept = Math.min(count, Math.max(Math.min(LEAST_SPAN, count), span));
  const within = (start: number) => Math.min(Math.max(0, start), count - kept);
  return { left: within(left), top: within(top), span: kept };
}

/**
 * The view after zooming around a place of the canvas.
 *
 * @param across, down the place as shares of the canvas, 0 to 1.
 * @param factor above 1 comes nearer.
 */
export function zoomedView(
  view: MatrixView,
  count: number,
  factor: number,
  across = 0.5,
  down = 0.5,
): MatrixView {
  const span = Math.min(count, Math.max(Math.min(LEAST_SPAN, count), view.span / factor));
  const left = view.left + across * (view.span - span);
  const top = view.top + down * (view.span - span);
  return insideMatrix({ left, top, span }, count);
}

/** The view moved by shares of the canvas. */
export function movedView(view: MatrixView, count: number, across: number, down: number): MatrixView {
  return insideMatrix(
    { ...view, left: view.left + across * view.span, top: view.top + down * view.span },
    count,
  );
}

/**
 * The view after two fingers: what was in the middle between them still is.
 *
 * @param factor by which they have gone apart; below 1 they have come together.
 * @param from, to the middle between them before and after, as shares of the canvas.
 */
export function pinchedView(
  view: MatrixView,
  count: number,
  factor: number,
  from: { readonly across: number; readonly down: number },
  to: { readonly across: number; readonly down: number },
): MatrixView {
  const nearer = zoomedView(view, count, factor, from.across, from.down);
  return movedView(nearer, count, from.across - to.across, from.down - to.down);
}

/** The view moved as little as brings a cell into it. */
export function viewWithCell(view: MatrixView, count: number, { row, column }: Cell): MatrixView {
  const along = (start: number, at: number) => Math.min(Math.max(start, at + 1 - view.span), at);
  return insideMatrix({ ...view, left: along(view.left, column), top: along(view.top, row) }, count);
}

/** The cell at shares of the canvas; null beyond the matrix. */
export function cellAt(view: MatrixView, count: number, across: number, down: number): Cell | null {
  const row = Math.floor(view.top + down * view.span);
  const column = Math.floor(view.left + across * view.span);
  return row >= 0 && row < count && column >= 0 && column < count ? { row, column } : null;
}

/** The cell after an arrow key, Home or End; undefined for other keys. */
export function keyedCell(key: string, { row, column }: Cell, count: number): Cell | undefined {
  const within = (index: number) => Math.min(count - 1, Math.max(0, index));
  switch (key) {
    case 'ArrowLeft':
      return { row, column: within(column - 1) };
    case 'ArrowRight':
      return { row, column: within(column + 1) };
    case 'ArrowUp':
      return { row: within(row - 1), column };
    case 'ArrowDown':
      return { row: within(row + 1), column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: count - 1 };
    default:
      return undefined;
  }
}
