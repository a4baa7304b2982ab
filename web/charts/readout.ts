/** What is at a place of a chart, in words. */
import { formatNumber } from '../../src/app/report/format.ts';
import type { CurveFigure } from './figure-data.ts';

/** Curves that are named; of more, only the place is told. */
const MOST_NAMED = 6;

/** @param index of the position pointed at; null where there is none. */
export function readoutAt({ positions, curves, x }: CurveFigure, index: number | null): string {
  if (index === null || index >= positions.length) return '';
  const place = formatNumber(x.valueAt(positions[index] as number), 4);
  if (curves.length > MOST_NAMED) return `at ${place}`;
  const named = curves.flatMap(({ label, values }) => {
    const value = values[index] ?? null;
    return value === null ? [] : [`${label} ${formatNumber(value)}`];
  });
  return [`at ${place}`, ...named].join(' · ');
}
