/** Who has made the shares of which range. */
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import type { UnitList } from '../units/unit-list.ts';

/** One record for each range and machine: a range may move from one to another. */
export class RangeRecords {
  readonly list: UnitList;
  private addedRuntimeMs = 0;

  constructor(list: UnitList) {
    this.list = list;
  }

  /** Time inside the runtime behind all that has been added. */
  get runtimeMs(): number {
    return this.addedRuntimeMs;
  }

  /**
   * Adds the answer to a question.
   *
   * @param held the order to hold the range that was asked.
   */
  add(held: UnitOrder, { machine, elapsedMs, runtimeMs }: UnitReport): void {
    this.list.addUp({
      key: held.key,
      unit: `products over ${describeUnit(held.unit)}`,
      machine,
      elapsedMs,
      runtimeMs,
    });
    this.addedRuntimeMs += runtimeMs;
  }
}
