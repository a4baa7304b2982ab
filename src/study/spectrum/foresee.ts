import { type GraphTable, graphTable } from '../../curvature/graph-table.ts';
import type { SelfCheck } from '../../curvature/self-check.ts';
import { type Machine, withPlan } from './measure.ts';
import type { Plan } from './plan.ts';
import type { SpectrumRequest } from './request.ts';
import type { Subject } from './subject.ts';

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
}

/**
 * Makes the operators of a request, measures one product, plans the work and counts the graphs; nothing more is
 * computed, nothing is kept.
 *
 * @throws as `measureSpectrum` does before its work.
 */
export async function foresee(
  subject: Subject,
  request: SpectrumRequest,
  machine: Machine,
): Promise<Forecast> {
  const { model, data, parameterCount } = subject;
  return withPlan(subject, request, machine, async ({ curvature, operators, loss, check, plan }) => ({
    model: { name: model.name, parameterCount },
    data: {
      description: data.description,
      examplesPerBatch: data.batchSize,
      microBatches: data.microBatchCount,
    },
    engine: machine.engine.name,
    loss,
    selfCheck: check,
    plan,
    graphs: graphTable(curvature, operators),
  }));
}
