/** A range of micro-batches held by one process, which answers what is asked of it. */
import type { ResidualChoice } from '../../../curvature/model-curvature.ts';
import { roundsOf } from '../../../curvature/sweep.ts';
import { rangeOfDataset } from '../../../network/data/range.ts';
import type { Precision, Vector } from '../../../spectrum/index.ts';
import type { Engine } from '../../../tensor/engine/engine.ts';
import type { SpectrumRequest } from '../request.ts';
import type { Subject } from '../subject.ts';
import { OpenCurvature } from '../units/open-curvature.ts';
import {
  type HandedOver,
  lengthsOf,
  type ProductPart,
  type RangeOutcome,
  type RangeQuestion,
  type UnitRange,
} from './questions.ts';
import type { VectorExchange } from './vector-exchange.ts';

export class RangeBench {
  private readonly open: OpenCurvature;
  private readonly precision: Precision;

  private constructor(open: OpenCurvature, precision: Precision) {
    this.open = open;
    this.precision = precision;
  }

  /**
   * Opens the micro-batches of a range and no others.
   *
   * @param subject with all micro-batches.
   * @throws when a loss is not finite.
   */
  static async open(
    subject: Subject,
    request: SpectrumRequest,
    residuals: ResidualChoice,
    engine: Engine,
    range: UnitRange,
  ): Promise<RangeBench> {
    const { first: before, totalWeight } = range;
    const held = { ...subject, data: rangeOfDataset(subject.data, range) };
    // The range is summed in one go; ranges are summed by whoever asks.
    const asOne = { ...request, ranges: 1 };
    const open = await OpenCurvature.open(held, asOne, residuals, engine, { before, totalWeight });
    return new RangeBench(open, request.precision);
  }

  /** @throws when vectors are not those that were handed over. */
  async answer(question: RangeQuestion, exchange: VectorExchange): Promise<RangeOutcome> {
    switch (question.kind) {
      case 'losses':
        return { kind: 'losses', losses: [...(await this.open.curvature.primal.batchLosses())] };
      case 'explain':
        return { kind: 'explain', cause: await this.explain(question.part, question.vectors, exchange) };
      case 'product': {
        const sums = await this.products(question.parts, question.vectors, exchange);
        return { kind: 'product', sums: await exchange.give(sums) };
      }
    }
  }

  /** Frees everything. */
  async release(): Promise<void> {
    await this.open.release();
  }

  private async explain(
    part: ProductPart,
    vectors: HandedOver,
    exchange: VectorExchange,
  ): Promise<string | null> {
    const [column] = await exchange.take(vectors, this.precision, lengthsOf(part));
    const operator = await this.open.onlyOperator(part.operator);
    return operator.causeOfNonFinite(column as Vector);
  }

  private async products(
    parts: readonly ProductPart[],
    vectors: HandedOver,
    exchange: VectorExchange,
  ): Promise<Vector[]> {
    const columns = await exchange.take(vectors, this.precision, parts.flatMap(lengthsOf));
    const operators = await this.open.operators(parts.map(({ operator }) => operator));
    const round = roundsOf(this.open.curvature.primal, operators);
    let start = 0;
    const asked = parts.map(({ operator, columns: count }) => {
      start += count;
      return { name: operator, columns: columns.slice(start - count, start) };
    });
    return (await round(asked)).flat();
  }
}
