import { graphCost, type MachineRates, peakBytes, predictMs } from '../../curvature/cost.ts';
import type { ModelCurvature } from '../../curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../curvature/operator.ts';
import { SEGMENT_BYTES } from '../../curvature/primal.ts';
import { parameterCount } from '../../network/models/model.ts';
import type { Graph } from '../../tensor/graph/node.ts';
import { byteSize } from '../../tensor/graph/type.ts';
import type { SpectrumRequest } from './request.ts';
import { describeResidualPlans, type ResidualPlan } from './residual-plan.ts';

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
  /** Positions of the operators that advance together, in their order; each alone where residuals are kept. */
  readonly groups: readonly (readonly number[])[];
  readonly keepsResiduals: boolean;
  /** Of the whole run, its preparation included. */
  readonly estimatedMs: number;
  readonly estimatedBytes: number;
  /** Sentences for people. */
  readonly text: readonly string[];
}

/** What the planner starts from. */
export interface PlanningFacts {
  readonly curvature: ModelCurvature;
  readonly operators: readonly CurvatureOperator[];
  readonly request: SpectrumRequest;
  readonly rates: MachineRates;
  /** The first is the one that operators were made for. */
  readonly residualPlans: readonly ResidualPlan[];
  readonly memoryBudgetBytes: number;
  /** The time of one product of the first operator. */
  readonly measuredFirstProductMs: number;
  /** What the run has taken until now: rates, derivatives, the primal part, the first operator's checks. */
  readonly preparationMs: number;
}

/** Columns of a dense block that are computed at once. */
const EXACT_COLUMNS = 32;
/** Blocks of more parameters are exact only when asked for: their eigenvalues alone take half a minute. */
const EXACT_UP_TO = 4000;
/** Vectors that one probe holds: the last two Lanczos vectors and the product becoming the next. */
const VECTORS_PER_PROBE = 3;
/** A session holds a few kilobytes for each node (measured: 6 MB at 1,500 nodes). */
const SESSION_BYTES_PER_NODE = 4096;

/** Emitting and compiling an operator's graph, where none has been timed yet (measured: 0.4 to 1.2 ms on slow cores). */
const COMPILING_MS_PER_NODE = 0.5;

/** Densities and distances of one probe of one operator, after the products (measured: 8 to 13 ms on a slow core). */
export const SUMMARY_MS_PER_PROBE = 10;

/** The process itself with the runtime loaded (measured: 120 to 190 MB). */
const PROCESS_BYTES = 160 * 2 ** 20;

/**
 * Several columns go through one run while what the run touches stays below this: fixed costs then weigh more than
 * the caches that are lost (measured: 1.5 times faster for gpt-pico, 2 to 4 for small biases, nothing for gpt-nano).
 */
const LOCKSTEP_BYTES = 2 ** 30;

/**
 * Chooses how the work is done and predicts its time and memory. The relative cost of operators follows from their
 * graphs and the machine's measured rates; the measured time of one product sets the scale.
 */
export function planWork(facts: PlanningFacts): Plan {
  const { curvature, operators, request, rates, measuredFirstProductMs } = facts;
  const { primal } = curvature;
  const graphMs = (graph: Graph) => predictMs(graphCost(graph), rates) * primal.microBatchCount;
  const { detail } = facts.residualPlans[0] as ResidualPlan;
  const primalGraph = curvature.residualCost(detail).primalGraph;
  const again = primal.keepsResiduals ? 0 : graphMs(primalGraph);
  const tangentMs = (operator: CurvatureOperator) => graphMs(operator.linearization.tangentGraph);
  const slowdown = slowdownOf(
    curvature,
    operators[0] as CurvatureOperator,
    primalGraph,
    rates,
    measuredFirstProductMs,
  );
  const { bytes } = facts.residualPlans[0] as ResidualPlan;
  const vectors = new VectorMemory(request, facts.memoryBudgetBytes, bytes);
  const shares = operators.map(({ dim }) => vectors.lockstep(dim));
  const groups = primal.keepsResiduals
    ? operators.map((_, index) => [index])
    : vectors.pack(operators.map(({ dim }, index) => ({ dim, lockstep: shares[index] as number })));
  const planned = operators.map((operator, index): PlannedOperator => {
    const { name, dim } = operator;
    const { method, steps, productCount } = workOf(dim, request);
    const lockstep = shares[index] as number;
    const productMs = slowdown * tangentMs(operator) + rates.msPerVectorElement * dim;
    return { name, dim, method, steps, productCount, lockstep, productMs };
  });
  const shared = withPrimalTime(planned, operators, groups, slowdown * again);
  // The first operator's graph is compiled and its session kept.
  const nodeCount = operators
    .slice(1)
    .reduce((sum, { linearization }) => sum + linearization.tangentGraph.nodes.length, 0);
  const productsMs = shared.reduce((sum, p) => sum + p.productMs * p.productCount, 0);
  const compilingMs = compilingMsPerNode(operators[0] as CurvatureOperator) * nodeCount;
  const summaryMs = SUMMARY_MS_PER_PROBE * request.probes * operators.length;
  const estimatedMs = facts.preparationMs + compilingMs + productsMs + summaryMs;
  const together = groups.map((group) =>
    group.map((index) => ({
      operator: operators[index] as CurvatureOperator,
      lockstep: shares[index] as number,
    })),
  );
  const residuals = facts.residualPlans[0] as ResidualPlan;
  const estimatedBytes = memoryNeeded({ curvature, request, residuals, vectors }, together);
  const text = describe(facts, shared, groups, estimatedMs, estimatedBytes);
  return {
    operators: shared,
    groups,
    keepsResiduals: primal.keepsResiduals,
    estimatedMs,
    estimatedBytes,
    text,
  };
}

/**
 * How many times as long a product takes as the machine's rates alone would have it.
 *
 * @param primalGraph what makes residuals again, where they are not kept.
 */
export function slowdownOf(
  { primal }: ModelCurvature,
  { linearization }: CurvatureOperator,
  primalGraph: Graph,
  rates: MachineRates,
  measuredMs: number,
): number {
  const graphs = [linearization.tangentGraph, ...(primal.keepsResiduals ? [] : [primalGraph])];
  const predictedMs = graphs.reduce((sum, graph) => sum + predictMs(graphCost(graph), rates), 0);
  return measuredMs / (predictedMs * primal.microBatchCount);
}

/** The first operator has been compiled for its checks, so what a node takes here is known. */
export function compilingMsPerNode({ compileMs, linearization }: CurvatureOperator): number {
  const { nodes } = linearization.tangentGraph;
  return compileMs === null ? COMPILING_MS_PER_NODE : compileMs / Math.max(1, nodes.length);
}

/** Spreads the time of making residuals again over the products that each making serves. */
function withPrimalTime(
  planned: readonly PlannedOperator[],
  operators: readonly CurvatureOperator[],
  groups: readonly (readonly number[])[],
  primalMs: number,
): PlannedOperator[] {
  const extraMs = new Map<number, number>();
  for (const group of groups) {
    const rounds = Math.max(
      ...group.map((index) => {
        const { method, productCount, lockstep } = planned[index] as PlannedOperator;
        const atOnce = method === 'exact' ? (operators[index] as CurvatureOperator).columnsPerRun : lockstep;
        return Math.ceil(productCount / atOnce);
      }),
    );
    const products = group.reduce((sum, index) => sum + (planned[index] as PlannedOperator).productCount, 0);
    for (const index of group) extraMs.set(index, (primalMs * rounds) / products);
  }
  return planned.map((p, index) => ({ ...p, productMs: p.productMs + (extraMs.get(index) ?? 0) }));
}

/** How many Lanczos vectors fit beside the residuals. */
export class VectorMemory {
  readonly budgetBytes: number;
  private readonly bytesPerElement: number;
  private readonly probes: number;

  /** @param residualBytes of the residuals in memory at a time. */
  constructor(request: SpectrumRequest, memoryBudgetBytes: number, residualBytes: number) {
    const vectorsPerProbe = VECTORS_PER_PROBE + (request.reorthogonalize ? request.steps : 0);
    this.bytesPerElement = vectorsPerProbe * byteSize({ dtype: request.precision, shape: [] });
    this.budgetBytes = Math.max(memoryBudgetBytes - residualBytes, memoryBudgetBytes / 4);
    this.probes = request.probes;
  }

  /** Probes of one operator that advance together. */
  lockstep(dim: number): number {
    return Math.max(1, Math.min(this.probes, Math.floor(this.budgetBytes / this.bytes(dim, 1))));
  }

  bytes(dim: number, lockstep: number): number {
    return dim * lockstep * this.bytesPerElement;
  }

  /** Operators in their order, as many in a group as fit; one whose probes do not fit together is alone. */
  pack(operators: readonly { readonly dim: number; readonly lockstep: number }[]): number[][] {
    const groups: number[][] = [];
    let left = 0;
    for (const [index, { dim, lockstep }] of operators.entries()) {
      const needed = this.bytes(dim, lockstep);
      if (groups.length === 0 || needed > left) {
        groups.push([]);
        left = this.budgetBytes;
      }
      groups.at(-1)?.push(index);
      left = lockstep < this.probes ? 0 : left - needed;
    }
    return groups;
  }
}

/** What memory depends on besides the operators that are under way. */
export interface MemoryFacts {
  readonly curvature: ModelCurvature;
  readonly request: SpectrumRequest;
  readonly residuals: Pick<ResidualPlan, 'detail' | 'bytes'>;
  readonly vectors: VectorMemory;
}

/**
 * Bytes of one process that measures at its peak.
 *
 * @param groups operators that advance together, each with so many of its probes; one group after the other.
 */
export function memoryNeeded(
  { curvature, request, residuals, vectors }: MemoryFacts,
  groups: readonly (readonly { readonly operator: CurvatureOperator; readonly lockstep: number }[])[],
): number {
  const { primal, model } = curvature;
  const { bytes: held, detail } = residuals;
  // Without residuals, the values of the primal part are among those of each run.
  const bytes = detail === 'none' ? 0 : held;
  const most = Math.max(
    ...groups.map((group) =>
      group.reduce((sum, { operator: { dim, linearization }, lockstep }) => {
        const sessionBytes = linearization.tangentGraph.nodes.length * SESSION_BYTES_PER_NODE;
        return sum + vectors.bytes(dim, lockstep) + sessionBytes;
      }, 0),
    ),
  );
  // Only one graph runs at a time. Outputs of a primal segment exist twice for a moment.
  const running = groups
    .flat()
    .map(({ operator }) => peakBytes(operator.linearization.tangentGraph) * columnsPerRun(operator, request));
  const runningBytes = Math.max(Math.min(bytes, SEGMENT_BYTES), ...running);
  const parameterBytes = byteSize({ dtype: primal.dtype, shape: [parameterCount(model)] });
  return PROCESS_BYTES + bytes + most + runningBytes + parameterBytes;
}

/**
 * How many columns go through one run of an operator's tangent graph. It depends on shapes alone, so that the same
 * request gives the same bits everywhere.
 */
export function columnsPerRun(operator: CurvatureOperator, request: SpectrumRequest): number {
  const { productBytes, streamedBytes } = graphCost(operator.linearization.tangentGraph);
  const most = Math.max(1, Math.floor(LOCKSTEP_BYTES / (productBytes + streamedBytes + 1)));
  const columns = isExact(operator.dim, request) ? Math.min(operator.dim, EXACT_COLUMNS) : request.probes;
  const groups = Math.ceil(columns / Math.min(columns, most));
  return Math.ceil(columns / groups);
}

/** How the spectrum of an operator is found, and the Hessian products that this takes. It depends on the request alone. */
export function workOf(
  dim: number,
  request: SpectrumRequest,
): Pick<PlannedOperator, 'method' | 'steps' | 'productCount'> {
  const steps = Math.min(request.steps, dim);
  return isExact(dim, request)
    ? { method: 'exact', steps, productCount: dim }
    : { method: 'lanczos', steps, productCount: steps * request.probes };
}

/**
 * Whether a block's dense Hessian is formed: as small as was asked for, or, where nothing was asked, small and no dearer
 * than its probes.
 */
function isExact(dim: number, { exactUpTo, probes, steps }: SpectrumRequest): boolean {
  if (exactUpTo !== undefined) return dim <= exactUpTo;
  return dim <= EXACT_UP_TO && dim <= probes * Math.min(steps, dim);
}

function describe(
  { curvature: { primal }, request, residualPlans, memoryBudgetBytes, preparationMs }: PlanningFacts,
  planned: readonly PlannedOperator[],
  groups: readonly (readonly number[])[],
  estimatedMs: number,
  estimatedBytes: number,
): string[] {
  const seconds = (ms: number) => `${Math.ceil(ms / 1000)} s`;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const products = planned.reduce((sum, { productCount }) => sum + productCount, 0);
  const apart = planned.filter((p) => p.lockstep < request.probes).map((p) => p.name);
  const together = `in ${groups.length} ${groups.length === 1 ? 'group' : 'groups'}`;
  return [
    ...describeResidualPlans(residualPlans, memoryBudgetBytes),
    apart.length === 0
      ? 'All probes of a block advance together.'
      : `All probes of a block advance together, but for ${apart.join(', ')}, whose vectors would not fit.`,
    ...(primal.keepsResiduals
      ? []
      : [`Operators advance together too, ${together}, so that residuals made again serve them all.`]),
    `${products} Hessian products over ${planned.length} operators, about ${seconds(estimatedMs)}, ${seconds(preparationMs)} of them gone, and ${megabytes(estimatedBytes)}.`,
  ];
}
