/** SGD against AdamW on a model, each at its best learning rate, and whether the paper says what was found. */
import { type Claim, judgeClaim } from '../claims.ts';
import {
  defaultRates,
  gridOf,
  judge,
  type OptimizerVerdict,
  PAR_GAP,
  parseComparisonRequest,
  relativeGapOf,
} from '../training/comparison.ts';
import type { TrainingRequest } from '../training/request.ts';
import type { FigureTraining, Picture, TrainingResult } from './definition.ts';
import type { Expectation, Family } from './families.ts';
import type { FigureRequest } from './request.ts';

/** Choices of all figures that compare SGD with AdamW. */
export const CONTEST_CHOICES = ['rates', 'seeds', 'steps', 'batch', 'examples', 'images', 'text'] as const;

const EVALUATIONS = 4;

/** One side of a contest. */
export interface Contestant {
  /** How results name it. */
  readonly label: string;
  readonly optimizer: string;
  /** Keys of a training request that only it has. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly optimizerSettings?: TrainingRequest['optimizerSettings'];
}

/** The paper's two. */
export const SGD_AND_ADAMW: readonly Contestant[] = [
  { label: 'sgd', optimizer: 'sgd' },
  { label: 'adamw', optimizer: 'adamw' },
];

/**
 * The trainings of a contest.
 *
 * @param subject what results and folders call it.
 */
export function contestTrainings(
  subject: string,
  family: Family,
  contestants: readonly Contestant[],
  request: FigureRequest,
): FigureTraining[] {
  const seeds = Array.from({ length: request.seeds ?? 1 }, (_, seed) => seed);
  return contestants.flatMap(({ label, optimizer, settings, optimizerSettings }) => {
    const rates = request.rates ?? defaultRates(optimizer);
    const tried = request.quick && !request.rates ? rates.filter((_, index) => index % 3 === 1) : rates;
    return seeds.flatMap((seed) => {
      const comparison = parseComparisonRequest({
        model: family.model,
        data: request[family.dataKind],
        ...family.settings,
        ...settings,
        schedule: 'cosine',
        evaluateEvery: Math.ceil(family.settings.steps / EVALUATIONS),
        checkpoints: [],
        optimizers: [optimizer],
        rates: [...tried],
        seed,
        threads: request.threads,
        device: request.device,
      });
      return gridOf(comparison).map(({ learningRate, request: training }) => ({
        name: `${fileName(subject)}-${fileName(label)}-${learningRate}-seed-${seed}`,
        subject,
        optimizer: label,
        learningRate,
        seed,
        request: optimizerSettings ? { ...training, optimizerSettings } : training,
      }));
    });
  });
}

function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, '-');
}

/** What a contest came to. */
export interface ContestResult {
  readonly subject: string;
  /** How far the one behind is: for each seed, and their mean; null where it is not defined. */
  readonly relativeGaps: readonly (number | null)[];
  readonly relativeGap: number | null;
  /** For each seed, whether every rate of the one behind has diverged while the one ahead has learnt. */
  readonly behindHasFailed: readonly boolean[];
  /** For each seed, the best point of each optimizer. */
  readonly verdicts: readonly (readonly OptimizerVerdict[])[];
}

/** The relative gaps of a contest between two labels. */
export function contestOf(
  subject: string,
  results: readonly TrainingResult[],
  behind: string,
  ahead = 'adamw',
): ContestResult {
  const own = results.filter((result) => result.subject === subject);
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const verdicts = seeds.map((seed) =>
    judge(own.filter((result) => result.seed === seed && [behind, ahead].includes(result.optimizer))),
  );
  const relativeGaps = seeds.map((seed, index) => {
    const initial = own.find((result) => result.seed === seed)?.initialLoss ?? null;
    return relativeGapOf(verdicts[index] ?? [], behind, ahead, initial);
  });
  const known = relativeGaps.filter((gap) => gap !== null);
  const bestOf = (index: number, label: string) =>
    verdicts[index]?.find(({ optimizer }) => optimizer === label)?.best ?? null;
  return {
    subject,
    relativeGaps,
    relativeGap:
      known.length < seeds.length || known.length === 0
        ? null
        : known.reduce((sum, gap) => sum + gap, 0) / known.length,
    behindHasFailed: seeds.map((_, index) => !bestOf(index, behind) && bestOf(index, ahead) !== null),
    verdicts,
  };
}

/**
 * Judges what the paper says of a contest.
 *
 * @param claim its id, and the paper's words.
 */
export function judgeContest(
  claim: Pick<Claim, 'id' | 'text'>,
  expectation: Exclude<Expectation, null>,
  contest: ContestResult,
): Claim {
  const { relativeGaps, relativeGap, behindHasFailed, verdicts } = contest;
  const isBorneOut = relativeGaps.map((gap, seed) =>
    expectation === 'on par'
      ? gap !== null && gap <= PAR_GAP
      : (gap !== null && gap > PAR_GAP) || behindHasFailed[seed] === true,
  );
  const bound = `relative gap ${expectation === 'on par' ? 'at most' : 'above'} ${PAR_GAP}`;
  const atEdge = verdicts.flat().filter(({ isAtEdge }) => isAtEdge);
  const edges = [...new Set(atEdge.map(({ optimizer }) => optimizer))];
  const told = relativeGaps.map((gap, seed) =>
    gap !== null ? gap.toFixed(3) : behindHasFailed[seed] ? 'diverged at every rate' : 'not defined',
  );
  return {
    ...claim,
    threshold: `${bound}${relativeGaps.length > 1 ? ' with every seed; with some of them: partly' : ''}`,
    found: `${told.length > 1 ? `${told.join(', ')}; mean ${relativeGap?.toFixed(3) ?? 'not defined'}` : told[0]}${edges.length > 0 ? ` (best rate at the edge of the grid: ${edges.join(', ')})` : ''}`,
    verdict:
      isBorneOut.length > 0 && isBorneOut.every(Boolean)
        ? 'agrees'
        : isBorneOut.some(Boolean)
          ? 'partly'
          : 'does not',
  };
}

/** Of a gap, at most this share is left where it counts as narrowed. */
const NARROWED = 0.5;

/** A contest, and how a sentence calls it. */
interface NamedContest {
  readonly contest: ContestResult;
  readonly words: string;
}

/** Judges whether the gap of one contest is smaller than that of another, by the means over seeds. */
export function judgeNarrower(
  claim: Pick<Claim, 'id' | 'text'>,
  wide: NamedContest,
  narrow: NamedContest,
): Claim {
  const [before, after] = [wide.contest.relativeGap, narrow.contest.relativeGap];
  const shown = (gap: number | null) => gap?.toFixed(3) ?? 'not defined';
  const isNarrower = before !== null && after !== null && after < before;
  return judgeClaim(
    { ...claim, threshold: `the relative gap at most half of that ${wide.words}; smaller at all: partly` },
    `${shown(after)} ${narrow.words}, ${shown(before)} ${wide.words}`,
    isNarrower && after <= NARROWED * Math.max(before, 0),
    isNarrower,
  );
}

/** For each contest a panel with the best training of each side, with the first seed. */
export function contestPicture(
  contests: readonly { readonly title: string; readonly contests: readonly ContestResult[] }[],
): Picture {
  return {
    kind: 'curves',
    panels: contests.map(({ title, contests }) => {
      const bests = contests.flatMap(({ verdicts }) => (verdicts[0] ?? []).flatMap(({ best }) => best ?? []));
      const distinct = [...new Map(bests.map((best) => [best.name, best])).values()];
      return {
        title,
        curves: distinct.map(({ name, optimizer, learningRate }) => ({
          label: `${titleOf(optimizer)}, learning rate ${learningRate}`,
          training: name,
        })),
      };
    }),
  };
}

/** An optimizer as the paper writes it. */
function titleOf(optimizer: string): string {
  return optimizer.replace(/^sgd/, 'SGD').replace(/^adamw/, 'AdamW');
}
