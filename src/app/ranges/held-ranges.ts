/** The ranges of a measurement, asked of whoever holds them. */
import type { ResidualChoice } from '../../curvature/model-curvature.ts';
import type { RangeOutcome, RangeQuestion } from '../../study/spectrum/ranges/questions.ts';
import type { RangeHolders } from '../../study/spectrum/ranges/range-products.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import type { RangeOrders } from './range-orders.ts';
import type { RangeRecords } from './range-records.ts';

/** Those who hold ranges: processes of this machine, or workers of a queue. */
export interface RangeAnswers {
  /** Has the ranges held from now on. @param orders one for each range. */
  hold(orders: readonly UnitOrder[]): Promise<void>;
  /**
   * @param questions one for each range, in their order.
   * @returns the answers in this order.
   * @throws what a range fails with on every try; ProductStopped when it is not to be waited for any more.
   */
  answers(questions: readonly UnitOrder[]): Promise<UnitReport[]>;
  /** Ends those who hold ranges, or lets them go. */
  close(): Promise<void>;
}

/** Puts questions to all ranges, and notes who has answered. */
export class HeldRanges implements RangeHolders {
  private readonly orders: RangeOrders;
  private readonly records: RangeRecords;
  private readonly holders: RangeAnswers;
  private residuals: ResidualChoice | null = null;

  constructor(orders: RangeOrders, records: RangeRecords, holders: RangeAnswers) {
    this.orders = orders;
    this.records = records;
    this.holders = holders;
  }

  async open(residuals: ResidualChoice): Promise<void> {
    this.residuals = residuals;
    await this.holders.hold(this.orders.holding(residuals));
  }

  async ask(question: RangeQuestion): Promise<RangeOutcome[]> {
    if (!this.residuals) throw new Error('expected ranges to be held before they are asked');
    const held = this.orders.holding(this.residuals);
    const reports = await this.holders.answers(this.orders.question(question, this.residuals));
    for (const [range, report] of reports.entries()) this.records.add(held[range] as UnitOrder, report);
    await this.records.list.writeNowAndThen();
    return reports.map(({ outcome }) => outcome as RangeOutcome);
  }
}
