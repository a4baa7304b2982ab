/** What the page shows of each block of a run. */
import { shortBlockNames } from '../../report/block-names.ts';
import { WHOLE_HESSIAN } from '../../runs/layout.ts';
import type { BlockRecord, DistanceRecord } from '../../runs/records.ts';
import type { BlockSummary } from '../contract/entries.ts';
import type { KnownSpectrum, LoadedRun } from './known-spectra.ts';

const NOTHING_MEASURED = {
  isMeasured: false,
  isZero: false,
  method: null,
  largest: null,
  least: null,
  trace: null,
  frobenius: null,
  negativeMass: null,
  zeroMass: null,
  normaliser: null,
} as const;

/** All blocks of the model in its order. @param headline the distances by which blocks are compared. */
export function blockSummaries(
  { record: { blocks }, spectra }: LoadedRun,
  headline: DistanceRecord | null,
): BlockSummary[] {
  const shortNames = shortBlockNames(blocks.map(({ name }) => name));
  const distances = meanDistances(headline);
  return blocks.map((block) => ({
    ...placeOf(block),
    shortName: shortNames.get(block.name) as string,
    ...measuredOf(spectra.get(block.name)),
    meanDistance: distances.get(block.name) ?? null,
  }));
}

/** The whole matrix; null where it has not been begun. */
export function wholeSummary({ record, spectra }: LoadedRun): BlockSummary | null {
  const known = spectra.get(WHOLE_HESSIAN);
  if (!known) return null;
  return {
    name: WHOLE_HESSIAN,
    shortName: 'whole matrix',
    kind: WHOLE_HESSIAN,
    layer: null,
    shape: [record.run.model.parameterCount],
    size: record.run.model.parameterCount,
    isSelected: true,
    ...measuredOf(known),
    meanDistance: null,
  };
}

function placeOf({ name, kind, layer, shape, size, selected }: BlockRecord) {
  return { name, kind, layer, shape: [...shape], size, isSelected: selected };
}

function measuredOf(known: KnownSpectrum | undefined) {
  if (!known) return { ...NOTHING_MEASURED, probeSteps: [] };
  const { spectrum, isWhole } = known;
  const { isZero, method, probes, largest, least, trace, frobenius } = spectrum;
  return {
    isMeasured: isWhole,
    isZero,
    method,
    probeSteps: method === 'exact' ? [] : probes.map(({ alphas }) => alphas.length),
    largest,
    least,
    trace,
    frobenius,
    negativeMass: spectrum.negativeMass,
    zeroMass: spectrum.zeroMass,
    normaliser: spectrum.normaliser,
  };
}

/** Of each block that is not zero, to all others. */
function meanDistances(headline: DistanceRecord | null): Map<string, number> {
  const found = new Map<string, number>();
  for (const [row, name] of (headline?.blocks ?? []).entries()) {
    const others = (headline?.matrix[row] ?? []).filter(
      (value, column): value is number => column !== row && value !== null,
    );
    if (others.length > 0) found.set(name, others.reduce((sum, value) => sum + value, 0) / others.length);
  }
  return found;
}
