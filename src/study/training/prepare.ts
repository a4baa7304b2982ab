import { UserError } from '../../errors.ts';
import type { SourceDataset } from '../../network/data/dataset.ts';
import { initialiseParameters } from '../../network/models/parameters.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { type Examples, examplesOf } from '../../training/examples.ts';
import { optimizerNamed } from '../../training/optimizers/index.ts';
import type { Optimizer } from '../../training/optimizers/optimizer.ts';
import { startTraining, Trainer, type TrainingSettings, type TrainingState } from '../../training/trainer.ts';
import { type OpenedModel, openModelAndData } from '../model/open.ts';
import type { TrainingRequest } from './request.ts';

const SGD_RATE = 0.1;
const ADAPTIVE_RATE = 1e-3;
const LANGUAGE_CLIP = 1;

/** A training request made concrete. */
export interface TrainingSubject extends OpenedModel {
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
  readonly training: Examples;
  readonly validation: Examples;
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
  return { ...opened, optimizer, settings, ...examples };
}

type Division = Pick<TrainingSubject, 'training' | 'validation' | 'division'>;

/** The last examples of the data are held back. */
function heldBack(data: SourceDataset, { batch, validationShare }: TrainingRequest): Division {
  const count = data.microBatchCount;
  const held = Math.max(batch, Math.round(count * validationShare));
  const trained = count - held;
  if (trained < batch)
    throw new UserError(
      `Expected at least ${2 * batch} examples, a batch to train on and one to be judged by, found ${count}; take a smaller 'batch' or more data.`,
    );
  return {
    training: examplesOf(data, 0, trained),
    validation: examplesOf(data, trained, count),
    division: `the first ${trained} trained on in a new order each epoch, the last ${held} held back`,
  };
}

/** All of one part is trained on, all of the other held back. */
async function inTwoParts(data: SourceDataset, request: TrainingRequest): Promise<Division> {
  const { batch, split = 'train', validationSplit } = request;
  if (validationSplit === split)
    throw new UserError(
      `'validationSplit': expected the part that is not trained on, found '${split}', which is; choose the other one.`,
    );
  const { data: judged } = await openModelAndData(
    { ...request, split: validationSplit, weights: undefined },
    () => ({ batchSize: 1, microBatches: 'all' }),
  );
  const [count, held] = [data.microBatchCount, judged.microBatchCount];
  if (Math.min(count, held) < batch)
    throw new UserError(
      `Expected at least ${batch} examples in each part, found ${count} to train on and ${held} to be judged by; take a smaller 'batch' or more data.`,
    );
  return {
    training: examplesOf(data, 0, count),
    validation: examplesOf(judged, 0, held),
    division: `all ${count} trained on in a new order each epoch, the ${held} of the part '${validationSplit}' held back`,
  };
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
