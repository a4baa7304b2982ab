/** Products whose micro-batches are shared: each range's share is made elsewhere, and shares are summed here, in order. */

import type { ResidualChoice } from '../../../curvature/model-curvature.ts';
import { type BlockOperator, type CurvatureOperator, FINITE_APART } from '../../../curvature/operator.ts';
import { addSums } from '../../../curvature/range-sums.ts';
import type { Asked } from '../../../curvature/sweep.ts';
import type { Precision, Vector } from '../../../spectrum/index.ts';
import type { ProductSource } from '../product-source.ts';
import {
  type HandedOver,
  lengthsOf,
  type ProductPart,
  type RangeOutcome,
  type RangeQuestion,
} from './questions.ts';
import type { VectorExchange } from './vector-exchange.ts';

/** Whoever holds the ranges of a measurement. */
export interface RangeHolders {
  /** Has every range held, with residuals kept so. */
  open(residuals: ResidualChoice): Promise<void>;
  /**
   * Asks every range the same.
   *
   * @returns the answers in the order of the ranges.
   * @throws what a range fails with on every try; ProductStopped when it is not to be waited for any more.
   */
  ask(question: RangeQuestion): Promise<RangeOutcome[]>;
}

type Answer<Kind extends RangeOutcome['kind']> = Extract<RangeOutcome, { kind: Kind }>;

/** @param weights of all micro-batches, in their order. */
export function rangeProducts(
  holders: RangeHolders,
  exchange: VectorExchange,
  precision: Precision,
  weights: readonly number[],
): ProductSource {
  const round = async (asked: readonly Asked[]) => {
    const vectors = await exchange.give(asked.flatMap(({ columns }) => columns));
    const parts = asked.map(partOf);
    const answers = await holders.ask({ kind: 'product', parts, vectors });
    const shares = answers.map((answer) => (answer as Answer<'product'>).sums);
    const total = await summed(shares, parts.flatMap(lengthsOf));
    await exchange.drop([...vectors, ...shares.flat()]);
    let start = 0;
    return asked.map(({ columns: { length } }) => {
      start += length;
      return total.slice(start - length, start);
    });
  };
  /** Two shares are in memory at a time, however many ranges there are. */
  const summed = async (shares: readonly HandedOver[], lengths: readonly number[]): Promise<Vector[]> => {
    let total: Vector[] | null = null;
    for (const names of shares) {
      const share = await exchange.take(names, precision, lengths);
      total = total ? addSums(total, share) : share;
    }
    return total ?? [];
  };
  const explain = async (asked: Asked): Promise<string> => {
    const vectors = await exchange.give(asked.columns);
    const answers = await holders.ask({ kind: 'explain', part: partOf(asked), vectors });
    await exchange.drop(vectors);
    const causes = answers.map((answer) => (answer as Answer<'explain'>).cause);
    return causes.find((cause) => cause !== null) ?? FINITE_APART;
  };
  return {
    open: (residuals) => holders.open(residuals),
    loss: async () => {
      const answers = await holders.ask({ kind: 'losses' });
      const losses = answers.flatMap((answer) => (answer as Answer<'losses'>).losses);
      return meanOf(losses, weights);
    },
    operator: (own) => sharedOperator(own, round, explain),
    rounds: () => round,
  };
}

function sharedOperator(
  own: CurvatureOperator,
  round: (asked: readonly Asked[]) => Promise<Vector[][]>,
  explain: (asked: Asked) => Promise<string>,
): BlockOperator {
  const { name, dim, precision } = own;
  return {
    name,
    dim,
    precision,
    get columnsPerRun() {
      return own.columnsPerRun;
    },
    matmat: async (columns) => (await round([{ name, columns }]))[0] as Vector[],
    whyNotFinite: (column) => explain({ name, columns: [column] }),
  };
}

function partOf({ name, columns }: Asked): ProductPart {
  return { operator: name, dim: columns[0]?.length ?? 0, columns: columns.length };
}

/** In the order in which one process sums. */
function meanOf(losses: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return losses.reduce((sum, loss, index) => sum + ((weights[index] as number) / total) * loss, 0);
}
