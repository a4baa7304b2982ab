import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cellAt,
  keyedCell,
  type MatrixView,
  movedView,
  pinchedView,
  viewWithCell,
  wholeView,
  zoomedView,
} from '../../../web/charts/heat-map-view.ts';

const share = fc.double({ min: 0, max: 0.999, noNaN: true });

/** A matrix, and a view of it that some zooming has led to. */
const looked = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.3, max: 20, noNaN: true }), share, share)
  .map(([count, factor, across, down]) => ({
    count,
    view: zoomedView(wholeView(count), count, factor, across, down),
  }));

function expectInside({ left, top, span }: MatrixView, count: number) {
  const rounding = 1e-9 * count;
  expect(left).toBeGreaterThanOrEqual(-rounding);
  expect(top).toBeGreaterThanOrEqual(-rounding);
  expect(Math.max(left, top) + span).toBeLessThanOrEqual(count + rounding);
}

test('whatever is zoomed or moved, the view stays inside the matrix', () => {
  fc.assert(
    fc.property(looked, share, share, ({ count, view }, across, down) => {
      expectInside(view, count);
      expectInside(movedView(view, count, 2 * across - 1, 2 * down - 1), count);
    }),
  );
});

test('two fingers carry what is between them along, as far as the matrix reaches', () => {
  fc.assert(
    fc.property(looked, share, share, ({ count, view }, across, down) => {
      const factor = 1.5;
      const [from, to] = [
        { across, down },
        { across: down, down: across },
      ];
      const after = pinchedView(view, count, factor, from, to);
      expectInside(after, count);
      const left = view.left + from.across * view.span - to.across * after.span;
      const isFree = left >= 0 && left + after.span <= count && after.span * factor === view.span;
      if (isFree) expect(after.left).toBeCloseTo(left, 9);
    }),
  );
  const count = 100;
  const middle = { across: 0.5, down: 0.5 };
  expect(pinchedView(wholeView(count), count, 2, middle, middle)).toEqual({ left: 25, top: 25, span: 50 });
  const moved = pinchedView(wholeView(count), count, 2, middle, { across: 0.6, down: 0.5 });
  expect(moved).toEqual({ left: 20, top: 25, span: 50 });
});

test('coming nearer keeps the cell under the pointer', () => {
  fc.assert(
    fc.property(looked, share, share, ({ count, view }, across, down) => {
      const place = (seen: MatrixView) => [seen.left + across * seen.span, seen.top + down * seen.span];
      const nearer = zoomedView(view, count, 1.5, across, down);
      const [before, after] = [place(view), place(nearer)];
      expect(after[0]).toBeCloseTo(before[0] as number, 6);
      expect(after[1]).toBeCloseTo(before[1] as number, 6);
    }),
  );
});

test('a cell that the cursor goes to comes into sight', () => {
  fc.assert(
    fc.property(looked, share, share, ({ count, view }, down, across) => {
      const cell = { row: Math.floor(down * count), column: Math.floor(across * count) };
      const { left, top, span } = viewWithCell(view, count, cell);
      expect(cell.row + 1).toBeLessThanOrEqual(top + Math.max(span, 1) + 1e-9);
      expect(cell.row).toBeGreaterThanOrEqual(top - 1e-9);
      expect(cell.column).toBeGreaterThanOrEqual(left - 1e-9);
    }),
  );
});

test('arrow keys go to the neighbours and stop at the edges', () => {
  expect(keyedCell('ArrowRight', { row: 0, column: 1 }, 3)).toEqual({ row: 0, column: 2 });
  expect(keyedCell('ArrowRight', { row: 0, column: 2 }, 3)).toEqual({ row: 0, column: 2 });
  expect(keyedCell('ArrowUp', { row: 0, column: 2 }, 3)).toEqual({ row: 0, column: 2 });
  expect(keyedCell('End', { row: 1, column: 0 }, 3)).toEqual({ row: 1, column: 2 });
  expect(keyedCell('x', { row: 1, column: 0 }, 3)).toBeUndefined();
});

test('places of the canvas are cells of the matrix', () => {
  expect(cellAt({ left: 2, top: 4, span: 10 }, 20, 0.05, 0.95)).toEqual({ row: 13, column: 2 });
  expect(cellAt(wholeView(3), 3, 0.999, 0)).toEqual({ row: 0, column: 2 });
});
