/** Figure 6: what is left of heterogeneity, and of the gap, once a decoder has been pre-trained. */
import { UserError } from '../../errors.ts';
import { type Claim, judgeClaim } from '../claims.ts';
import { parseSpectrumRequest } from '../spectrum/request.ts';
import { parseTrainingRequest } from '../training/request.ts';
import {
  type ContestResult,
  contestOf,
  contestPicture,
  contestTrainings,
  judgeContest,
  judgeNarrower,
  SGD_AND_ADAMW,
} from './contest.ts';
import type {
  EarlierStage,
  FigureDefinition,
  FigureSpectrum,
  FigureTraining,
  Findings,
  SpectrumFinding,
  TrainingResult,
} from './definition.ts';
import { type Family, type FamilySettings, familiesOf } from './families.ts';
import { HEADLINE, QUICK_MEASUREMENT } from './figure-7.ts';
import { CONTEST_NOTES } from './optimizer-figures.ts';
import type { FigureRequest } from './request.ts';

const FROM_SCRATCH = 'from scratch';
const FINE_TUNED = 'fine-tuned';
const UNTRAINED = 'untrained, on instructions';
const PRE_TRAINED = 'pre-trained, on instructions';

/** JS0 is lower beyond doubt when it is so by more than this many joint standard errors. */
const SURE = 2;

/** What is trained, and for how long; steps are those of the trainings that are compared. */
interface Setting {
  readonly family: Family;
  readonly preTraining: FamilySettings & { readonly learningRate: number };
  readonly fineTuning: FamilySettings;
  /** Blocks that are measured. */
  readonly blocks: string;
}

/** Bytes make the vocabulary of text and instructions the same; 128 of them hold a question with its answer. */
const SMALL_CHOICES = { tokenizer: 'byte', modelOptions: { contextLength: 128 } };
/** Some ten minutes on two cores, pre-training and all; twice of both takes an hour. */
const SMALL_STEPS = 200;
const SMALL_BATCH = 16;
/** Much longer than what is compared, as a pre-training is. */
const PRE_TRAINING_LENGTH = 4;
/** D.1's 25 billion tokens in nanoGPT's batches of 480 sequences of 1,024. */
const PAPER_STEPS = 50_863;

/** @throws UserError for models of the paper's size without data. */
function settingOf(request: FigureRequest): Setting {
  const model = request.fullSize ? 'gpt2-paper' : 'gpt-pico';
  const [found] = familiesOf(request, (family) => family.model === model);
  const family = found as Family;
  const { settings } = family;
  if (request.fullSize && request.instructions === undefined)
    throw new UserError(
      `${model} of the paper's size: expected instructions by '--instructions <path>', found none; name a file such as AlpacaEval's.`,
    );
  if (request.fullSize)
    return {
      family,
      preTraining: { ...settings, steps: PAPER_STEPS, learningRate: 0.0006 },
      fineTuning: { ...settings, steps: request.steps ?? 1000, warmup: 20 },
      blocks: 'paper',
    };
  const small = {
    ...settings,
    ...SMALL_CHOICES,
    examples: request.quick ? 640 : 4000,
    steps: request.quick ? settings.steps : (request.steps ?? SMALL_STEPS),
    batch: request.quick ? settings.batch : (request.batch ?? SMALL_BATCH),
  };
  return {
    family: { ...family, settings: small },
    preTraining: { ...small, steps: PRE_TRAINING_LENGTH * small.steps, learningRate: 0.003 },
    // All instructions that there are.
    fineTuning: {
      ...small,
      steps: request.steps ?? (request.quick ? 20 : SMALL_STEPS),
      batch: SMALL_BATCH,
      examples: undefined,
    },
    blocks: 'all',
  };
}

export const FIGURE_6: FigureDefinition = {
  name: '6',
  title: 'Figure 6: after pre-training',
  summary: 'JS0, and SGD against AdamW, when a pre-trained decoder is fine-tuned on instructions',
  takes: ['rates', 'seeds', 'steps', 'batch', 'text', 'instructions', 'fullSize'],
  plan: (request) => {
    const setting = settingOf(request);
    const { family, preTraining, fineTuning } = setting;
    return {
      trainings: [
        preTrainingOf(setting, request),
        ...contestTrainings(`${family.model}-${FROM_SCRATCH}`, family, SGD_AND_ADAMW, request),
      ],
      spectra: [
        spectrumOf(setting, request, FROM_SCRATCH, { data: request.text }),
        spectrumOf(setting, request, UNTRAINED, { data: instructionsOf(request) }),
      ],
      notes: [
        ...CONTEST_NOTES,
        `${family.model}, ${family.settings.tokenizer ?? "the model's"} tokens: pre-trained by AdamW with ${preTraining.steps} steps of ${preTraining.batch}; compared from scratch with ${family.settings.steps} steps of ${family.settings.batch} of the same text, and from the pre-trained parameters with ${fineTuning.steps} steps of ${fineTuning.batch} instructions, where the loss is that of the answers.`,
      ],
    };
  },
  planNext: async (request, earlier) => {
    const setting = settingOf(request);
    const weights = weightsOf(setting, request, earlier);
    const family = { ...setting.family, settings: setting.fineTuning };
    const contestants = SGD_AND_ADAMW.map((contestant) => ({ ...contestant, settings: { weights } }));
    const onInstructions = { ...request, text: instructionsOf(request) };
    return {
      trainings: contestTrainings(`${family.model}-${FINE_TUNED}`, family, contestants, onInstructions),
      spectra: [spectrumOf(setting, request, PRE_TRAINED, { data: instructionsOf(request), weights })],
      notes: [],
    };
  },
  conclude: (request, { trainings, spectra }): Findings => {
    const { model } = settingOf(request).family;
    const scratch = contestOf(`${model}-${FROM_SCRATCH}`, trainings, 'sgd');
    const fineTuned = contestOf(`${model}-${FINE_TUNED}`, trainings, 'sgd');
    const js0 = Object.fromEntries(spectra.map((finding) => [finding.subject, finding.js0]));
    const told = spectra.map(({ subject, js0 }) => `${subject} ${js0[HEADLINE]?.toFixed(3) ?? 'none'}`);
    return {
      claims: [
        judgeFall(spectra),
        judgeContest(
          { id: '6-similar', text: 'SGD achieves a similar loss as Adam at convergence (Section 2.5).' },
          'on par',
          fineTuned,
        ),
        judgeSpeed(fineTuned),
        judgeNarrower(
          {
            id: '6-narrowed',
            text: 'Compared with training GPT2 from scratch, the gap between SGD and Adam is significantly narrowed down (Section 2.5).',
          },
          { contest: scratch, words: 'from scratch' },
          { contest: fineTuned, words: 'fine-tuned' },
        ),
      ],
      numbers: { js0, scratch, fineTuned },
      caption: `JS0 (${HEADLINE}): ${told.join('; ')}. SGD and AdamW, each at the learning rate with the least final loss on the examples held back.`,
      picture: contestPicture([
        { title: 'from scratch, on text', contests: [scratch] },
        { title: 'pre-trained, on instructions', contests: [fineTuned] },
      ]),
    };
  },
};

function instructionsOf({ instructions }: FigureRequest): string {
  return instructions ?? 'countries';
}

/** One pre-training, with seed 0, serves all seeds of the fine-tuning. */
function preTrainingOf({ family, preTraining }: Setting, request: FigureRequest): FigureTraining {
  const { learningRate } = preTraining;
  const training = parseTrainingRequest({
    model: family.model,
    data: request.text,
    ...preTraining,
    optimizer: 'adamw',
    schedule: 'cosine',
    evaluateEvery: Math.ceil(preTraining.steps / 8),
    checkpoints: [1],
    threads: request.threads,
    device: request.device,
  });
  const subject = `${family.model}-pre-training`;
  return { name: subject, subject, optimizer: 'adamw', learningRate, seed: 0, request: training };
}

function weightsOf(setting: Setting, request: FigureRequest, earlier: EarlierStage): string {
  return earlier.lastParameters(preTrainingOf(setting, request));
}

function spectrumOf(
  { family, blocks }: Setting,
  { threads, device, quick }: FigureRequest,
  subject: string,
  where: { readonly data: string | undefined; readonly weights?: string },
): FigureSpectrum {
  const { tokenizer, modelOptions } = family.settings;
  return {
    name: `${family.model}-${subject.replace(/[^\w]+/g, '-')}`,
    subject,
    request: parseSpectrumRequest({
      model: family.model,
      tokenizer,
      modelOptions,
      ...where,
      threads,
      device,
      blocks,
      ...(quick ? QUICK_MEASUREMENT : {}),
    }),
  };
}

/** Judges whether pre-trained blocks are more alike than those of a network that starts from scratch. */
export function judgeFall(spectra: readonly SpectrumFinding[]): Claim {
  const [before, after] = [FROM_SCRATCH, PRE_TRAINED].map((name) => {
    const found = spectra.find(({ subject }) => subject === name);
    return { js0: found?.js0[HEADLINE] ?? Number.NaN, error: found?.js0Errors[HEADLINE] ?? 0 };
  }) as [{ js0: number; error: number }, { js0: number; error: number }];
  const fall = before.js0 - after.js0;
  const error = Math.hypot(before.error, after.error);
  return judgeClaim(
    {
      id: '6-js0',
      text: 'Pre-trained GPT2 on SFT tasks exhibits less block heterogeneity compared to pre-training GPT2 from scratch (Section 2.5).',
      threshold: `JS0 (${HEADLINE}) lower by more than ${SURE} joint standard errors; lower at all: partly`,
    },
    `${after.js0.toFixed(3)} pre-trained, ${before.js0.toFixed(3)} from scratch, joint error ${error.toFixed(3)}`,
    fall > SURE * error,
    fall > 0,
  );
}

/** Judges whether SGD is behind while both still learn, at the first evaluation, seed by seed. */
export function judgeSpeed({ verdicts }: ContestResult): Claim {
  const pairs = verdicts.map((seed) => [firstLoss(seed, 'sgd'), firstLoss(seed, 'adamw')] as const);
  const isSlower = pairs.map(([sgd, adamw]) => sgd !== null && adamw !== null && sgd > adamw);
  const shown = (loss: number | null) => loss?.toFixed(3) ?? 'diverged';
  return judgeClaim(
    {
      id: '6-slower',
      text: 'SGD is still slower than Adam (Section 2.5).',
      threshold: `after a quarter of the steps SGD's loss above AdamW's${pairs.length > 1 ? ' with every seed; with some: partly' : ''}`,
    },
    pairs.map(([sgd, adamw]) => `${shown(sgd)} against ${shown(adamw)}`).join('; '),
    isSlower.length > 0 && isSlower.every(Boolean),
    isSlower.some(Boolean),
  );
}

function firstLoss(verdicts: ContestResult['verdicts'][number], label: string): number | null {
  const best = verdicts.find(({ optimizer }) => optimizer === label)?.best as
    | TrainingResult
    | null
    | undefined;
  return best?.evaluations[0]?.loss ?? null;
}
