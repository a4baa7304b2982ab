/** What a reader needs to know of each definition of distance. */
import type { DistanceRecord } from '../runs/records.ts';

/** What may be scaled without a distance changing: each block by itself, the loss as a whole, or neither. */
export type Invariance = 'block' | 'loss' | 'none';

/** What is known of a definition of distance. */
export interface DefinitionFacts {
  readonly title: string;
  /** Empty for what has none. */
  readonly unit: string;
  /** The largest value it can take, or null. */
  readonly bound: number | null;
  readonly invariance: Invariance;
}

/** Unknown definitions are shown under their own name. */
const DEFINITIONS: Readonly<Record<string, DefinitionFacts>> = {
  jsd: { title: 'Jensen–Shannon divergence', unit: 'nats', bound: Math.LN2, invariance: 'loss' },
  'js-distance': {
    title: 'Jensen–Shannon distance',
    unit: '',
    bound: Math.sqrt(Math.LN2),
    invariance: 'loss',
  },
  paper: {
    title: "the paper's measure, as guessed",
    unit: 'nats ÷ grid spacing',
    bound: null,
    invariance: 'none',
  },
  'jsd-normalised': {
    title: 'Jensen–Shannon divergence of normalised spectra',
    unit: 'nats',
    bound: Math.LN2,
    invariance: 'block',
  },
  'jsd-log': {
    title: 'Jensen–Shannon divergence of log |λ|',
    unit: 'nats',
    bound: Math.LN2,
    invariance: 'loss',
  },
  'wasserstein-1': {
    title: 'Wasserstein-1 distance',
    unit: 'units of the eigenvalue',
    bound: null,
    invariance: 'none',
  },
};

/** Title, unit, bound and invariance of a definition by its name. */
export function definitionFacts(definition: string): DefinitionFacts {
  return DEFINITIONS[definition] ?? { title: definition, unit: '', bound: null, invariance: 'none' };
}

/** Below this share of its bound a definition's distances would all look dark: the scale then ends at the maximum. */
const SHARE_OF_BOUND_SEEN = 0.25;

/** Without a bound one far block can make all others look alike: below these shares of the maximum a root helps. */
const SQUARE_ROOT_BELOW = 0.15;
const FOURTH_ROOT_BELOW = 0.01;

/** How a distance becomes a colour: the share (distance / end) ^ exponent of the way along the scheme. */
export interface ColourScale {
  readonly end: number;
  readonly exponent: 1 | 0.5 | 0.25;
}

/**
 * The colour scale of one definition over all runs that are shown together: linear up to the bound, so that reports
 * can be compared, unless every distance is far below it; without a bound up to the largest distance, and by a root
 * where most distances are far below that.
 */
export function colourScale(
  distances: readonly Pick<DistanceRecord, 'definition' | 'matrix'>[],
): ColourScale {
  const bound = distances[0] ? definitionFacts(distances[0].definition).bound : null;
  const values = distances.flatMap((distance) => distance.matrix.flat()).map((value) => value ?? 0);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  if (largest === 0) return { end: bound ?? 1, exponent: 1 };
  if (bound !== null) return { end: largest > SHARE_OF_BOUND_SEEN * bound ? bound : largest, exponent: 1 };
  const usual = values.reduce((sum, value) => sum + value, 0) / values.length / largest;
  return { end: largest, exponent: usual < FOURTH_ROOT_BELOW ? 0.25 : usual < SQUARE_ROOT_BELOW ? 0.5 : 1 };
}

/** Where a distance lies on a colour scale, from 0 to 1. */
export function shareOf(scale: ColourScale, distance: number): number {
  return Math.min(1, Math.max(0, distance / scale.end)) ** scale.exponent;
}

/**
 * Definitions in the order in which one is chosen as the headline. First comes what the scale of the loss does not
 * move but differences of scale between blocks do: those are what one learning rate for all blocks cannot answer
 * (paper, Section 3), and dividing each block by its own eigenvalue, as `jsd-normalised` does, takes them away.
 */
const HEADLINES = ['jsd-log', 'jsd-normalised', 'js-distance', 'jsd'];

/**
 * The definition to compare models by: the first of `HEADLINES` that every run has, else the first that all share.
 *
 * @param perRun the names of the definitions of each run.
 * @returns null when the runs share none.
 */
export function headlineDefinition(perRun: readonly (readonly string[])[]): string | null {
  const shared = (perRun[0] ?? []).filter((name) => perRun.every((names) => names.includes(name)));
  return HEADLINES.find((name) => shared.includes(name)) ?? shared[0] ?? null;
}
