import type { Vector } from '../spectrum/operator.ts';
import type { BlockOperator, CurvatureOperator, ProductSums } from './operator.ts';
import type { PrimalPart } from './primal.ts';

/** A product that waits for the others. */
interface Parked {
  readonly products: ProductSums;
  resolve(products: Vector[]): void;
  reject(error: unknown): void;
}

/**
 * Lets operators take their steps together: a product of one waits until each of them has asked for one, then the primal
 * part runs once for each micro-batch and serves them all. Made for residuals that do not fit in memory; each operator's
 * products are the same as alone.
 */
export class Sweep {
  /** The operators as their jobs see them, in the order given. */
  readonly members: readonly BlockOperator[];
  private readonly primal: PrimalPart;
  private readonly parked = new Map<BlockOperator, Parked>();
  private readonly active: Set<BlockOperator>;
  /** Explanations follow each other: the primal part lends its values to one at a time. */
  private explained: Promise<unknown> = Promise.resolve();

  constructor(primal: PrimalPart, operators: readonly CurvatureOperator[]) {
    this.primal = primal;
    this.members = operators.map((operator) => this.memberOf(operator));
    this.active = new Set(this.members);
  }

  /** A member asks for nothing more; the others no longer wait for it. To be called when its job ends, however it ends. */
  leave(member: BlockOperator): void {
    this.active.delete(member);
    void this.runWhenAllWait();
  }

  private memberOf(operator: CurvatureOperator): BlockOperator {
    const { name, dim, precision } = operator;
    const member: BlockOperator = {
      name,
      dim,
      precision,
      get columnsPerRun() {
        return operator.columnsPerRun;
      },
      matmat: async (columns) => {
        const products = await operator.begin(columns);
        return new Promise((resolve, reject) => {
          this.parked.set(member, { products, resolve, reject });
          void this.runWhenAllWait();
        });
      },
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
      for (let index = 0; index < this.primal.microBatchCount; index++) {
        const values = await this.primal.values(index);
        for (const { products } of round) await products.add(index, values);
      }
      for (const { products, resolve } of round) resolve(products.sums);
    } catch (error) {
      for (const { reject } of round) reject(error);
    }
  }
}
