import { graphCost, type MachineRates, predictMs } from '../../curvature/cost.ts';
import type { KeptResiduals, ModelCurvature } from '../../curvature/model-curvature.ts';
import type { ParameterSpec } from '../../network/models/model.ts';
import type { SpectrumRequest } from './request.ts';

/** One way to hold residuals, with what it would cost. */
export interface ResidualPlan {
  readonly detail: KeptResiduals;
  /** Whether they stay in memory from product to product; else they are made again for each step. */
  readonly isKept: boolean;
  /** Bytes of residuals in memory at a time. */
  readonly bytes: number;
  /** Predicted time of all products, from the machine's rates alone; for comparison between plans. */
  readonly estimatedMs: number;
}

/** What there is to do, as far as it decides how residuals are held. */
export interface Workload {
  readonly selected: readonly ParameterSpec[];
  readonly request: SpectrumRequest;
  readonly microBatchCount: number;
}

/**
 * All ways to hold residuals, the fastest that fits the budget first.
 *
 * Kept residuals serve every product. Lean ones take less memory and a few passes more for each product. What does not
 * fit is made again once for each Lanczos step, for as many operators and probes as advance together.
 */
export function residualPlans(
  curvature: ModelCurvature,
  workload: Workload,
  rates: MachineRates,
  memoryBudgetBytes: number,
): ResidualPlan[] {
  const { microBatchCount, request } = workload;
  const products = wholeProducts(curvature, workload);
  const plans = (['all', 'lean'] as const).flatMap((detail): ResidualPlan[] => {
    const { bytes, tangentGraph, primalGraph } = curvature.residualCost(detail);
    const primalMs = predictMs(graphCost(primalGraph), rates) * microBatchCount;
    const productMs = predictMs(graphCost(tangentGraph), rates) + bytes * rates.msPerKeptByte;
    const productsMs = productMs * microBatchCount * products;
    const kept = { detail, isKept: true, bytes: bytes * microBatchCount, estimatedMs: primalMs + productsMs };
    const again = { detail, isKept: false, bytes, estimatedMs: primalMs * request.steps + productsMs };
    return [kept, again];
  });
  // On a host, where feeding costs next to nothing, it could only tie, and would change the last bits of results.
  if (rates.msPerKeptByte * rates.bytesPerMs > 1)
    plans.push(withoutResiduals(curvature, rates, microBatchCount * products));
  const byTime = [...plans].sort((x, y) => x.estimatedMs - y.estimatedMs);
  const fits = ({ bytes }: ResidualPlan) => bytes <= memoryBudgetBytes;
  const smallestFirst = [...plans].sort((x, y) => x.bytes - y.bytes);
  const fitting = byTime.filter(fits);
  return fitting.length > 0 ? [...fitting, ...byTime.filter((plan) => !fits(plan))] : smallestFirst;
}

/** Everything computed within each product, where nothing can be kept near enough: the primal part's values live as long. */
function withoutResiduals(curvature: ModelCurvature, rates: MachineRates, products: number): ResidualPlan {
  const { tangentGraph } = curvature.residualCost('none');
  const { bytes } = curvature.residualCost('all');
  return {
    detail: 'none',
    isKept: true,
    bytes,
    estimatedMs: predictMs(graphCost(tangentGraph), rates) * products,
  };
}

/**
 * All products in units of one with the whole Hessian: a block's tangent graph holds what lies above it, so its share
 * falls with its place among the parameters.
 */
function wholeProducts({ model }: ModelCurvature, { selected, request }: Workload): number {
  const count = model.parameters.length;
  const shares = selected.map((block) => 1 - model.parameters.indexOf(block) / count);
  const sum = shares.reduce((total, share) => total + share, request.full ? 1 : 0);
  return sum * request.probes * request.steps;
}

/** The plans as sentences: the first is chosen, the others say what it was weighed against. */
export function describeResidualPlans(plans: readonly ResidualPlan[], memoryBudgetBytes: number): string[] {
  const [chosen, ...others] = plans as [ResidualPlan, ...ResidualPlan[]];
  const reason =
    chosen.bytes > memoryBudgetBytes
      ? `all plans exceed the memory budget of ${mebibytes(memoryBudgetBytes)}, this one least`
      : `the fastest within the memory budget of ${mebibytes(memoryBudgetBytes)}`;
  const weighed = others.map(
    (plan) => `${nameOf(plan)}: ${mebibytes(plan.bytes)}, ${relativeTime(plan, chosen)}`,
  );
  return [
    `Residuals: ${nameOf(chosen)}, ${mebibytes(chosen.bytes)}; ${reason}.`,
    `Weighed against it: ${weighed.join('; ')}.`,
  ];
}

function nameOf({ detail, isKept }: ResidualPlan): string {
  if (detail === 'none') return 'all are made again within each product';
  const which = detail === 'all' ? 'all' : 'all but what a cheap pass makes again';
  return isKept ? `${which} stay in memory` : `${which} are made again for each step`;
}

function relativeTime(plan: ResidualPlan, chosen: ResidualPlan): string {
  const percent = Math.round(100 * (plan.estimatedMs / chosen.estimatedMs - 1));
  return percent === 0 ? 'as fast' : `${Math.abs(percent)} % ${percent > 0 ? 'slower' : 'faster'}`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
