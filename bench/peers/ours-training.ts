/** A training step on our side: gradient, optimizer, new parameters. */

import type { Engine } from '../../src/tensor/engine/engine.ts';
import type { HostTensor } from '../../src/tensor/graph/type.ts';
import { optimizerNamed } from '../../src/training/optimizers/index.ts';
import { CONSTANT } from '../../src/training/schedule.ts';
import { startTraining, Trainer, type TrainingState } from '../../src/training/trainer.ts';
import type { OurMethod, Values } from './ours-methods.ts';
import type { Timing } from './side.ts';
import { type BenchmarkSubject, PRECISION, SEED } from './subject.ts';

/** The learning rates of `training.py`. */
const RATES = { sgd: 0.01, adamw: 0.001 } as const;

/** One step on the case's batch, again and again. */
export class TrainingStep implements OurMethod {
  private readonly subject: BenchmarkSubject;
  private readonly engine: Engine;
  private readonly optimizer: keyof typeof RATES;
  private trainer: Trainer | null = null;
  private state: TrainingState | null = null;

  constructor(subject: BenchmarkSubject, engine: Engine, optimizer: keyof typeof RATES) {
    this.subject = subject;
    this.engine = engine;
    this.optimizer = optimizer;
  }

  async prepare(): Promise<void> {
    const { model, data, parameters } = this.subject;
    const batch = data.microBatch(0);
    const examples = { count: 1, batch: () => batch };
    const optimizer = optimizerNamed(this.optimizer, {});
    this.trainer = await Trainer.open({
      model,
      engine: this.engine,
      precision: PRECISION,
      optimizer,
      settings: {
        steps: Number.MAX_SAFE_INTEGER,
        batchSize: 1,
        accumulation: 1,
        learningRate: RATES[this.optimizer],
        schedule: CONSTANT,
        weightDecay: 0,
        clipNorm: null,
        dropout: 0,
        seed: SEED,
        divergenceFactor: Number.POSITIVE_INFINITY,
      },
      training: examples,
      validation: examples,
    });
    this.state = startTraining(optimizer, parameters);
  }

  async run(): Promise<Timing> {
    const startedAt = performance.now();
    await this.step();
    return { elapsedMs: performance.now() - startedAt, partsMs: {} };
  }

  /** What the first step adds to each parameter. */
  async values(): Promise<Values> {
    await this.step();
    const { parameters } = this.state as TrainingState;
    return Object.fromEntries(
      Object.entries(parameters).map(([name, tensor]): [string, HostTensor] => {
        const before = this.subject.parameters[name] as HostTensor;
        const data = (tensor.data as Float32Array).map((value, i) => value - Number(before.data[i]));
        return [name, { ...tensor, data }];
      }),
    );
  }

  async release(): Promise<void> {
    await this.trainer?.release();
    this.trainer = null;
    this.state = null;
  }

  private async step(): Promise<void> {
    if (!this.trainer || !this.state) throw new Error('prepare the method first');
    await this.trainer.step(this.state);
  }
}
