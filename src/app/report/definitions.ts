/** What a reader needs to know of each definition of distance. */
import type { DistanceRecord } from '../runs/records.ts';

/** Names, units and bounds of the definitions of distance; unknown ones are shown under their own name. */
const DEFINITIONS: Readonly<
  Record<string, { title: string; unit: string; bound: number | null; scaleFree: boolean }>
> = {
  jsd: { title: 'Jensen–Shannon divergence', unit: 'nats', bound: Math.LN2, scaleFree: false },
  'js-distance': {
    title: 'Jensen–Shannon distance',
    unit: '√nats',
    bound: Math.sqrt(Math.LN2),
    scaleFree: false,
  },
  paper: {
    title: "the paper's measure (reconstructed)",
    unit: 'nats per grid spacing',
    bound: null,
    scaleFree: false,
  },
  'jsd-normalised': {
    title: 'Jensen–Shannon divergence of normalised spectra',
    unit: 'nats',
    bound: Math.LN2,
    scaleFree: true,
  },
  'jsd-log': {
    title: 'Jensen–Shannon divergence of log |λ|',
    unit: 'nats',
    bound: Math.LN2,
    scaleFree: true,
  },
  'wasserstein-1': {
    title: 'Wasserstein-1 distance',
    unit: 'units of the eigenvalue',
    bound: null,
    scaleFree: false,
  },
};

/** What is known of a definition of distance. */
export interface DefinitionFacts {
  readonly title: string;
  readonly unit: string;
  /** The largest value it can take, or null. */
  readonly bound: number | null;
  /** Whether it compares shapes alone, so that models with losses of different scale can be compared. */
  readonly scaleFree: boolean;
}

/** Title, unit and bound of a definition by its name. */
export function definitionFacts(definition: string): DefinitionFacts {
  return DEFINITIONS[definition] ?? { title: definition, unit: '', bound: null, scaleFree: false };
}

/** Below this share of its bound a definition's distances would all look dark: the scale then ends at the maximum. */
const SHARE_OF_BOUND_SEEN = 0.25;

/**
 * The bright end of the colour scale for one definition over all runs that are shown together: its bound, so that
 * reports can be compared, unless every distance is far below it; without a bound the largest distance.
 */
export function colourScaleEnd(distances: readonly DistanceRecord[]): number {
  const bound = distances[0] ? definitionFacts(distances[0].definition).bound : null;
  let largest = 0;
  for (const distance of distances)
    for (const row of distance.matrix) for (const value of row) largest = Math.max(largest, value ?? 0);
  if (bound !== null && largest > SHARE_OF_BOUND_SEEN * bound) return bound;
  return largest > 0 ? largest : (bound ?? 1);
}

/** Scale-free definitions in the order in which one of them is chosen as the headline. */
const HEADLINES = ['jsd-normalised', 'jsd-log', 'js-distance', 'jsd'];

/**
 * The definition to compare models by: a scale-free one that every run has, else a bounded one, else the first.
 *
 * @param perRun the names of the definitions of each run.
 * @returns null when the runs share none.
 */
export function headlineDefinition(perRun: readonly (readonly string[])[]): string | null {
  const shared = (perRun[0] ?? []).filter((name) => perRun.every((names) => names.includes(name)));
  return HEADLINES.find((name) => shared.includes(name)) ?? shared[0] ?? null;
}
