import { expect, test } from 'vitest';
import { inOrder, type PlannedUnit } from '../../../../src/study/spectrum/units/split.ts';

const unitOf = (estimatedMs: number): PlannedUnit => ({
  unit: { kind: 'check', operator: `of ${estimatedMs} ms` },
  estimatedMs,
});
const orderOf = (...times: readonly number[]) =>
  inOrder(times.map(unitOf)).map(({ estimatedMs }) => estimatedMs);

test('cheap units come first, then the others, the dearest first', () => {
  // A quarter of 100 ms: the first three.
  expect(orderOf(30, 5, 20, 10, 25, 10)).toEqual([5, 10, 10, 30, 25, 20]);
});

test('a unit that takes more than a quarter of all is begun at once', () => {
  expect(orderOf(1, 2, 97)).toEqual([1, 2, 97]);
  expect(orderOf(50, 50)).toEqual([50, 50]);
  expect(orderOf(7)).toEqual([7]);
  expect(orderOf()).toEqual([]);
});
