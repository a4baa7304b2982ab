/** A range of micro-batches held by one process, which answers what is asked of it. */
import type { ModelCurvature, ResidualChoice } from '../../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../../curvature/operator.ts';
import { roundsOf } from '../../../curvature/sweep.ts';
import { rangeOfDataset } from '../../../network/data/range.ts';
import type { Vector } from '../../../spectrum/index.ts';
import type { Engine } from '../../../tensor/engine/engine.ts';
import type { SpectrumRequest } from '../request.ts';
import { curvatureOf, type Subject } from '../subject.ts';
import { OpenOperators } from '../units/open-operators.ts';
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
  private readonly curvature: ModelCurvature;
  private readonly request: SpectrumRequest;
  private readonly operators: OpenOperators;

  private constructor(curvature: ModelCurvature, request: SpectrumRequest) {
    this.curvature = curvature;
    this.request = request;
    this.operators = new OpenOperators(curvature, request);
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
    const curvature = curvatureOf(held, { ...request, ranges: 1 }, engine, { before, totalWeight });
    curvature.chooseResiduals(residuals);
    await curvature.linearizeAll();
    return new RangeBench(curvature, request);
  }

  /** @throws when vectors are not those that were handed over. */
  async answer(question: RangeQuestion, exchange: VectorExchange): Promise<RangeOutcome> {
    switch (question.kind) {
      case 'losses':
        return { kind: 'losses', losses: [...(await this.curvature.primal.batchLosses())] };
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
    await this.operators.only([]);
    await this.curvature.release();
  }

  private async explain(
    part: ProductPart,
    vectors: HandedOver,
    exchange: VectorExchange,
  ): Promise<string | null> {
    const [column] = await exchange.take(vectors, this.request.precision, lengthsOf(part));
    const [operator] = (await this.operators.only([part.operator])) as [CurvatureOperator];
    return operator.causeOfNonFinite(column as Vector);
  }

  private async products(
    parts: readonly ProductPart[],
    vectors: HandedOver,
    exchange: VectorExchange,
  ): Promise<Vector[]> {
    const columns = await exchange.take(vectors, this.request.precision, parts.flatMap(lengthsOf));
    const operators = await this.operators.only(parts.map(({ operator }) => operator));
    const round = roundsOf(this.curvature.primal, operators);
    let start = 0;
    const asked = parts.map(({ operator, columns: count }) => {
      start += count;
      return { name: operator, columns: columns.slice(start - count, start) };
    });
    return (await round(asked)).flat();
  }
}
