/** A measurement of spectra as the page shows it. */
import { ADVICE_DISTANCE } from '../../../study/advice/advice.ts';
import { definitionFacts, headlineDefinition } from '../../report/definitions.ts';
import { factsOf, gapsOf } from '../../report/run-facts.ts';
import type { DistanceRecord, RunRecord } from '../../runs/records.ts';
import { ApiError } from '../api-error.ts';
import type {
  DistanceMatrix,
  DistanceSummary,
  EntrySummary,
  SpectrumDetail,
  SpectrumNodes,
} from '../contract/entries.ts';
import { blockSummaries, wholeSummary } from './block-summaries.ts';
import { clusterOrder } from './cluster-order.ts';
import type { LoadedRun } from './known-spectra.ts';

/** @param hasAdvice whether advice stands beside the run already. */
export function spectrumDetail(summary: EntrySummary, run: LoadedRun, hasAdvice: boolean): SpectrumDetail {
  const { record, asked } = run;
  const headline = headlineOf(record);
  return {
    summary,
    request: { ...record.run.request },
    asked: { probes: asked.probes, steps: asked.steps },
    facts: factsOf(record).map(([label, text]) => ({ label, text })),
    notes: [...(record.run.model.notes ?? []), ...gapsOf(record)],
    blocks: blockSummaries(run, headline),
    full: wholeSummary(run),
    definitions: definitionsOf(record).map(distanceSummary),
    headline: headline?.definition ?? null,
    hasAdvice: hasAdvice || canAdvise(record),
    error: record.run.error,
  };
}

/** Nodes and weights of the operators asked for, in the model's order; all that have any where none are named. */
export function spectrumNodes(run: LoadedRun, names: readonly string[] | null): SpectrumNodes[] {
  const wanted = names ?? [...run.spectra.keys()];
  return wanted.map((name) => {
    const known = run.spectra.get(name);
    if (!known) throw new ApiError(404, `The run has no spectrum of '${name}'${whyNone(run, name)}.`);
    const { method, probes, normaliser } = known.spectrum;
    return {
      name,
      method,
      normaliser: normaliser.value,
      probes: probes.map(({ nodes, weights }) => ({ nodes: [...nodes], weights: [...weights] })),
    };
  });
}

const orders = new WeakMap<DistanceRecord, number[]>();

/** All distances by one definition, with the order of a clustering. */
export function distanceMatrix({ record }: LoadedRun, definition: string): DistanceMatrix {
  const found = definitionsOf(record).find((distance) => distance.definition === definition);
  if (!found) {
    const known = definitionsOf(record).map((distance) => distance.definition);
    const those = known.length === 0 ? 'it has none yet' : `it has ${known.join(', ')}`;
    throw new ApiError(404, `The run has no distances by '${definition}'; ${those}.`);
  }
  const order = orders.get(found) ?? clusterOrder(found.matrix);
  orders.set(found, order);
  return {
    ...distanceSummary(found),
    blocks: [...found.blocks],
    matrix: found.matrix.map((row) => [...row]),
    clusterOrder: order,
  };
}

function definitionsOf({ distances }: RunRecord): readonly DistanceRecord[] {
  return distances?.definitions ?? [];
}

/** Distances by the definition that models are compared by; null where there are none. */
export function headlineOf(record: RunRecord): DistanceRecord | null {
  const definitions = definitionsOf(record);
  const name = headlineDefinition([definitions.map(({ definition }) => definition)]);
  return definitions.find(({ definition }) => definition === name) ?? null;
}

function distanceSummary({ definition, description, js0, noiseFloor }: DistanceRecord): DistanceSummary {
  return { definition, description, unit: definitionFacts(definition).unit, js0, noiseFloor };
}

function canAdvise(record: RunRecord): boolean {
  return (
    record.run.status === 'finished' &&
    definitionsOf(record).some(({ definition }) => definition === ADVICE_DISTANCE)
  );
}

function whyNone({ record }: LoadedRun, name: string): string {
  const block = record.blocks.find((known) => known.name === name);
  if (!block) return ', which is no block of its model';
  return block.selected ? ' yet' : ', which it was not asked to measure';
}
