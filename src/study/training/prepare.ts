import { UserError } from '../../errors.ts';
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
/** A loss of this multiple of the first one has exploded. */
const DIVERGENCE_FACTOR = 10;

/** A training request made concrete. */
export interface TrainingSubject extends OpenedModel {
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
  readonly training: Examples;
  readonly validation: Examples;
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
  const count = opened.data.microBatchCount;
  const held = Math.max(request.batch, Math.round(count * request.validationShare));
  const trained = count - held;
  if (trained < request.batch)
    throw new UserError(
      `Expected at least ${2 * request.batch} examples, a batch to train on and one to be judged by, found ${count}; take a smaller 'batch' or more data.`,
    );
  return {
    ...opened,
    optimizer,
    settings: settingsOf(request, opened.data.kind !== 'images'),
    training: examplesOf(opened.data, 0, trained),
    validation: examplesOf(opened.data, trained, count),
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
    divergenceFactor: DIVERGENCE_FACTOR,
  };
}
