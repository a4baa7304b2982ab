import type { Dataset, MicroBatch } from '../network/data/dataset.ts';
import type { Model, ParameterSpec } from '../network/models/model.ts';
import type { ParameterValues } from '../network/models/parameters.ts';
import type { Linearization } from '../tensor/autodiff/linearize.ts';
import type { Engine } from '../tensor/engine/engine.ts';
import { type FloatDType, formatType } from '../tensor/graph/type.ts';
import { HessianOperator, linearizeHessian } from './hessian.ts';
import { PrimalPart } from './primal.ts';
import { type TracedModel, traceModel } from './trace.ts';

/** The name of the operator of all parameters together. */
export const FULL_HESSIAN = 'full';

export interface CurvatureSettings {
  readonly model: Model;
  readonly parameters: ParameterValues;
  readonly data: Dataset;
  readonly engine: Engine;
  readonly precision: FloatDType;
  /** What residuals may take; beyond it the primal part runs again for each product. */
  readonly memoryBudgetBytes: number;
}

/** A model's Hessian and its blocks at fixed parameters on fixed data, as linear operators over one primal part. */
export class ModelCurvature {
  readonly model: Model;
  readonly traced: TracedModel;
  readonly primal: PrimalPart;
  private readonly engine: Engine;
  private readonly whole: Linearization;

  /** @throws when micro-batches differ in shape. */
  constructor({ model, parameters, data, engine, precision, memoryBudgetBytes }: CurvatureSettings) {
    const batches = Array.from({ length: data.microBatchCount }, (_, index) => data.microBatch(index));
    requireSameShapes(batches);
    this.model = model;
    this.engine = engine;
    this.traced = traceModel(model, (batches[0] as MicroBatch).tensors, precision);
    this.primal = new PrimalPart(engine, this.traced, parameters, batches, memoryBudgetBytes);
    this.whole = linearizeHessian(this.traced, FULL_HESSIAN, model.parameters);
  }

  /**
   * Declares the residuals of all parameters at once, so that every block's product finds its own made. Without this
   * each operator declares its own when it is first used.
   */
  async linearizeAll(): Promise<void> {
    await this.primal.require(this.whole.residuals);
  }

  /** Mean loss over all micro-batches. */
  loss(): Promise<number> {
    return this.primal.loss();
  }

  /** The Hessian in all parameters. */
  hessian(): HessianOperator {
    return new HessianOperator(FULL_HESSIAN, this.model.parameters, this.whole, this.engine, this.primal);
  }

  /** The principal block of one parameter. */
  block(parameter: ParameterSpec): HessianOperator {
    const { name } = parameter;
    const linearization = linearizeHessian(this.traced, name, [parameter]);
    return new HessianOperator(name, [parameter], linearization, this.engine, this.primal);
  }

  async release(): Promise<void> {
    await this.primal.release();
  }
}

function requireSameShapes(batches: readonly MicroBatch[]): void {
  const describe = (batch: MicroBatch) =>
    Object.entries(batch.tensors)
      .map(([name, type]) => `${name} ${formatType(type)}`)
      .join(', ');
  const [first, ...others] = batches.map(describe);
  if (first === undefined) throw new Error('expected at least one micro-batch, found none');
  const odd = others.findIndex((other) => other !== first);
  if (odd >= 0)
    throw new Error(
      `expected micro-batches of one shape (${first}), found ${others[odd]} as number ${odd + 2}`,
    );
}
