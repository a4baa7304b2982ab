/** What the numbers of one or several runs say, in sentences for a stranger. */
import type { DistanceRecord, RunRecord } from '../runs/records.ts';
import { convergenceRows } from './convergence-table.ts';
import { definitionFacts, headlineDefinition } from './definitions.ts';
import { formatEstimate, formatNumber } from './format.ts';

/** One run's distances under one definition. */
export interface Entry {
  readonly label: string;
  readonly distance: DistanceRecord;
  /** Whether every block's spectrum is exact, so that there is no noise of probes. */
  readonly isExact: boolean;
}

/** JS0 of several runs under one definition. */
export interface Comparison {
  readonly definition: string;
  readonly description: string;
  /** Runs that have this definition, in the order of the records. */
  readonly entries: readonly Entry[];
}

/** The top of a report. */
export interface Summary {
  /** The definition the sentences speak of; null when the runs share none. */
  readonly headline: string | null;
  /** What it comes to, in one or two sentences. */
  readonly verdict: string;
  /** What that rests on, and what limits it. */
  readonly details: readonly string[];
  /** What heterogeneity does not say. */
  readonly caution: string;
  readonly comparisons: readonly Comparison[];
}

/** JS0 below this multiple of its noise floor could come from the probes alone. */
const CLEAR_OF_NOISE = 2;

/** Two means differ when they are this many joint standard errors apart. */
const CLEAR_STANDARD_ERRORS = 2;

/** Below this ratio of two JS0 nothing is said about optimizers: the paper's Table 1 spans ratios of 2 to 3,000. */
const TELLING_RATIO = 1.5;

const CAUTION =
  "Block heterogeneity is one cause of SGD's trouble, not the only one: gradient noise, depth and the learning-rate schedule are not in these numbers. Take them as a reason to try Adam, or not to, and not as a verdict.";

/** Labels as a list in words: `a`, `a and b`, `a, b, and c`. */
export function listed(labels: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(labels);
}

/** A label for each run: the model's name, with the run's name where models repeat. */
export function runLabels(records: readonly RunRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const { run } of records) counts.set(run.model.name, (counts.get(run.model.name) ?? 0) + 1);
  return records.map(({ run }) =>
    counts.get(run.model.name)! > 1 ? `${run.model.name} (${run.name})` : run.model.name,
  );
}

/** JS0 of every run under every definition that any of them has, the headline first. */
function compare(
  records: readonly RunRecord[],
  labels: readonly string[],
  headline: string | null,
): Comparison[] {
  const comparisons = new Map<string, { description: string; entries: Entry[] }>();
  for (const [index, record] of records.entries()) {
    const isExact = record.spectra?.blocks.every((spectrum) => spectrum.method === 'exact') ?? false;
    for (const distance of record.distances?.definitions ?? []) {
      const comparison = comparisons.get(distance.definition) ?? {
        description: distance.description,
        entries: [],
      };
      comparison.entries.push({ label: labels[index]!, distance, isExact });
      comparisons.set(distance.definition, comparison);
    }
  }
  return [...comparisons]
    .map(([definition, comparison]) => ({ definition, ...comparison }))
    .sort((a, b) => Number(b.definition === headline) - Number(a.definition === headline));
}

function valueText(distance: DistanceRecord): string {
  return `${formatEstimate(distance.js0)} ${definitionFacts(distance.definition).unit}`.trim();
}

/** Whether any two different blocks have a distance: zero blocks have none. */
function hasPairs(distance: DistanceRecord): boolean {
  return distance.matrix.some((row, i) =>
    row.some((value, j) => i !== j && value !== null && Number.isFinite(value)),
  );
}

/** What the noise floor says of one run's JS0, as the end of a sentence. */
function describeNoise({ distance, isExact }: Entry): string {
  const { mean } = distance.js0;
  if (isExact) return '; the spectra are exact, so none of it is noise.';
  if (distance.noiseFloor === null) return '; with one probe the part of it that is noise is unknown.';
  if (!(mean > CLEAR_OF_NOISE * distance.noiseFloor)) {
    return `, but halves of one block's own probes already differ by ${formatNumber(distance.noiseFloor, 2)}: that is not clear of noise, so more probes are needed.`;
  }
  return `, and ${formatNumber(mean / distance.noiseFloor, 2)} times what probe noise alone gives.`;
}

/** What one run's JS0 is, against its bound and its noise. */
function describeOne(entry: Entry): string {
  const { label, distance } = entry;
  const { bound } = definitionFacts(distance.definition);
  const { mean } = distance.js0;
  if (!hasPairs(distance)) return `${label} has fewer than two blocks to compare, so it has no JS0.`;
  const against =
    bound === null ? '' : `, ${formatNumber((100 * mean) / bound, 2)}% of the most there can be`;
  return `Two blocks of ${label} are on average ${valueText(distance)} apart${against}${describeNoise(entry)}`;
}

/** Definitions that the scale of the loss does not move and that order two runs the other way round. */
function dissenting(comparisons: readonly Comparison[], more: string, less: string): string[] {
  const meanOf = (comparison: Comparison, label: string) =>
    comparison.entries.find((entry) => entry.label === label)?.distance.js0.mean ?? Number.NaN;
  return comparisons
    .filter((comparison) => definitionFacts(comparison.definition).invariance !== 'none')
    .filter((comparison) => meanOf(comparison, more) < meanOf(comparison, less))
    .map((comparison) => comparison.definition);
}

/**
 * Which run has the blocks farthest apart by definitions that do tell the runs apart, though the headline does not; a
 * clause, empty when there are none.
 */
function elsewhere(comparisons: readonly Comparison[]): string {
  const byLabel = new Map<string, string[]>();
  for (const { definition, entries } of comparisons) {
    if (definitionFacts(definition).invariance === 'none') continue;
    const sorted = entries.filter((entry) => hasPairs(entry.distance));
    sorted.sort((a, b) => b.distance.js0.mean - a.distance.js0.mean);
    const [most, fewest] = [sorted[0], sorted.at(-1)];
    if (!most || !fewest || most.distance.js0.mean < TELLING_RATIO * fewest.distance.js0.mean) continue;
    byLabel.set(most.label, [...(byLabel.get(most.label) ?? []), definition]);
  }
  const clauses = [...byLabel].map(
    ([label, names]) => `by ${listed(names)} the blocks of ${label} are farther apart`,
  );
  return clauses.length === 0 ? '' : `, though ${listed(clauses)}`;
}

/** How the run with the largest JS0 stands to the one with the smallest, under the headline definition. */
function describeSeveral(comparisons: readonly Comparison[]): string {
  const known = comparisons[0]!.entries.filter((entry) => hasPairs(entry.distance));
  const sorted = [...known].sort((a, b) => b.distance.js0.mean - a.distance.js0.mean);
  const most = sorted[0];
  const fewest = sorted.at(-1);
  if (most === undefined || fewest === undefined || most === fewest)
    return 'There are not two runs with a JS0 to compare.';
  const joint = Math.hypot(most.distance.js0.standardError ?? 0, fewest.distance.js0.standardError ?? 0);
  const gap = most.distance.js0.mean - fewest.distance.js0.mean;
  if (gap <= CLEAR_STANDARD_ERRORS * joint || gap === 0) {
    return `The runs do not differ beyond the error of their probes by ${comparisons[0]!.definition}${elsewhere(comparisons.slice(1))}: nothing here says that Adam matters more for one than for another.`;
  }
  const ratio = most.distance.js0.mean / fewest.distance.js0.mean;
  const times = Number.isFinite(ratio)
    ? `${formatNumber(ratio, 2)} times as far apart as`
    : 'farther apart than';
  const comparison = `The blocks of ${most.label} are ${times} those of ${fewest.label}`;
  if (ratio < TELLING_RATIO) return `${comparison}: too little of a difference to choose an optimizer by.`;
  const others = dissenting(comparisons, most.label, fewest.label);
  if (others.length > 0) {
    return `${comparison} by ${comparisons[0]!.definition}, but by ${listed(others)} it is the other way round: these numbers do not settle for which of them Adam matters more.`;
  }
  return `${comparison}. The paper finds SGD falling behind Adam the more, the farther apart blocks are, so Adam is likelier to matter for ${most.label} than for ${fewest.label}.`;
}

/** What the headline definition sees and what it does not. */
function describeMeasure(headline: string): string {
  const sees = {
    block: 'which compares the shapes of spectra and not their scale.',
    loss: 'which sees how shapes and scales differ between blocks, and does not change when the loss is scaled.',
    none: 'which changes with the scale of the loss: compare models only where their losses have the same scale.',
  };
  return `Measured by ${headline}, ${sees[definitionFacts(headline).invariance]}`;
}

/** Settings in which the runs differ and which move JS0 by themselves. */
function differingSettings(records: readonly RunRecord[]): string[] {
  return ['probes', 'steps', 'tolerance', 'precision'].filter(
    (setting) =>
      new Set(records.map((record) => JSON.stringify(record.run.request[setting] ?? null))).size > 1,
  );
}

/** Where a run with a tolerance stopped, and with what errors; null for a run without. */
function describeConvergence(record: RunRecord, label: string): string | null {
  const rows = convergenceRows(record);
  if (rows.length === 0) return null;
  const largest = (errors: readonly (number | null)[]) => {
    const known = errors.filter((error) => error !== null);
    return known.length === 0 ? 'an unknown share' : formatNumber(Math.max(...known), 2);
  };
  const fewest = Math.min(...rows.map(({ fewestSteps }) => fewestSteps));
  const most = Math.max(...rows.map(({ mostSteps }) => mostSteps));
  const steps = largest(rows.map(({ stepError }) => stepError));
  const probes = largest(rows.map(({ probeError }) => probeError));
  return `The probes of ${label} took ${fewest} to ${most} steps, as their densities settled: by the stated errors more steps would move none by more than ${steps} of its range, more probes by ${probes}. Eigenvalues that are small against the range may move by more than themselves, and jsd-log looks at those too.`;
}

/** What is said when there is no common measure. */
function withoutHeadline(measuredRuns: number): string {
  return measuredRuns > 1
    ? 'The runs share no definition of distance, so their heterogeneity cannot be compared.'
    : 'No distances between blocks are known yet, so nothing can be said about heterogeneity.';
}

/**
 * The summary of one or several runs under their headline definition, with what limits it.
 *
 * @param records at least one.
 */
export function summarise(records: readonly RunRecord[]): Summary {
  const labels = runLabels(records);
  const measured = records.filter((record) => (record.distances?.definitions.length ?? 0) > 0);
  const headline = headlineDefinition(
    measured.map((record) => record.distances!.definitions.map((distance) => distance.definition)),
  );
  const comparisons = compare(records, labels, headline);
  const first = comparisons[0];
  if (headline === null || first === undefined) {
    return {
      headline,
      verdict: withoutHeadline(measured.length),
      details: [],
      caution: CAUTION,
      comparisons,
    };
  }
  const each = first.entries.map((entry) => describeOne(entry));
  const details = [describeMeasure(headline)];
  if (each.length > 1) details.push(...each);
  else
    details.push(
      'The paper finds SGD falling behind Adam the more, the larger this mean is; compare it with a run of a model whose training you know.',
    );
  const missing = labels.filter((label) => !first.entries.some((entry) => entry.label === label));
  if (missing.length > 0) details.push(`Without distances so far: ${missing.join(', ')}.`);
  details.push(...records.flatMap((record, index) => describeConvergence(record, labels[index]!) ?? []));
  const settings = measured.length > 1 ? differingSettings(measured) : [];
  if (settings.length > 0) {
    details.push(`The runs were made with different ${settings.join(' and ')}, which moves JS0 by itself.`);
  }
  const verdict = each.length > 1 ? describeSeveral(comparisons) : each[0]!;
  return { headline, verdict, details, caution: CAUTION, comparisons };
}
