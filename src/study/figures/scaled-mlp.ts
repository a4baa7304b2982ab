/** The trainings of Figures 5 (a) and 14: an MLP whose layers' outputs are multiplied by a constant c (Section D.3). */
import { mean } from 'simple-statistics';
import type { Claim } from '../claims.ts';
import { parseTrainingRequest } from '../training/request.ts';
import type { FigurePlan, FigureTraining, SpreadPoint, TrainingResult } from './definition.ts';
import { rankCorrelation } from './rank-correlation.ts';
import type { FigureRequest } from './request.ts';

/** What Figures 5 (a) and 14 let one choose. */
export const SCALED_MLP_CHOICES = [
  'data',
  'heldBack',
  'cs',
  'rates',
  'seeds',
  'steps',
  'batch',
  'examples',
] as const satisfies readonly (keyof FigureRequest)[];

/** The two that are compared. */
export const SCALED_MLP_OPTIMIZERS = ['sgd', 'adam'] as const;

/** D.3: c from 1 to 15, rates from 1e-4 to 1e-1, batches of 128, one epoch of 60,000 images. */
const FULL = {
  cs: Array.from({ length: 15 }, (_, index) => index + 1),
  rates: [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
  seeds: 3,
  steps: 469,
  batch: 128,
  examples: undefined,
};
const QUICK = { ...FULL, cs: [1, 5, 15], rates: [1e-3, 1e-2, 1e-1], seeds: 1, steps: 40, examples: 3000 };

const EVALUATIONS = 5;
/** Accuracy is told to a tenth of a point, so all that is held back judges it. */
const ALL_IMAGES = 1e6;
/**
 * Only what goes to infinity has diverged: Adam with a large rate comes back from losses of more than ten times the
 * first one, and to end it there would count against it.
 */
const DIVERGENCE_FACTOR = 1e12;

/** The least correlation of SGD's accuracy with c, its fall and Adam's range in points of accuracy. */
const FALLING = -0.8;
const FALL_POINTS = 5;
const STEADY_POINTS = 1;

/** The trainings, the same for both figures. */
export function scaledMlpPlan(request: FigureRequest): FigurePlan {
  const { cs, rates, seeds, steps, batch, examples } = settingsOf(request);
  const data = request.data ?? 'digits';
  const hasTest = data !== 'digits' && request.heldBack !== true;
  const trainings = cs.flatMap((c) =>
    SCALED_MLP_OPTIMIZERS.flatMap((optimizer) =>
      rates.flatMap((learningRate) =>
        Array.from({ length: seeds }, (_, seed): FigureTraining => {
          const choices = { model: 'mlp', data, outputScale: c, optimizer, learningRate, seed, steps, batch };
          const { threads, device } = request;
          return {
            name: `mlp-c${c}-${optimizer}-${learningRate}-seed-${seed}`,
            subject: subjectOf(c),
            optimizer,
            learningRate,
            seed,
            request: parseTrainingRequest({
              ...choices,
              examples,
              threads,
              device,
              validationSplit: hasTest ? 'test' : undefined,
              validationExamples: ALL_IMAGES,
              evaluateEvery: Math.ceil(steps / EVALUATIONS),
              divergenceFactor: DIVERGENCE_FACTOR,
              checkpoints: [],
            }),
          };
        }),
      ),
    ),
  );
  return { trainings, spectra: [], notes: notesOf(request, data, hasTest) };
}

function notesOf(request: FigureRequest, data: string, hasTest: boolean): string[] {
  const { rates, seeds } = settingsOf(request);
  return [
    'c multiplies the output of each layer, the logits included, in every pass; the weights are drawn as for c = 1.',
    `Learning rates: ${rates.join(', ')}, for SGD (momentum 0.9) and Adam alike; ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}.`,
    stepsNote(request, data),
    hasTest
      ? 'Accuracy is on the test part of the data, in whole batches.'
      : 'Accuracy is on the last tenth of the images, which is never trained on, in whole batches.',
    'The best rate is the one with the highest mean over seeds after the last step. A training that has diverged counts with its accuracy before the first step.',
  ];
}

/** What the steps are in epochs, where they are the paper's. */
function stepsNote(request: FigureRequest, data: string): string {
  const { steps, batch, examples } = settingsOf(request);
  const told = `${steps} steps of ${batch} images`;
  if (steps !== FULL.steps || batch !== FULL.batch) return `${told}.`;
  const isShort = data === 'digits' && examples === undefined;
  return `${told}, one epoch of MNIST's 60,000${isShort ? '; of the 9,000 digits that are trained on here it is 6.7: the steps are those of the paper, the epochs are not' : ''}.`;
}

function settingsOf(request: FigureRequest) {
  const base = request.quick ? QUICK : FULL;
  return {
    cs: [...new Set(request.cs ?? base.cs)].sort((a, b) => a - b),
    rates: request.rates ?? base.rates,
    seeds: request.seeds ?? base.seeds,
    steps: request.steps ?? base.steps,
    batch: request.batch ?? base.batch,
    examples: request.examples ?? base.examples,
  };
}

function subjectOf(c: number): string {
  return `c = ${c}`;
}

/** An optimizer's best rate for one c. */
export interface BestOfScale {
  readonly c: number;
  readonly learningRate: number;
  /** Accuracy for each seed at that rate, 0 to 1. */
  readonly accuracies: readonly number[];
  /** Trainings of this optimizer and c, at all rates, that have diverged. */
  readonly divergedCount: number;
  readonly trainingCount: number;
}

/** The best rate of an optimizer for each c, in ascending c. */
export function bestByScale(
  request: FigureRequest,
  results: readonly TrainingResult[],
  optimizer: string,
): BestOfScale[] {
  return settingsOf(request).cs.map((c) => {
    const own = results.filter((result) => result.optimizer === optimizer && result.subject === subjectOf(c));
    const rates = [...new Set(own.map(({ learningRate }) => learningRate))];
    const candidates = rates.map((learningRate) => ({
      learningRate,
      accuracies: own.filter((result) => result.learningRate === learningRate).map(accuracyOf),
    }));
    const best = candidates.reduce((a, b) => (mean(b.accuracies) > mean(a.accuracies) ? b : a));
    const divergedCount = own.filter(({ hasDiverged }) => hasDiverged).length;
    return { c, ...best, divergedCount, trainingCount: own.length };
  });
}

/** Nothing is left of what a diverged training had learnt. */
function accuracyOf({ finalAccuracy, initialAccuracy }: TrainingResult): number {
  return finalAccuracy ?? initialAccuracy ?? 0;
}

/** The accuracies in percent over c. */
export function accuracyPoints(bests: readonly BestOfScale[]): SpreadPoint[] {
  return bests.map(({ c, accuracies }) => ({
    x: c,
    mean: 100 * mean(accuracies),
    least: 100 * Math.min(...accuracies),
    largest: 100 * Math.max(...accuracies),
  }));
}

/**
 * Judges the caption that both figures share.
 *
 * @param id of the claim.
 * @param sgd accuracies in percent over ascending c; `adam` alike.
 */
export function judgeScaledMlp(id: string, sgd: readonly SpreadPoint[], adam: readonly SpreadPoint[]): Claim {
  const [sgdMeans, adamMeans] = [sgd, adam].map((points) => points.map(({ mean }) => mean)) as [
    number[],
    number[],
  ];
  const correlation = rankCorrelation(
    sgd.map(({ x }) => x),
    sgdMeans,
  );
  const fall = (sgdMeans[0] ?? 0) - (sgdMeans.at(-1) ?? 0);
  const range = Math.max(...adamMeans) - Math.min(...adamMeans);
  const sgdFalls = correlation !== null && correlation <= FALLING && fall >= FALL_POINTS;
  const adamIsSteady = range <= STEADY_POINTS;
  const ends = `from c = ${sgd[0]?.x} to ${sgd.at(-1)?.x}`;
  return {
    id,
    text: 'SGD performs worse as heterogeneity grows, while Adam remains unaffected.',
    threshold: `SGD: rank correlation of its best accuracy with c at most ${FALLING}, and a fall of at least ${FALL_POINTS} points from the least c to the largest. Adam: a range of at most ${STEADY_POINTS} point. Both: agrees; one of them: partly.`,
    found: `SGD: rank correlation ${correlation === null ? 'none, all accuracies are equal' : correlation.toFixed(2)}, a fall of ${fall.toFixed(1)} points ${ends}. Adam: a range of ${range.toFixed(1)} points.`,
    verdict: sgdFalls && adamIsSteady ? 'agrees' : sgdFalls || adamIsSteady ? 'partly' : 'does not',
  };
}
