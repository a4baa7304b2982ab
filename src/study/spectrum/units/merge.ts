/** The result of a measurement from those of its units, the same whatever order they came in. */
import { WHOLE_MATRIX } from '../../../curvature/model-curvature.ts';
import { inertParameters } from '../../../network/models/model.ts';
import { exactSpectrum, type OperatorSpectrum } from '../../../spectrum/index.ts';
import { sizeOf } from '../../../tensor/graph/type.ts';
import { probesSpectrum } from '../lanczos-job.ts';
import { workOf } from '../plan.ts';
import type { SpectrumRequest } from '../request.ts';
import type { Subject } from '../subject.ts';
import { type SpectrumResult, summariseSpectra } from '../summarise.ts';
import type { ProbeResult } from './unit.ts';

/** What is asked for of one operator. */
export interface WantedOperator {
  readonly name: string;
  readonly dim: number;
  readonly method: 'exact' | 'lanczos';
  readonly steps: number;
}

/** Where merged results are taken from; null for what is not there. */
export interface DoneWork {
  probe(operator: WantedOperator, probe: number): ProbeResult | null;
  eigenvalues(operator: WantedOperator): readonly number[] | null;
}

/** The operators of a measurement: blocks in the network's order, then the whole matrix. */
export function wantedOperators(subject: Subject, request: SpectrumRequest): WantedOperator[] {
  const of = (name: string, dim: number): WantedOperator => {
    const { method, steps } = workOf(dim, request);
    return { name, dim, method, steps };
  };
  const blocks = subject.selected.map(({ name, shape }) => of(name, sizeOf(shape)));
  return request.full ? [...blocks, of(WHOLE_MATRIX, subject.parameterCount)] : blocks;
}

/** The spectrum of one operator, or null while something of it is missing. */
export function mergedSpectrum(
  operator: WantedOperator,
  request: SpectrumRequest,
  done: DoneWork,
): OperatorSpectrum | null {
  const { name, dim, method } = operator;
  if (method === 'exact') {
    const eigenvalues = done.eigenvalues(operator);
    return eigenvalues && exactSpectrum(name, eigenvalues);
  }
  const probes: ProbeResult[] = [];
  for (let index = 0; index < request.probes; index++) {
    const probe = done.probe(operator, index);
    if (!probe) return null;
    probes.push(probe);
  }
  return probesSpectrum(name, dim, probes, request);
}

/**
 * Everything that a measurement gives, once all its units are done.
 *
 * @throws Error naming an operator of which something is missing.
 */
export function mergeUnits(subject: Subject, request: SpectrumRequest, done: DoneWork): SpectrumResult {
  const spectra = wantedOperators(subject, request).map((operator) => {
    const spectrum = mergedSpectrum(operator, request, done);
    if (!spectrum)
      throw new Error(`${operator.name}: expected all its units to be done before they are merged`);
    return spectrum;
  });
  const full = spectra.find(({ name }) => name === WHOLE_MATRIX) ?? null;
  const blocks = spectra.filter((spectrum) => spectrum !== full);
  return summariseSpectra(full, blocks, request.precision, inertParameters(subject.model));
}
