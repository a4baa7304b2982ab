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
  /** Lanczos steps: as asked for, at most the dimension. */
  readonly steps: number;
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

/** Vectors that one probe holds: the last two Lanczos vectors and the product becoming the next. */
const VECTORS_PER_PROBE = 3;
/** A session holds a few kilobytes for each node (measured: 6 MB at 1,500 nodes). */
const SESSION_BYTES_PER_NODE = 4096;

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
  const planned = operators.map((operator): PlannedOperator => {
    const vectorBytes =
      operator.dim * bytes * (VECTORS_PER_PROBE + (request.reorthogonalize ? request.steps : 0));
    const lockstep = Math.max(1, Math.min(request.probes, Math.floor(vectorBudget / vectorBytes)));
    const productMs = slowdown * rawMs(operator, lockstep) + LANCZOS_MS_PER_ELEMENT * operator.dim;
    return {
      name: operator.name,
      dim: operator.dim,
      steps: Math.min(request.steps, operator.dim),
      lockstep,
      productMs,
    };
  });
  const estimatedMs = primalMs + planned.reduce((sum, p) => sum + p.productMs * p.steps * request.probes, 0);
  const vectorBytes = Math.max(...planned.map((p) => p.dim * bytes * VECTORS_PER_PROBE * p.lockstep));
  const largestGraph = Math.max(
    ...operators.map((operator) => operator.linearization.tangentGraph.nodes.length),
  );
  const estimatedBytes =
    residualBytes +
    vectorBytes +
    largestGraph * SESSION_BYTES_PER_NODE +
    2 * parameterBytes(curvature, bytes);
  const text = describe(curvature, planned, request, estimatedMs, estimatedBytes);
  return { operators: planned, keepsResiduals: primal.keepsResiduals, estimatedMs, estimatedBytes, text };
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
  const products = planned.reduce((sum, { steps }) => sum + steps * request.probes, 0);
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
