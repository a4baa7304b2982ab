import { type GraphTable, graphTable } from '../../curvature/graph-table.ts';
import type { CurvatureOperator } from '../../curvature/operator.ts';
import type { SelfCheck } from '../../curvature/self-check.ts';
import { type Machine, type Prospect, withPlan } from './measure.ts';
import { compilingMsPerNode, type Plan, SUMMARY_MS_PER_PROBE, slowdownOf } from './plan.ts';
import type { SpectrumRequest } from './request.ts';
import type { Subject } from './subject.ts';
import type { SharedWork } from './units/simulate.ts';
import { cutIntoUnits, describeLongest } from './units/split.ts';
import { type MeasurementUnit, operatorsOf } from './units/unit.ts';

/** What a request would take, told without doing it. */
export interface Forecast {
  readonly model: { readonly name: string; readonly parameterCount: number };
  readonly data: {
    readonly description: string;
    readonly examplesPerBatch: number;
    readonly microBatches: number;
  };
  /** The engine that products would run on. */
  readonly engine: string;
  readonly loss: number;
  readonly selfCheck: SelfCheck;
  readonly plan: Plan;
  readonly graphs: GraphTable;
  /** The same work cut into units, for workers that are machines like this one. */
  readonly sharing: SharingForecast;
}

/** Work that several workers can share. */
export interface SharingForecast extends SharedWork {
  /** The unit that takes longest, in words. */
  readonly longestUnit: string;
}

/**
 * Makes the operators of a request, measures one product, plans the work and counts the graphs; nothing more is
 * computed, nothing is kept.
 *
 * @param openingMs what this process has taken to start and to open the subject, as each worker would.
 * @throws as `measureSpectrum` does before its work.
 */
export async function foresee(
  subject: Subject,
  request: SpectrumRequest,
  machine: Machine,
  openingMs: number,
): Promise<Forecast> {
  const { model, data, parameterCount } = subject;
  return withPlan(subject, request, machine, async (prospect) => ({
    model: { name: model.name, parameterCount },
    data: {
      description: data.description,
      examplesPerBatch: data.batchSize,
      microBatches: data.microBatchCount,
    },
    engine: machine.engine.name,
    loss: prospect.loss,
    selfCheck: prospect.check,
    plan: prospect.plan,
    graphs: graphTable(prospect.curvature, prospect.operators),
    sharing: foreseeSharing(prospect, request, openingMs),
  }));
}

/** The units with their times, at the pace of the product that was measured. */
function foreseeSharing(prospect: Prospect, request: SpectrumRequest, openingMs: number): SharingForecast {
  const { curvature, operators, rates, check, linearizedMs } = prospect;
  const microBatches = curvature.primal.microBatchCount;
  const { units } = cutIntoUnits({ ...prospect, request, microBatches });
  const first = operators[0] as CurvatureOperator;
  const { primalGraph } = curvature.residualCost(prospect.residuals.detail);
  const slowdown = slowdownOf(curvature, first, primalGraph, rates, check.productMs);
  const msPerNode = compilingMsPerNode(first);
  const nodesOf = new Map(
    operators.map(({ name, linearization }) => [name, linearization.tangentGraph.nodes.length]),
  );
  const compilingMs = (unit: MeasurementUnit) =>
    operatorsOf(unit).reduce((sum, name) => sum + (nodesOf.get(name) ?? 0) * msPerNode, 0);
  return {
    unitMs: units.map(({ unit, estimatedMs }) => slowdown * estimatedMs + compilingMs(unit)),
    startMs: openingMs + linearizedMs,
    aloneMs: openingMs + SUMMARY_MS_PER_PROBE * request.probes * operators.length,
    longestUnit: describeLongest(units),
  };
}
