import { measureRates } from '../../curvature/calibration.ts';
import { graphCost, predictMs } from '../../curvature/cost.ts';
import type { HessianOperator } from '../../curvature/hessian.ts';
import type { ModelCurvature } from '../../curvature/model-curvature.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import type { Graph } from '../../tensor/graph/node.ts';
import type { SpectrumRequest } from './request.ts';

/** One operator's share of the work. */
export interface PlannedOperator {
  readonly name: string;
  readonly dim: number;
  /** `exact`: all eigenvalues of the dense block, which is small; else Lanczos. */
  readonly method: 'exact' | 'lanczos';
  /** Lanczos steps: as asked for, at most the dimension. */
  readonly steps: number;
  /** Hessian products that this takes. */
  readonly productCount: number;
  /** Probes that advance together; the rest follow. */
  readonly lockstep: number;
  /** Predicted time of one product over all micro-batches. */
  readonly productMs: number;
}

/** What the planner foresees, before the work. */
export interface Plan {
  readonly operators: readonly PlannedOperator[];
  readonly keepsResiduals: boolean;
  readonly estimatedMs: number;
  readonly estimatedBytes: number;
  /** Sentences for people. */
  readonly text: readonly string[];
}

/** Columns of a dense block that are computed at once. */
const EXACT_COLUMNS = 32;
/** Vectors that one probe holds: the last two Lanczos vectors and the product becoming the next. */
const VECTORS_PER_PROBE = 3;
/** A session holds a few kilobytes for each node (measured: 6 MB at 1,500 nodes). */
const SESSION_BYTES_PER_NODE = 4096;

/**
 * Several columns go through one run while what the run touches stays below this: fixed costs then weigh more than
 * the caches that are lost (measured: 1.5 times faster for gpt-pico, 2 to 4 for small biases, nothing for gpt-nano).
 */
const LOCKSTEP_BYTES = 2 ** 30;

/**
 * What Lanczos itself takes for each element of a vector: an inner product, the three-term update, a scaling and the
 * copies in and out of the runtime (measured: 40 ms at ten million elements).
 */
const LANCZOS_MS_PER_ELEMENT = 4e-6;

/**
 * Chooses how the work is done and predicts its time and memory. The relative cost of operators follows from their
 * graphs and the machine's measured rates; the measured time of one product sets the scale.
 *
 * @param measuredFirstProductMs the time of one product of the first operator.
 */
export async function planWork(
  curvature: ModelCurvature,
  operators: readonly HessianOperator[],
  request: SpectrumRequest,
  engine: Engine,
  memoryBudgetBytes: number,
  measuredFirstProductMs: number,
): Promise<Plan> {
  const rates = await measureRates(engine, request.precision);
  const { primal } = curvature;
  const graphMs = (graph: Graph) => predictMs(graphCost(graph), rates) * primal.microBatchCount;
  const primalMs = graphMs(primal.graph);
  const recomputedMs = primal.keepsResiduals ? 0 : primalMs;
  const rawMs = (operator: HessianOperator, lockstep: number) =>
    graphMs(operator.linearization.tangentGraph) + recomputedMs / lockstep;
  const slowdown = measuredFirstProductMs / rawMs(operators[0] as HessianOperator, 1);
  const bytes = request.precision === 'float32' ? 4 : 8;
  const residualBytes = primal.keepsResiduals
    ? primal.totalBytes
    : primal.totalBytes / primal.microBatchCount;
  const vectorBudget = Math.max(memoryBudgetBytes - residualBytes, memoryBudgetBytes / 4);
  const vectorsPerProbe = VECTORS_PER_PROBE + (request.reorthogonalize ? request.steps : 0);
  const probeBytes = (dim: number) => dim * bytes * vectorsPerProbe;
  const planned = operators.map((operator): PlannedOperator => {
    const fitting = Math.floor(vectorBudget / probeBytes(operator.dim));
    const lockstep = Math.max(1, Math.min(request.probes, fitting));
    const productMs = slowdown * rawMs(operator, lockstep) + LANCZOS_MS_PER_ELEMENT * operator.dim;
    const steps = Math.min(request.steps, operator.dim);
    const method = isExact(operator.dim, request) ? 'exact' : 'lanczos';
    return {
      name: operator.name,
      dim: operator.dim,
      method,
      steps,
      productCount: method === 'exact' ? operator.dim : steps * request.probes,
      lockstep,
      productMs,
    };
  });
  const estimatedMs = primalMs + planned.reduce((sum, p) => sum + p.productMs * p.productCount, 0);
  const vectorBytes = Math.max(...planned.map(({ dim, lockstep }) => probeBytes(dim) * lockstep));
  const largestGraph = Math.max(
    ...operators.map((operator) => operator.linearization.tangentGraph.nodes.length),
  );
  // Outputs are copied out of the runtime, so the residuals of one micro-batch exist twice for a moment.
  const copiedBytes = primal.totalBytes / primal.microBatchCount;
  const estimatedBytes =
    residualBytes +
    copiedBytes +
    vectorBytes +
    largestGraph * SESSION_BYTES_PER_NODE +
    2 * parameterBytes(curvature, bytes);
  const text = describe(curvature, planned, request, estimatedMs, estimatedBytes);
  return { operators: planned, keepsResiduals: primal.keepsResiduals, estimatedMs, estimatedBytes, text };
}

/**
 * How many columns go through one run of an operator's tangent graph. It depends on shapes alone, so that the same
 * request gives the same bits everywhere.
 */
export function columnsPerRun(operator: HessianOperator, request: SpectrumRequest): number {
  const { productBytes, streamedBytes } = graphCost(operator.linearization.tangentGraph);
  const most = Math.max(1, Math.floor(LOCKSTEP_BYTES / (productBytes + streamedBytes + 1)));
  const columns = isExact(operator.dim, request) ? Math.min(operator.dim, EXACT_COLUMNS) : request.probes;
  const groups = Math.ceil(columns / Math.min(columns, most));
  return Math.ceil(columns / groups);
}

/** Whether a block's dense Hessian is formed: small, and no dearer than its probes. */
function isExact(dim: number, { exactUpTo, probes, steps }: SpectrumRequest): boolean {
  return dim <= exactUpTo && dim <= probes * Math.min(steps, dim);
}

function parameterBytes({ model }: ModelCurvature, bytes: number): number {
  return model.parameters.reduce(
    (sum, { shape }) => sum + bytes * shape.reduce((size, extent) => size * extent, 1),
    0,
  );
}

function describe(
  { primal }: ModelCurvature,
  planned: readonly PlannedOperator[],
  request: SpectrumRequest,
  estimatedMs: number,
  estimatedBytes: number,
): string[] {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const products = planned.reduce((sum, { productCount }) => sum + productCount, 0);
  const residuals = primal.keepsResiduals
    ? `The primal part runs once for each micro-batch; its residuals (${megabytes(primal.totalBytes)}) stay in memory.`
    : `The residuals (${megabytes(primal.totalBytes)}) exceed the memory budget, so the primal part runs again for each step.`;
  const apart = planned.filter((p) => p.lockstep < request.probes).map((p) => p.name);
  return [
    residuals,
    apart.length === 0
      ? 'All probes of a block advance together.'
      : `All probes of a block advance together, but for ${apart.join(', ')}, whose vectors would not fit.`,
    `${products} Hessian products over ${planned.length} operators, about ${Math.ceil(estimatedMs / 1000)} s and ${megabytes(estimatedBytes)}.`,
  ];
}
