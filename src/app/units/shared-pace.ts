/** How far shared work has come, and how long it still takes. */

import type { Progress } from '../../study/spectrum/measure.ts';
import type { UnitPart } from '../../study/spectrum/units/unit.ts';
import type { PlannedOrder } from './runner.ts';

interface UnitPace {
  readonly estimatedMs: number;
  readonly productCount: number;
  readonly operator: string;
  done: number;
}

/**
 * Progress in units of predicted time, over all workers together: what is left is told from the pace so far, so it comes
 * right whatever machines the workers are.
 */
export class SharedPace {
  private readonly units = new Map<string, UnitPace>();
  private readonly operators: readonly string[];
  private readonly startedAt = performance.now();
  /** Predicted cost of what an earlier part of the run has left. */
  private readonly creditedMs: number;

  /** @param isDone whether an order was done before. */
  constructor(orders: readonly PlannedOrder[], isDone: (planned: PlannedOrder) => boolean) {
    for (const planned of orders) {
      const { order, estimatedMs } = planned;
      const parts: readonly UnitPart[] = order.unit.kind === 'measure' ? order.unit.parts : [];
      const productCount = parts.reduce((sum, part) => sum + part.productCount, 0);
      const operator = order.unit.kind === 'check' ? order.unit.operator : (parts[0]?.operator ?? '');
      this.units.set(order.key, {
        estimatedMs,
        productCount,
        operator,
        done: isDone(planned) ? productCount : 0,
      });
    }
    this.operators = [...new Set([...this.units.values()].map(({ operator }) => operator))];
    this.creditedMs = this.doneMs();
  }

  /** A unit has come so far; one that is tried again may have fallen back. */
  advance(key: string, products: number): Progress {
    const unit = this.units.get(key);
    if (unit) unit.done = Math.min(products, unit.productCount);
    return this.progress(unit?.operator ?? '');
  }

  /** A unit is done, perhaps with fewer products than foreseen. */
  finish(key: string): Progress {
    return this.advance(key, Number.POSITIVE_INFINITY);
  }

  private progress(operator: string): Progress {
    const units = [...this.units.values()];
    const elapsedMs = performance.now() - this.startedAt;
    const totalMs = units.reduce((sum, { estimatedMs }) => sum + estimatedMs, 0);
    const doneMs = this.doneMs();
    const paced = doneMs - this.creditedMs;
    return {
      operator,
      position: this.operators.indexOf(operator) + 1,
      operatorCount: this.operators.length,
      productsDone: units.reduce((sum, { done }) => sum + done, 0),
      productsTotal: units.reduce((sum, { productCount }) => sum + productCount, 0),
      elapsedMs,
      remainingMs: paced <= 0 ? totalMs - doneMs : (elapsedMs / paced) * (totalMs - doneMs),
    };
  }

  private doneMs(): number {
    return [...this.units.values()].reduce(
      (sum, { done, productCount, estimatedMs }) =>
        sum + (productCount === 0 ? 0 : (done / productCount) * estimatedMs),
      0,
    );
  }
}
