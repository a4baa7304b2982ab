import { measureRates } from '../../curvature/calibration.ts';
import type { MachineRates } from '../../curvature/cost.ts';
import { type ModelCurvature, WHOLE_MATRIX } from '../../curvature/model-curvature.ts';
import type { BlockOperator, CurvatureOperator } from '../../curvature/operator.ts';
import { checkOperator, type SelfCheck } from '../../curvature/self-check.ts';
import { Sweep } from '../../curvature/sweep.ts';
import { inertParameters } from '../../network/models/model.ts';
import type { OperatorSpectrum } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { runExactJob } from './exact-job.ts';
import { runLanczosJob } from './lanczos-job.ts';
import { columnsPerRun, type Plan, type PlannedOperator, planWork } from './plan.ts';
import { ownProducts, type ProductSource } from './product-source.ts';
import type { SpectrumRequest } from './request.ts';
import { type ResidualPlan, residualPlans } from './residual-plan.ts';
import type { ProbeStore } from './store.ts';
import { curvatureOf, type Subject } from './subject.ts';
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

/** What a measurement runs on. */
export interface Machine {
  readonly engine: Engine;
  /** Memory for what is kept between products, where the request names none. */
  readonly spareBytes: number;
  /** Who makes products, if not this process; the subject then has the data of one of them. */
  readonly products?: ProductSource | undefined;
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

/** What is known before the work. */
export interface Prospect {
  readonly curvature: ModelCurvature;
  readonly products: ProductSource;
  /** In the order of the plan. */
  readonly operators: readonly CurvatureOperator[];
  readonly loss: number;
  readonly check: SelfCheck;
  readonly plan: Plan;
  readonly rates: MachineRates;
  /** How residuals are held. */
  readonly residuals: ResidualPlan;
  readonly memoryBudgetBytes: number;
  /** Time until the primal part had run: rates, derivatives, compilation. */
  readonly linearizedMs: number;
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
  machine: Machine,
  store: ProbeStore,
  observer: MeasurementObserver,
): Promise<Measurement> {
  return withPlan(subject, request, machine, async (prospect) => {
    await observer.onReady(prospect.loss, prospect.check, prospect.plan);
    return measureOperators(prospect, request, store, observer);
  });
}

/**
 * Makes a request's operators, measures one product and plans the work; all is freed when `use` is done with it.
 *
 * @throws when the loss or a product is not finite, or the Hessian is not symmetric or not repeatable.
 */
export async function withPlan<Result>(
  subject: Subject,
  request: SpectrumRequest,
  { engine, spareBytes, products: others }: Machine,
  use: (prospect: Prospect) => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const memoryBudgetBytes = request.memoryMiB === undefined ? spareBytes : request.memoryMiB * 2 ** 20;
  const curvature = curvatureOf(subject, request, engine);
  const products = others ?? ownProducts(curvature);
  try {
    const rates = await measureRates(engine, request.precision);
    const { selected } = subject;
    const workload = { selected, request, microBatchCount: curvature.primal.microBatchCount };
    const plans = residualPlans(curvature, workload, rates, memoryBudgetBytes);
    const residuals = plans[0] as ResidualPlan;
    curvature.chooseResiduals(residuals);
    await products.open(residuals);
    const linearizedMs = performance.now() - startedAt;
    const operators = operatorsOf(curvature, subject, request);
    const loss = await products.loss();
    for (const operator of operators) await operator.setColumnsPerRun(columnsPerRun(operator, request));
    const first = operators[0] as CurvatureOperator;
    const check = await checkOperator(products.operator(first), request.seed, first.columnsPerRun);
    const plan = planWork({
      curvature,
      operators,
      request,
      rates,
      residualPlans: plans,
      memoryBudgetBytes,
      measuredFirstProductMs: check.productMs,
      preparationMs: performance.now() - startedAt,
    });
    return await use({
      curvature,
      products,
      operators,
      loss,
      check,
      plan,
      rates,
      residuals,
      memoryBudgetBytes,
      linearizedMs,
    });
  } finally {
    await curvature.release();
  }
}

/** Blocks in the network's order, then the whole Hessian. */
function operatorsOf(
  curvature: ModelCurvature,
  subject: Subject,
  request: SpectrumRequest,
): CurvatureOperator[] {
  const blocks = subject.selected.map((parameter) => curvature.block(parameter));
  return request.full ? [...blocks, curvature.whole()] : blocks;
}

async function measureOperators(
  { curvature, products, operators, plan }: Prospect,
  request: SpectrumRequest,
  store: ProbeStore,
  observer: MeasurementObserver,
): Promise<Measurement> {
  const pace = new Pace(plan);
  const spectra: (OperatorSpectrum | null)[] = operators.map(() => null);
  const measured = () => spectra.filter((spectrum) => spectrum !== null);
  const measure = async (operator: BlockOperator, index: number) => {
    const spectrum = await measureOperator(operator, index, pace, plan, request, store, observer);
    if (!spectrum) return;
    pace.finish(index);
    spectra[index] = spectrum;
    await observer.onSpectrum(measured());
  };
  for (const group of plan.groups) {
    const members = group.map((index) => operators[index] as CurvatureOperator);
    await measureGroup(members, products, (operator, position) =>
      measure(operator, group[position] as number),
    );
    for (const operator of members) await operator.release();
    if (group.some((index) => spectra[index] === null)) return { result: null, products: pace.productsDone };
  }
  const full = measured().find(({ name }) => name === WHOLE_MATRIX) ?? null;
  const blocks = measured().filter((spectrum) => spectrum !== full);
  const result = summariseSpectra(full, blocks, request.precision, inertParameters(curvature.model));
  return { result, products: pace.productsDone };
}

/** One operator alone, or several whose products wait for each other. */
async function measureGroup(
  operators: readonly CurvatureOperator[],
  products: ProductSource,
  measure: (operator: BlockOperator, position: number) => Promise<void>,
): Promise<void> {
  const [first, ...others] = operators.map((operator) => products.operator(operator));
  if (others.length === 0) return measure(first as BlockOperator, 0);
  const sweep = new Sweep([first as BlockOperator, ...others], products.rounds(operators));
  await Promise.all(
    sweep.members.map((member, position) => measure(member, position).finally(() => sweep.leave(member))),
  );
}

function measureOperator(
  operator: BlockOperator,
  index: number,
  pace: Pace,
  plan: Plan,
  request: SpectrumRequest,
  store: ProbeStore,
  observer: MeasurementObserver,
): Promise<OperatorSpectrum | null> {
  const hooks = {
    onProducts: (count: number) => {
      pace.advance(index, count);
      if (pace.isLastOfRound(index)) observer.onProgress(pace.progress(index));
    },
    onStored: (count: number) => pace.credit(index, count),
    onNotice: observer.onNotice,
    shouldStop: observer.shouldStop,
  };
  const planned = plan.operators[index] as PlannedOperator;
  return planned.method === 'exact'
    ? runExactJob(operator, store, hooks)
    : runLanczosJob(operator, planned, request, store, hooks);
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

  /** Whether all others of the operator's group have been told of this round, so that the pace can be judged. */
  isLastOfRound(index: number): boolean {
    const group = this.plan.groups.find((members) => members.includes(index)) ?? [index];
    const later = group.slice(group.indexOf(index) + 1);
    return later.every((member) => this.doneByOperator[member] === this.productsOf(member));
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
