import { UserError } from '../../errors.ts';
import type { SourceDataset } from '../../network/data/dataset.ts';
import { initialiseParameters } from '../../network/models/parameters.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { Augmentation } from '../../training/augmentation.ts';
import { type Examples, examplesOf } from '../../training/examples.ts';
import { optimizerNamed } from '../../training/optimizers/index.ts';
import type { Optimizer } from '../../training/optimizers/optimizer.ts';
import { startTraining, Trainer, type TrainingSettings, type TrainingState } from '../../training/trainer.ts';
import { type OpenedModel, openModelAndData } from '../model/open.ts';
import { DEFAULT_VALIDATION_IMAGES, DEFAULT_VALIDATION_TOKENS, type TrainingRequest } from './request.ts';

const SGD_RATE = 0.1;
const ADAPTIVE_RATE = 1e-3;
const LANGUAGE_CLIP = 1;

/** A training request made concrete. */
export interface TrainingSubject extends OpenedModel {
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
  readonly training: Examples;
  /** Those examples held back that an evaluation looks at. */
  readonly validation: Examples;
  /** Of what is trained on; null for none. */
  readonly augmentation: Augmentation | null;
  /** Which examples are trained on and which are held back, as a phrase. */
  readonly division: string;
}

/**
 * Opens the model, the data and the optimizer of a request.
 * @throws UserError for anything that does not exist or does not fit, and when there are too few examples for a batch.
 */
export async function openTraining(request: TrainingRequest): Promise<TrainingSubject> {
  const optimizer = optimizerNamed(request.optimizer, request.optimizerSettings);
  const opened = await openModelAndData(request, () => ({
    batchSize: 1,
    microBatches: request.examples ?? 'all',
  }));
  const settings = settingsOf(request, opened.data.kind !== 'images');
  const examples =
    request.validationSplit === undefined
      ? heldBack(opened.data, request)
      : await inTwoParts(opened.data, request);
  return { ...opened, optimizer, settings, ...examples, augmentation: augmentationOf(request, opened.data) };
}

type Division = Pick<TrainingSubject, 'training' | 'validation' | 'division'>;

/** The last examples of the data are held back. */
function heldBack(data: SourceDataset, request: TrainingRequest): Division {
  const { batch, validationShare } = request;
  const count = data.microBatchCount;
  const held = Math.max(batch, Math.round(count * validationShare));
  const trained = count - held;
  if (trained < batch)
    throw new UserError(
      `Expected at least ${2 * batch} examples, a batch to train on and one to be judged by, found ${count}; take a smaller 'batch' or more data.`,
    );
  const judged = judgedCount(request, data, held);
  return {
    training: examplesOf(data, 0, trained),
    validation: examplesOf(data, trained, trained + judged),
    division: `the first ${trained} trained on in a new order each epoch, the last ${held} held back, the first ${judged} of which judge it`,
  };
}

/** All of one part is trained on, all of the other held back. */
async function inTwoParts(data: SourceDataset, request: TrainingRequest): Promise<Division> {
  const { batch, split = 'train', validationSplit } = request;
  if (validationSplit === split)
    throw new UserError(
      `'validationSplit': expected the part that is not trained on, found '${split}', which is; choose the other one.`,
    );
  const { data: other } = await openModelAndData(
    { ...request, split: validationSplit, weights: undefined },
    () => ({ batchSize: 1, microBatches: 'all' }),
  );
  const [count, held] = [data.microBatchCount, other.microBatchCount];
  if (Math.min(count, held) < batch)
    throw new UserError(
      `Expected at least ${batch} examples in each part, found ${count} to train on and ${held} to be judged by; take a smaller 'batch' or more data.`,
    );
  const judged = judgedCount(request, other, held);
  return {
    training: examplesOf(data, 0, count),
    validation: examplesOf(other, 0, judged),
    division: `all ${count} trained on in a new order each epoch, the ${held} of the part '${validationSplit}' held back, the first ${judged} of which judge it`,
  };
}

/**
 * How many examples an evaluation looks at. They are the first of those held back: with the classes of a data set in
 * turn, every other example would leave out half of the classes.
 */
function judgedCount(request: TrainingRequest, data: SourceDataset, held: number): number {
  const usual =
    data.kind === 'images'
      ? DEFAULT_VALIDATION_IMAGES
      : Math.ceil(DEFAULT_VALIDATION_TOKENS / data.contextLength);
  const wanted = Math.max(request.batch, request.validationExamples ?? usual);
  return Math.min(wanted, held);
}

/** @throws UserError when what is to be augmented is no picture. */
function augmentationOf({ augment, seed }: TrainingRequest, data: SourceDataset): Augmentation | null {
  if (augment === 'none') return null;
  if (data.kind !== 'images' || !data.imageShape || !data.black)
    throw new UserError(
      `'augment': expected pictures to ${augment}, found ${data.kind === 'images' ? 'features that are no picture' : 'text'} in '${data.name}'; leave it out.`,
    );
  return new Augmentation({ kind: augment, shape: data.imageShape, black: data.black, seed });
}

/** Compiles a training's graphs, and its state before the first step. */
export async function beginTraining(
  subject: TrainingSubject,
  { precision, seed }: TrainingRequest,
  engine: Engine,
): Promise<{ trainer: Trainer; state: TrainingState }> {
  const { model, optimizer, weights } = subject;
  const trainer = await Trainer.open({ ...subject, engine, precision });
  const values = weights?.values ?? initialiseParameters(model, seed, precision);
  return { trainer, state: startTraining(optimizer, values) };
}

function settingsOf(request: TrainingRequest, isLanguage: boolean): TrainingSettings {
  const isSgd = request.optimizer === 'sgd' || request.optimizer === 'blockwise-sgd';
  const clip = request.clip ?? (isLanguage ? LANGUAGE_CLIP : 0);
  return {
    steps: request.steps,
    batchSize: request.batch,
    accumulation: request.accumulation,
    learningRate: request.learningRate ?? (isSgd ? SGD_RATE : ADAPTIVE_RATE),
    schedule: {
      kind: request.schedule,
      warmupSteps: request.warmup,
      finalFactor: request.finalFactor,
      decayFactor: request.decayFactor,
      decayEverySteps: request.decayEvery ?? request.steps,
    },
    weightDecay: request.weightDecay,
    clipNorm: clip === 0 ? null : clip,
    dropout: request.dropout ?? null,
    seed: request.seed,
    divergenceFactor: request.divergenceFactor,
  };
}
