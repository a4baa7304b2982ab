/** What those who hold ranges of micro-batches are ordered to hold. */
import type { ResidualChoice } from '../../curvature/model-curvature.ts';
import type { Dataset } from '../../network/data/dataset.ts';
import { dividedIntoRanges, rangeOfDataset } from '../../network/data/range.ts';
import type { RangeQuestion, UnitRange } from '../../study/spectrum/ranges/questions.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import type { UnitSetting } from '../../study/spectrum/units/unit.ts';
import { codeVersion } from '../units/code-version.ts';
import { type UnitOrder, unitOrder } from '../units/order.ts';
import { dataDigest } from '../worker/data-digest.ts';

/** The ranges of a measurement. */
export class RangeOrders {
  private readonly ranges: readonly UnitRange[];
  /** Of all micro-batches, in their order. */
  readonly weights: readonly number[];
  private readonly settings: readonly Omit<UnitSetting, 'residuals'>[];

  private constructor(
    ranges: readonly UnitRange[],
    weights: readonly number[],
    settings: readonly Omit<UnitSetting, 'residuals'>[],
  ) {
    this.ranges = ranges;
    this.weights = weights;
    this.settings = settings;
  }

  /** Reads all micro-batches, one at a time. */
  static async of(
    request: SpectrumRequest,
    data: Dataset,
    modelSha256: readonly string[],
  ): Promise<RangeOrders> {
    const { microBatchCount } = data;
    const weights = Array.from({ length: microBatchCount }, (_, index) => data.microBatch(index).weight);
    const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
    const ranges = dividedIntoRanges(microBatchCount, request.ranges).map((range) => ({
      ...range,
      totalWeight,
    }));
    const version = await codeVersion();
    const settings = ranges.map((range) => ({
      request,
      codeVersion: version,
      dataSha256: dataDigest(rangeOfDataset(data, range)),
      modelSha256,
      range,
    }));
    return new RangeOrders(ranges, weights, settings);
  }

  get count(): number {
    return this.ranges.length;
  }

  /** The micro-batches that the fullest of so many holders has, each holding every so-manieth range. */
  mostHeld(holders: number): number {
    const held = new Array<number>(Math.min(holders, this.count)).fill(0);
    for (const [index, { count }] of this.ranges.entries())
      held[index % held.length] = (held[index % held.length] as number) + count;
    return Math.max(...held);
  }

  /** The orders to hold the ranges, one for each. */
  holding(residuals: ResidualChoice): UnitOrder[] {
    return this.settings.map((setting, index) => {
      const { first, count } = this.ranges[index] as UnitRange;
      return unitOrder({ ...setting, residuals }, { kind: 'serve', range: { first, count } });
    });
  }

  /** The orders to answer a question, one for each range. */
  question(question: RangeQuestion, residuals: ResidualChoice): UnitOrder[] {
    return this.settings.map((setting) => unitOrder({ ...setting, residuals }, question));
  }
}
