import type { Dataset, MicroBatch } from '../network/data/dataset.ts';
import { dividedIntoRanges } from '../network/data/range.ts';
import type { Model, ParameterSpec } from '../network/models/model.ts';
import type { ParameterValues } from '../network/models/parameters.ts';
import { type Linearization, type ResidualDetail, residualBytes } from '../tensor/autodiff/linearize.ts';
import type { Engine } from '../tensor/engine/engine.ts';
import type { Graph, Node } from '../tensor/graph/node.ts';
import { type FloatDType, formatType } from '../tensor/graph/type.ts';
import { linearizeBlock } from './linearize-block.ts';
import { LossLandscape } from './loss-landscape.ts';
import { CurvatureOperator } from './operator.ts';
import { type BatchPlace, PrimalPart } from './primal.ts';
import type { CurvatureKind } from './products/index.ts';
import { type TracedModel, traceModel } from './trace.ts';

/** The name of the operator of all parameters together. */
export const WHOLE_MATRIX = 'full';

export interface CurvatureSettings {
  readonly model: Model;
  readonly parameters: ParameterValues;
  readonly data: Dataset;
  readonly engine: Engine;
  readonly precision: FloatDType;
  /** Which matrix; the Hessian when left out. */
  readonly kind?: CurvatureKind;
  /** In how many ranges micro-batches are summed before the ranges are; in one when left out. */
  readonly ranges?: number;
  /** Where the micro-batches are a part of those that the mean runs over; they are all of them when left out. */
  readonly place?: BatchPlace;
}

/** Which residuals are kept; `none` for devices to which they would have to travel with each product. */
export type KeptResiduals = ResidualDetail | 'none';

const NO_RESIDUALS: ReadonlySet<Node> = new Set();

/** How residuals are held. */
export interface ResidualChoice {
  readonly detail: KeptResiduals;
  /** Whether they stay in memory from product to product; else they are made again for each. */
  readonly isKept: boolean;
}

/** What one choice of residuals costs. */
export interface ResidualCost {
  /** Bytes of the residuals of one micro-batch. */
  readonly bytes: number;
  /** The tangent graph of the whole Hessian. */
  readonly tangentGraph: Graph;
  /** The graph that makes them. */
  readonly primalGraph: Graph;
}

/** A curvature matrix of a model and its blocks at fixed parameters on fixed data, as linear operators over one primal part. */
export class ModelCurvature {
  readonly model: Model;
  /** Where the matrix is taken. */
  readonly parameters: ParameterValues;
  readonly traced: TracedModel;
  readonly primal: PrimalPart;
  private readonly engine: Engine;
  /** Which matrix. */
  readonly kind: CurvatureKind;
  private readonly wholes = new Map<KeptResiduals, Linearization>();
  private detail: KeptResiduals = 'all';

  /** @throws when micro-batches differ in shape. */
  constructor({
    model,
    parameters,
    data,
    engine,
    precision,
    kind = 'hessian',
    ranges = 1,
    place,
  }: CurvatureSettings) {
    const batches = Array.from({ length: data.microBatchCount }, (_, index) => data.microBatch(index));
    requireSameShapes(batches);
    this.model = model;
    this.parameters = parameters;
    this.engine = engine;
    this.kind = kind;
    this.traced = traceModel(model, (batches[0] as MicroBatch).tensors, precision);
    const starts = dividedIntoRanges(batches.length, ranges).map(({ first }) => first);
    this.primal = new PrimalPart(engine, this.traced, parameters, batches, {
      rangeStarts: new Set(starts),
      place: place ?? null,
    });
  }

  /** What a choice of residuals would cost. */
  residualCost(detail: KeptResiduals): ResidualCost {
    const { residuals, tangentGraph } = this.linearization(detail);
    const primalGraph = this.primal.graphOf(residuals);
    return { bytes: residualBytes(residuals), tangentGraph, primalGraph };
  }

  /** Chooses for all operators made from now on; unless called, all residuals are kept. */
  chooseResiduals({ detail, isKept }: ResidualChoice): void {
    this.detail = detail;
    this.primal.keepsResiduals = isKept;
  }

  /**
   * Declares the residuals of all parameters at once, so that every block's product finds its own made. Without this
   * each operator declares its own when it is first used.
   */
  async linearizeAll(): Promise<void> {
    await this.primal.require(this.linearization(this.detail).residuals);
  }

  /** Mean loss over all micro-batches. */
  loss(): Promise<number> {
    return this.primal.loss();
  }

  /** The loss as a function of the parameters, on the same data. */
  landscape(): LossLandscape {
    return new LossLandscape(this.engine, this.traced, this.primal);
  }

  /** The matrix in all parameters. */
  whole(): CurvatureOperator {
    const { model, engine, primal, detail } = this;
    return new CurvatureOperator(WHOLE_MATRIX, model.parameters, this.linearization(detail), engine, primal);
  }

  /** The principal block of one parameter. */
  block(parameter: ParameterSpec): CurvatureOperator {
    return this.group(parameter.name, [parameter]);
  }

  /** The principal block of some parameters, in the model's order. */
  group(name: string, parameters: readonly ParameterSpec[]): CurvatureOperator {
    const kept = new Set(this.linearization(this.detail).residuals);
    const linearization = linearizeBlock(this.traced, this.kind, name, parameters, kept);
    return new CurvatureOperator(name, parameters, linearization, this.engine, this.primal);
  }

  /** Made once for each choice: a block's residuals are among those of the whole. */
  private linearization(detail: KeptResiduals): Linearization {
    const known = this.wholes.get(detail);
    if (known) return known;
    const choice = detail === 'none' ? NO_RESIDUALS : detail;
    const made = linearizeBlock(this.traced, this.kind, WHOLE_MATRIX, this.model.parameters, choice);
    this.wholes.set(detail, made);
    return made;
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
