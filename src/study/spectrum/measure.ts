import { freemem } from 'node:os';
import type { HessianOperator } from '../../curvature/hessian.ts';
import { FULL_HESSIAN, type ModelCurvature } from '../../curvature/model-curvature.ts';
import { checkOperator, type SelfCheck } from '../../curvature/self-check.ts';
import type { OperatorSpectrum } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { runExactJob } from './exact-job.ts';
import { runLanczosJob } from './lanczos-job.ts';
import { columnsPerRun, type Plan, planWork } from './plan.ts';
import { curvatureOf, type Subject } from './prepare.ts';
import type { SpectrumRequest } from './request.ts';
import type { ProbeStore } from './store.ts';
import { type SpectrumResult, summariseSpectra } from './summarise.ts';

/** How far the work has come. */
export interface Progress {
  /** The operator under way: a block's name or `full`. */
  readonly operator: string;
  /** Its 1-based position among all operators. */
  readonly position: number;
  readonly operatorCount: number;
  readonly productsDone: number;
  readonly productsTotal: number;
  readonly elapsedMs: number;
  /** Estimate of the time left, from the planner's costs corrected by the pace so far. */
  readonly remainingMs: number;
}

/** What a measurement tells while it runs. */
export interface MeasurementObserver {
  onReady(loss: number, check: SelfCheck, plan: Plan): Promise<void>;
  onProgress(progress: Progress): void;
  /** An operator is done; `spectra` are all so far, the whole Hessian's under the name `full`. */
  onSpectrum(spectra: readonly OperatorSpectrum[]): Promise<void>;
  onNotice(text: string): void;
  /** Resolves to true when the work is to stop. */
  shouldStop(): Promise<boolean>;
}

export interface Measurement {
  /** Null when the work was stopped before the end. */
  readonly result: SpectrumResult | null;
  /** Hessian products behind all that is kept, those of earlier parts of the run included. */
  readonly products: number;
}

/**
 * Measures blockwise spectra (paper sections 2.1 to 2.3): Lanczos for each block and probe, then the whole Hessian,
 * quadrature, moments, distances and JS0.
 *
 * @throws when the loss or a product is not finite, or the Hessian is not symmetric or not repeatable.
 */
export async function measureSpectrum(
  subject: Subject,
  request: SpectrumRequest,
  engine: Engine,
  store: ProbeStore,
  observer: MeasurementObserver,
): Promise<Measurement> {
  const memoryBudgetBytes = (request.memoryMiB ?? freemem() / 2 ** 21) * 2 ** 20;
  const curvature = curvatureOf(subject, request, engine, memoryBudgetBytes);
  try {
    await curvature.linearizeAll();
    const operators = operatorsOf(curvature, subject, request);
    const loss = await curvature.loss();
    for (const operator of operators) await operator.setColumnsPerRun(columnsPerRun(operator, request));
    const first = operators[0] as HessianOperator;
    const check = await checkOperator(first, request.seed, first.columnsPerRun);
    const plan = await planWork(curvature, operators, request, engine, memoryBudgetBytes, check.productMs);
    await observer.onReady(loss, check, plan);
    return await measureOperators(operators, plan, request, store, observer);
  } finally {
    await curvature.release();
  }
}

/** Blocks in the network's order, then the whole Hessian. */
function operatorsOf(
  curvature: ModelCurvature,
  subject: Subject,
  request: SpectrumRequest,
): HessianOperator[] {
  const blocks = subject.selected.map((parameter) => curvature.block(parameter));
  return request.full ? [...blocks, curvature.hessian()] : blocks;
}

async function measureOperators(
  operators: readonly HessianOperator[],
  plan: Plan,
  request: SpectrumRequest,
  store: ProbeStore,
  observer: MeasurementObserver,
): Promise<Measurement> {
  const pace = new Pace(plan);
  const spectra: OperatorSpectrum[] = [];
  for (const [index, operator] of operators.entries()) {
    const hooks = {
      onProducts: (count: number) => {
        pace.advance(index, count);
        observer.onProgress(pace.progress(index));
      },
      onStored: (count: number) => pace.credit(index, count),
      onNotice: observer.onNotice,
      shouldStop: observer.shouldStop,
    };
    const planned = plan.operators[index] as Plan['operators'][number];
    const spectrum =
      planned.method === 'exact'
        ? await runExactJob(operator, store, hooks)
        : await runLanczosJob(operator, planned, request, store, hooks);
    await operator.release();
    if (!spectrum) return { result: null, products: pace.productsDone };
    pace.finish(index);
    spectra.push(spectrum);
    await observer.onSpectrum(spectra);
  }
  const full = spectra.find(({ name }) => name === FULL_HESSIAN) ?? null;
  const blocks = spectra.filter((spectrum) => spectrum !== full);
  return { result: summariseSpectra(full, blocks, request.precision), products: pace.productsDone };
}

/** Progress in units of the planner's predicted time, so that cheap and dear products count as they cost. */
class Pace {
  productsDone = 0;
  private readonly plan: Plan;
  private readonly startedAt = performance.now();
  private readonly doneByOperator: number[];
  /** Predicted cost of what an earlier run left, which says nothing of this one's pace. */
  private creditedMs = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.doneByOperator = plan.operators.map(() => 0);
  }

  advance(index: number, products: number): void {
    this.productsDone += products;
    this.doneByOperator[index] = (this.doneByOperator[index] as number) + products;
  }

  /** Products that an earlier run left behind. */
  credit(index: number, products: number): void {
    this.advance(index, products);
    this.creditedMs += (this.plan.operators[index]?.productMs ?? 0) * products;
  }

  /** A breakdown may end an operator early; the products it spared are no longer to come. */
  finish(index: number): void {
    this.doneByOperator[index] = this.productsOf(index);
  }

  progress(index: number): Progress {
    const { operators } = this.plan;
    const cost = (position: number, products: number) => (operators[position]?.productMs ?? 0) * products;
    const done = this.doneByOperator.reduce((sum, products, i) => sum + cost(i, products), 0);
    const total = operators.reduce((sum, _, i) => sum + cost(i, this.productsOf(i)), 0);
    const elapsedMs = performance.now() - this.startedAt;
    const paced = done - this.creditedMs;
    return {
      operator: operators[index]?.name ?? '',
      position: index + 1,
      operatorCount: operators.length,
      productsDone: this.doneByOperator.reduce((sum, products) => sum + products, 0),
      productsTotal: operators.reduce((sum, _, i) => sum + this.productsOf(i), 0),
      elapsedMs,
      remainingMs: paced <= 0 ? total - done : (elapsedMs / paced) * (total - done),
    };
  }

  private productsOf(index: number): number {
    return this.plan.operators[index]?.productCount ?? 0;
  }
}
