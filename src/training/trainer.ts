/** Training: batch, gradient, clipping, decay, optimizer, one step after the other. */
import type { MicroBatch } from '../network/data/dataset.ts';
import type { Model } from '../network/models/model.ts';
import type { ParameterValues } from '../network/models/parameters.ts';
import type { Engine } from '../tensor/engine/engine.ts';
import type { FloatDType, HostTensor } from '../tensor/graph/type.ts';
import type { Vector } from '../vector/kernels.ts';
import { axpy, scale } from '../vector/vector.ts';
import type { Augmentation } from './augmentation.ts';
import { clipByGlobalNorm } from './clipping.ts';
import { type Examples, ShuffledOrder } from './examples.ts';
import { initialState, type Optimizer, type OptimizerState } from './optimizers/optimizer.ts';
import { EvaluationPass, GradientPass } from './passes.ts';
import { rateFactor, type ScheduleSettings } from './schedule.ts';
import { decayWeights, isDecayed } from './weight-decay.ts';

export interface TrainingSettings {
  /** Of the whole training; schedules end with it. */
  readonly steps: number;
  /** Examples in one pass. */
  readonly batchSize: number;
  /** Passes whose gradients are averaged in a step. */
  readonly accumulation: number;
  /** The largest, which the schedule scales. */
  readonly learningRate: number;
  readonly schedule: ScheduleSettings;
  /** lambda in the paper's Algorithm 2; 0 for none. */
  readonly weightDecay: number;
  /** The bound of the gradient's norm; null for none. */
  readonly clipNorm: number | null;
  /** Of every place that has dropout; null for the model's own rates. */
  readonly dropout: number | null;
  /** Of the order of examples and of dropout. */
  readonly seed: number;
  /** A loss above this multiple of the first one counts as diverged. */
  readonly divergenceFactor: number;
}

/** All that determines the steps to come, besides settings, model and data. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  readonly parameters: Record<string, HostTensor>;
  readonly optimizer: Record<string, OptimizerState>;
  /** The loss of the first step; null before it. */
  firstLoss: number | null;
}

/** What a step tells. */
export interface StepMetrics {
  /** 1 for the first. */
  readonly step: number;
  /** Mean over the step's batch, before it. */
  readonly loss: number;
  /** Norm of the whole gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** True once loss or gradient are not finite or the loss has exploded; the parameters are then left as they were. */
  readonly hasDiverged: boolean;
}

/** How a model does on examples that it was not trained on. */
export interface Evaluation {
  readonly loss: number;
  /** Share of classes hit, where the data have classes. */
  readonly accuracy: number | null;
}

export interface TrainerOptions {
  readonly model: Model;
  readonly engine: Engine;
  readonly precision: FloatDType;
  readonly optimizer: Optimizer;
  readonly settings: TrainingSettings;
  readonly training: Examples;
  /** What an evaluation looks at. */
  readonly validation: Examples;
  /** What is done to pictures before they are trained on; nothing when null or left out. */
  readonly augmentation?: Augmentation | null;
}

/** A state before the first step; the values are copied. */
export function startTraining(optimizer: Optimizer, values: ParameterValues): TrainingState {
  const parameters = Object.fromEntries(
    Object.entries(values).map(([name, tensor]) => [name, { ...tensor, data: vectorOf(tensor).slice() }]),
  );
  const states = Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [name, initialState(optimizer, vectorOf(tensor))]),
  );
  return { step: 0, parameters, optimizer: states, firstLoss: null };
}

/** Advances states. One trainer serves one state at a time. */
export class Trainer {
  private readonly options: TrainerOptions;
  private readonly order: ShuffledOrder;
  private readonly gradientPass: GradientPass;
  private readonly evaluationPass: EvaluationPass;
  private readonly decayed: ReadonlySet<string>;

  private constructor(options: TrainerOptions, gradientPass: GradientPass, evaluationPass: EvaluationPass) {
    this.options = options;
    this.gradientPass = gradientPass;
    this.evaluationPass = evaluationPass;
    this.order = new ShuffledOrder(options.training.count, options.settings.seed);
    this.decayed = new Set(options.model.parameters.filter(isDecayed).map(({ name }) => name));
  }

  /** Compiles the graphs of a training. */
  static async open(options: TrainerOptions): Promise<Trainer> {
    const { training, settings } = options;
    const like = training.batch(
      Array.from({ length: settings.batchSize }, (_, index) => index % training.count),
    );
    const gradientPass = await GradientPass.compile(options, like, settings.dropout);
    return new Trainer(options, gradientPass, await EvaluationPass.compile(options, like));
  }

  /** Does the next step of a state, in place. */
  async step(state: TrainingState): Promise<StepMetrics> {
    const { settings, optimizer } = this.options;
    const { loss, gradients } = await this.gradient(state);
    const gradientNorm = clipByGlobalNorm(Object.values(gradients), settings.clipNorm);
    const step = state.step + 1;
    const learningRate = settings.learningRate * rateFactor(settings.schedule, step, settings.steps);
    state.firstLoss ??= loss;
    const isSound = Number.isFinite(loss) && Number.isFinite(gradientNorm);
    const hasDiverged = !isSound || loss > settings.divergenceFactor * state.firstLoss;
    if (!hasDiverged) {
      for (const [name, gradient] of Object.entries(gradients)) {
        const values = vectorOf(state.parameters[name] as HostTensor);
        if (settings.weightDecay > 0 && this.decayed.has(name))
          decayWeights(values, learningRate, settings.weightDecay);
        const own = state.optimizer[name] as OptimizerState;
        optimizer.update({ name, values, gradient, state: own, learningRate, step });
      }
      state.step = step;
    }
    return { step, loss, gradientNorm, learningRate, hasDiverged };
  }

  /** Loss and accuracy on the validation examples, in whole batches in their order. */
  async evaluate({ parameters }: TrainingState): Promise<Evaluation> {
    const { validation, settings } = this.options;
    const size = settings.batchSize;
    let [loss, hits, weight, seen] = [0, 0, 0, 0];
    let hasClasses = false;
    for (let first = 0; first + size <= validation.count; first += size) {
      const batch = validation.batch(Array.from({ length: size }, (_, index) => first + index));
      const result = await this.evaluationPass.run(batch, parameters);
      loss += batch.weight * result.loss;
      weight += batch.weight;
      seen += size;
      if (result.hits !== null) {
        hasClasses = true;
        hits += result.hits;
      }
    }
    return { loss: loss / weight, accuracy: hasClasses ? hits / seen : null };
  }

  async release(): Promise<void> {
    await this.gradientPass.release();
    await this.evaluationPass.release();
  }

  /**
   * The mean loss and gradient over all that the passes of the next step count: a pass with twice the answer tokens
   * weighs twice.
   */
  private async gradient(state: TrainingState): Promise<{ loss: number; gradients: Record<string, Vector> }> {
    const { accumulation, seed } = this.options.settings;
    let [loss, weights, unit] = [0, 0, 0];
    let sums: Record<string, Vector> | null = null;
    for (let part = 0; part < accumulation; part++) {
      const pass = state.step * accumulation + part;
      const batch = this.batchOf(pass);
      const result = await this.gradientPass.run(batch, state.parameters, seed, pass);
      // In units of the first pass, so that equal weights are exactly 1.
      unit ||= batch.weight;
      const weight = batch.weight / unit;
      weights += weight;
      loss += weight * result.loss;
      sums = addTo(sums, weight, result.gradients);
    }
    const gradients = sums ?? {};
    if (accumulation > 1) for (const gradient of Object.values(gradients)) scale(gradient, 1 / weights);
    return { loss: loss / weights, gradients };
  }

  private batchOf(pass: number): MicroBatch {
    const { settings, training, augmentation } = this.options;
    const firstPlace = pass * settings.batchSize;
    const batch = training.batch(this.order.numbers(firstPlace, settings.batchSize));
    return augmentation?.apply(batch, firstPlace) ?? batch;
  }
}

/** The first gradients have the weight 1 and become the sums. */
function addTo(
  sums: Record<string, Vector> | null,
  weight: number,
  gradients: Readonly<Record<string, HostTensor>>,
): Record<string, Vector> {
  if (!sums) return Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, vectorOf(g)]));
  for (const [name, gradient] of Object.entries(gradients))
    axpy(weight, vectorOf(gradient), sums[name] as Vector);
  return sums;
}

function vectorOf({ data }: HostTensor): Vector {
  return data as Vector;
}
