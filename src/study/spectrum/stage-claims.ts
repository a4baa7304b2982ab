/** What the paper says of the spectrum of the whole Hessian along a training (Figure 1 and section 2.2). */
import { BULK_TAIL, type Estimate, OUTLIER_WIDTHS, ZERO_SHARE } from '../../spectrum/index.ts';
import { type Claim, judgeClaim, type OpenClaim } from '../claims.ts';
import type { Stage, StageSpectrum } from './stages.ts';

const shown = (value: number) => String(Number(value.toPrecision(3)));
const percent = (share: number) => `${shown(100 * share)} %`;

/** |asymmetry of mass| up to which a spectrum is symmetric: at most 0.2 means sides of 60 % and 40 % at most. */
const SYMMETRIC_MASS = 0.2;
/** The shorter side's reach as a share of the longer one's. */
const SYMMETRIC_REACH = 0.5;
/** "The majority" of the negative mass has gone where no more than this share of it is left. */
const MAJORITY_LEFT = 0.5;
/** The fewest outliers that are "some". */
const SOME_OUTLIERS = 2;
/** Largest eigenvalue over the 10th largest from which on an outlier is "notably large", and from which it surely is. */
const LARGE_OUTLIER = 10;
const VERY_LARGE_OUTLIER = 100;

const SYMMETRIC: OpenClaim = {
  id: 'figure-1-symmetric',
  text: "The spectrum's shape is approximately symmetrical around 0 at initialization.",
  threshold: `agrees: the masses beyond ±${ZERO_SHARE} N differ by at most ${SYMMETRIC_MASS} of their sum, and the shorter side reaches at least ${SYMMETRIC_REACH} times as far as the longer one; partly: one of the two`,
};

const NEGATIVES_GONE: OpenClaim = {
  id: 'figure-1-negative-disappear',
  text: 'As training proceeds, the majority of negative eigenvalues disappear.',
  threshold: `agrees: at most ${percent(MAJORITY_LEFT)} of the mass that lay below -${ZERO_SHARE} N at initialisation is left; partly: it has shrunk by more than two standard errors`,
};

const BULK_AND_OUTLIERS: OpenClaim = {
  id: 'figure-1-bulk-and-outliers',
  text: 'The shape evolves into a combination of a "bulk" and some "outliers".',
  threshold: `agrees: at least ${SOME_OUTLIERS} eigenvalues lie more than ${OUTLIER_WIDTHS} times the width of the bulk (all but ${percent(BULK_TAIL)} of the mass at either end) away from it; partly: at least 1`,
};

const NO_LARGE_OUTLIER: OpenClaim = {
  id: 'figure-1-no-large-outlier',
  text: 'The eigenvalues are dispersed similarly across different models, with no notably large outlier for Transformers.',
  threshold: `agrees: the largest eigenvalue is at most ${LARGE_OUTLIER} N; partly: at most ${VERY_LARGE_OUTLIER} N (one training says nothing of how alike models are)`,
};

/**
 * What the paper says of one stage: of initialisation that it is symmetric, of later ones that negative eigenvalues
 * have gone and that bulk and outliers are left, of all that no outlier is large. N is the stage's 10th largest eigenvalue.
 *
 * @param start the stage at initialisation, to compare with; null where it was not measured.
 * @returns none where the whole Hessian was not measured.
 */
export function claimsOfStage({ step, full }: Stage, start: Stage | null): Claim[] {
  if (full === null) return [];
  if (step === 0) return [symmetric(full), noLargeOutlier(full)];
  const before = start?.full ?? null;
  const gone = before === null ? [] : [negativesGone(full, before)];
  return [...gone, bulkAndOutliers(full), noLargeOutlier(full)];
}

/**
 * What the paper says of a whole training: its beginning by the stage at initialisation, the others by the last stage,
 * and the largest outlier by the stage that has it. What was not measured is left out.
 *
 * @param stages in the order of their steps.
 */
export function claimsOfTraining(stages: readonly Stage[]): Claim[] {
  const start = stageAtStart(stages);
  const last = stages.at(-1);
  const of = (stage: Stage | null | undefined) => (stage ? claimsOfStage(stage, start) : []);
  const outliers = stages
    .flatMap(({ full }) => (full ? [full] : []))
    .sort((a, b) => b.largestNormalised.mean - a.largestNormalised.mean);
  const isOutlierClaim = ({ id }: Claim) => id === NO_LARGE_OUTLIER.id;
  const evolution = last === start ? [] : of(last);
  return [
    ...[...of(start), ...evolution].filter((claim) => !isOutlierClaim(claim)),
    ...outliers.slice(0, 1).map(noLargeOutlier),
  ];
}

/** The stage before the first step, where there is one. */
export function stageAtStart(stages: readonly Stage[]): Stage | null {
  return stages.find(({ step }) => step === 0) ?? null;
}

function symmetric({ massAsymmetry, largestNormalised, leastNormalised }: StageSpectrum): Claim {
  const sides = [Math.max(0, largestNormalised.mean), Math.max(0, -leastNormalised.mean)];
  const reach = Math.max(...sides) === 0 ? 1 : Math.min(...sides) / Math.max(...sides);
  const isBalanced = Math.abs(massAsymmetry.mean) <= SYMMETRIC_MASS;
  const isEven = reach >= SYMMETRIC_REACH;
  return judgeClaim(
    SYMMETRIC,
    `asymmetry of mass ${shown(massAsymmetry.mean)}; from ${shown(leastNormalised.mean)} N to ${shown(largestNormalised.mean)} N, one side reaching ${shown(reach)} times as far as the other`,
    isBalanced && isEven,
    isBalanced || isEven,
  );
}

function negativesGone(now: StageSpectrum, before: StageSpectrum): Claim {
  const [mass, massBefore] = [now.negativeMass, before.negativeMass];
  const left = massBefore.mean === 0 ? 1 : mass.mean / massBefore.mean;
  // The positive side is told as well: where both have shrunk alike, it is the wings that went.
  return judgeClaim(
    NEGATIVES_GONE,
    `${percent(mass.mean)} of the mass below -${ZERO_SHARE} N, ${percent(massBefore.mean)} at initialisation; above ${ZERO_SHARE} N ${percent(now.positiveMass.mean)}, ${percent(before.positiveMass.mean)} at initialisation`,
    left <= MAJORITY_LEFT,
    massBefore.mean - mass.mean > 2 * Math.hypot(errorOf(mass), errorOf(massBefore)),
  );
}

function bulkAndOutliers({ outliers, dispersion }: StageSpectrum): Claim {
  return judgeClaim(
    BULK_AND_OUTLIERS,
    `${shown(outliers.mean)} outliers (mean over probes); the bulk is ${shown(dispersion.mean)} N wide`,
    outliers.mean >= SOME_OUTLIERS,
    outliers.mean >= 1,
  );
}

function noLargeOutlier({ largestNormalised: { mean } }: StageSpectrum): Claim {
  return judgeClaim(
    NO_LARGE_OUTLIER,
    `largest eigenvalue ${shown(mean)} N`,
    mean <= LARGE_OUTLIER,
    mean <= VERY_LARGE_OUTLIER,
  );
}

/** One probe tells nothing of its error; any shrinking then counts. */
const errorOf = ({ standardError }: Estimate) => standardError ?? 0;
