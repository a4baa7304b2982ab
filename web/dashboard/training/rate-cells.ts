/** Trainings laid out by optimizer and learning rate, with a scale for their final losses. */
import { linearScale, type ValueScale } from '../../charts/colour-scale.ts';

/** A training of the grid. */
export interface RatePoint {
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly finalLoss: number | null;
  readonly hasDiverged: boolean;
}

export interface RateCells {
  /** Learning rates, ascending: the columns. */
  readonly rates: readonly number[];
  /** In the order in which they were compared; null where a rate was not tried. */
  readonly rows: readonly { readonly optimizer: string; readonly cells: readonly (RatePoint | null)[] }[];
  /** Null where every training diverged. */
  readonly scale: ValueScale | null;
}

export function rateCells(points: readonly RatePoint[]): RateCells {
  const rates = [...new Set(points.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const losses = points.flatMap(({ finalLoss }) => (finalLoss === null ? [] : [finalLoss]));
  const pointAt = (optimizer: string, rate: number) =>
    points.find((point) => point.optimizer === optimizer && point.learningRate === rate) ?? null;
  return {
    rates,
    rows: [...new Set(points.map(({ optimizer }) => optimizer))].map((optimizer) => ({
      optimizer,
      cells: rates.map((rate) => pointAt(optimizer, rate)),
    })),
    scale: losses.length === 0 ? null : linearScale(Math.min(...losses), Math.max(...losses)),
  };
}
