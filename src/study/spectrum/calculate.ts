/** What a measurement would cost on a machine that is not here: counted from the graphs, nothing is run. */
import { graphCost, peakBytes } from '../../curvature/cost.ts';
import { ModelCurvature } from '../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../curvature/operator.ts';
import { UserError } from '../../errors.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import type { SharingForecast } from './foresee.ts';
import { SUMMARY_MS_PER_PROBE } from './plan.ts';
import type { SpectrumRequest } from './request.ts';
import type { Subject } from './subject.ts';
import { cutIntoUnits, describeLongest } from './units/split.ts';

/** The machine, and how much data there is. */
export interface CalculationChoices {
  /** Billions of floating-point operations a second that matrix products reach there. */
  readonly rateGflops: number;
  /** Sequences or images in all; null for those of the request's micro-batches. */
  readonly examples: number | null;
}

/** One way to do the work. */
export interface CalculatedWay {
  readonly title: string;
  /** Floating-point operations of matrix products in all, a multiply-add counted as two. */
  readonly flops: number;
  readonly hours: number;
}

export interface Calculation {
  readonly model: { readonly name: string; readonly parameterCount: number };
  readonly operators: number;
  /** Products of all operators and probes, each over all examples. */
  readonly products: number;
  readonly examples: number;
  /** Of one product of the whole matrix over all examples. */
  readonly wholeProductFlops: number;
  readonly rateGflops: number;
  /** Residuals of one micro-batch, what a product holds besides, and the vectors of one probe. */
  readonly bytes: number;
  readonly ways: readonly CalculatedWay[];
  /** The first way cut into units, for workers of this rate each. */
  readonly sharing: SharingForecast;
}

const MS_PER_HOUR = 3_600_000;
/** Vectors as long as the parameters: the weights, two of Lanczos, the product and what is fed. */
const VECTORS = 5;

/** Until a process has started and opened model and data (measured: 2 to 5 s on slow cores; large weights take longer). */
const OPENING_MS = 5_000;

/** An engine that is never asked: graphs are counted, not run. */
const NO_ENGINE: Engine = {
  name: 'none',
  compile: () => Promise.reject(new Error('nothing is run when costs are calculated')),
  compileKeeping: () => Promise.reject(new Error('nothing is run when costs are calculated')),
};

/**
 * Counts products, arithmetic and memory, and divides by the rate.
 *
 * @throws UserError for a rate or a number of examples that is not positive.
 */
export function calculateCost(
  { model, data, selected, parameterCount }: Subject,
  request: SpectrumRequest,
  { rateGflops, examples }: CalculationChoices,
): Calculation {
  requirePositive('--rate', rateGflops);
  if (examples !== null) requirePositive('--examples', examples);
  const curvature = new ModelCurvature({
    model,
    parameters: {},
    data: { ...data, microBatchCount: 1 },
    engine: NO_ENGINE,
    precision: request.precision,
    kind: request.curvature,
  });
  const whole = curvature.whole();
  const operators = [
    ...selected.map((parameter) => curvature.block(parameter)),
    ...(request.full ? [whole] : []),
  ];
  const all = examples ?? data.batchSize * data.microBatchCount;
  const rounds = all / data.batchSize;
  const flopsOf = ({ linearization }: CurvatureOperator) =>
    graphCost(linearization.tangentGraph).productFlops;
  const productsOf = ({ dim }: CurvatureOperator) => Math.min(request.steps, dim) * request.probes;
  const { primalGraph, bytes } = curvature.residualCost('all');
  const primal = graphCost(primalGraph).productFlops;
  const products = operators.reduce((sum, operator) => sum + productsOf(operator), 0);
  const once = primal * rounds;
  const pruned = operators.reduce(
    (sum, operator) => sum + productsOf(operator) * flopsOf(operator) * rounds,
    0,
  );
  const again = products * (primal + flopsOf(whole)) * rounds;
  const way = (title: string, flops: number): CalculatedWay => ({
    title,
    flops,
    hours: flops / (rateGflops * 1e6) / MS_PER_HOUR,
  });
  const width = request.precision === 'float64' ? 8 : 4;
  return {
    model: { name: model.name, parameterCount },
    operators: operators.length,
    products,
    examples: all,
    wholeProductFlops: flopsOf(whole) * rounds,
    rateGflops,
    bytes: bytes + peakBytes(whole.linearization.tangentGraph) + VECTORS * width * parameterCount,
    ways: [
      way('hesscope: linearised once, each block’s product pruned', once + pruned),
      way('linearised once, each block pays for the whole', once + products * flopsOf(whole) * rounds),
      way('the paper’s procedure: forward and backward again for each product', again),
    ],
    sharing: calculateSharing(curvature, operators, request, rateGflops, rounds),
  };
}

/** The units with their times, where arithmetic is all that takes time and residuals fit in memory. */
function calculateSharing(
  curvature: ModelCurvature,
  operators: readonly CurvatureOperator[],
  request: SpectrumRequest,
  rateGflops: number,
  microBatches: number,
): SharingForecast {
  const { units, preparationMs } = cutIntoUnits({
    curvature,
    operators,
    request,
    rates: {
      flopsPerMs: rateGflops * 1e6,
      bytesPerMs: Number.POSITIVE_INFINITY,
      msPerOperation: 0,
      msPerRun: 0,
      msPerKeptByte: 0,
      msPerVectorElement: 0,
    },
    residuals: { detail: 'all', isKept: true, bytes: 0 },
    memoryBudgetBytes: Number.POSITIVE_INFINITY,
    microBatches,
  });
  return {
    unitMs: units.map(({ estimatedMs }) => estimatedMs),
    startMs: OPENING_MS + preparationMs,
    aloneMs: OPENING_MS + SUMMARY_MS_PER_PROBE * request.probes * operators.length,
    longestUnit: describeLongest(units),
  };
}

function requirePositive(option: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new UserError(`'${option}': expected a positive number, found ${value}.`);
}
