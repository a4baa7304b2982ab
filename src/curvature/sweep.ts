import type { Vector } from '../spectrum/operator.ts';
import type { BlockOperator, CurvatureOperator, ProductSums } from './operator.ts';
import type { PrimalPart } from './primal.ts';

/** Columns that an operator is to multiply. */
export interface Asked {
  /** Of the operator. */
  readonly name: string;
  readonly columns: readonly Vector[];
}

/** Makes products of several operators at once, in the order in which they are asked for. */
export type ProductRound = (asked: readonly Asked[]) => Promise<Vector[][]>;

/** Rounds in this process: the primal part runs once for each micro-batch and serves all operators. */
export function roundsOf(primal: PrimalPart, operators: readonly CurvatureOperator[]): ProductRound {
  const byName = new Map(operators.map((operator) => [operator.name, operator]));
  return async (asked) => {
    const begun: ProductSums[] = [];
    for (const { name, columns } of asked)
      begun.push(await (byName.get(name) as CurvatureOperator).begin(columns));
    for (let index = 0; index < primal.microBatchCount; index++) {
      const values = await primal.values(index);
      for (const products of begun) await products.add(index, values);
    }
    return begun.map((products) => products.take());
  };
}

/** A product that waits for the others. */
interface Parked {
  readonly asked: Asked;
  resolve(products: Vector[]): void;
  reject(error: unknown): void;
}

/**
 * Lets operators take their steps together: a product of one waits until each of them has asked for one, then one round
 * serves them all. Made for residuals that do not fit in memory; each operator's products are the same as alone.
 */
export class Sweep {
  /** The operators as their jobs see them, in the order given. */
  readonly members: readonly BlockOperator[];
  private readonly round: ProductRound;
  private readonly parked = new Map<BlockOperator, Parked>();
  private readonly active: Set<BlockOperator>;
  /** Explanations follow each other: residuals that are made again are lent to one at a time. */
  private explained: Promise<unknown> = Promise.resolve();

  /** @param round makes the products of these operators. */
  constructor(operators: readonly BlockOperator[], round: ProductRound) {
    this.round = round;
    this.members = operators.map((operator) => this.memberOf(operator));
    this.active = new Set(this.members);
  }

  /** A member asks for nothing more; the others no longer wait for it. To be called when its job ends, however it ends. */
  leave(member: BlockOperator): void {
    this.active.delete(member);
    void this.runWhenAllWait();
  }

  private memberOf(operator: BlockOperator): BlockOperator {
    const { name, dim, precision } = operator;
    const member: BlockOperator = {
      name,
      dim,
      precision,
      get columnsPerRun() {
        return operator.columnsPerRun;
      },
      matmat: (columns) =>
        new Promise((resolve, reject) => {
          this.parked.set(member, { asked: { name, columns }, resolve, reject });
          void this.runWhenAllWait();
        }),
      whyNotFinite: (column) => {
        // Its member is active and does not wait, so that no round runs meanwhile.
        const text = this.explained.then(() => operator.whyNotFinite(column));
        this.explained = text.catch(() => undefined);
        return text;
      },
    };
    return member;
  }

  private async runWhenAllWait(): Promise<void> {
    if (this.active.size === 0 || this.parked.size < this.active.size) return;
    const round = [...this.parked.values()];
    this.parked.clear();
    try {
      const products = await this.round(round.map(({ asked }) => asked));
      for (const [index, { resolve }] of round.entries()) resolve(products[index] as Vector[]);
    } catch (error) {
      for (const { reject } of round) reject(error);
    }
  }
}
