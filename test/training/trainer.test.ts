import { describe, expect, it } from 'vitest';
import { answerDataset, type ExchangeSource } from '../../src/network/data/answers.ts';
import { embeddedDigits } from '../../src/network/data/digits.ts';
import { imageDataset } from '../../src/network/data/images.ts';
import { mobyDick } from '../../src/network/data/moby-dick.ts';
import { textDataset } from '../../src/network/data/text.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import { mlp } from '../../src/network/models/mlp.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import type { FloatDType } from '../../src/tensor/graph/type.ts';
import { examplesOf } from '../../src/training/examples.ts';
import { optimizerNamed } from '../../src/training/optimizers/index.ts';
import { CONSTANT } from '../../src/training/schedule.ts';
import {
  startTraining,
  Trainer,
  type TrainingSettings,
  type TrainingState,
} from '../../src/training/trainer.ts';

const engine = onnxRuntimeEngine({ threads: 1 });

const SETTINGS: TrainingSettings = {
  steps: 40,
  batchSize: 8,
  accumulation: 1,
  learningRate: 0.01,
  schedule: CONSTANT,
  weightDecay: 0,
  clipNorm: null,
  dropout: null,
  seed: 1,
  divergenceFactor: 100,
};

interface Setting extends Partial<TrainingSettings> {
  readonly optimizer?: string;
  readonly precision?: FloatDType;
}

/** A small MLP on the embedded digits: 1,000 to train on, 200 to judge by. */
async function digitsTrainer({ optimizer = 'adam', precision = 'float64', ...settings }: Setting = {}) {
  const data = imageDataset(await embeddedDigits(), { batchSize: 1, microBatches: 1200, precision });
  const model = mlp('small', { sizes: [784, 20, 10], outputScale: 1, scaleLogits: true });
  const rule = optimizerNamed(optimizer);
  const trainer = await Trainer.open({
    model,
    engine,
    precision,
    optimizer: rule,
    settings: { ...SETTINGS, ...settings },
    training: examplesOf(data, 0, 1000),
    validation: examplesOf(data, 1000, 1200),
  });
  return { trainer, state: startTraining(rule, initialiseParameters(model, 0, precision)) };
}

async function advance(trainer: Trainer, state: TrainingState, steps: number) {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(state)).loss);
  return losses;
}

function largestDifference(a: TrainingState, b: TrainingState): number {
  return Math.max(
    ...Object.entries(a.parameters).map(([name, { data }]) => {
      const other = b.parameters[name]!.data as Float64Array;
      return Math.max(...(data as Float64Array).map((value, i) => Math.abs(value - other[i]!)));
    }),
  );
}

describe('training', () => {
  it('lowers the loss and finds the classes of digits that it has not seen', async () => {
    const { trainer, state } = await digitsTrainer({ precision: 'float32', batchSize: 20 });
    const before = await trainer.evaluate(state);
    await advance(trainer, state, 40);
    const after = await trainer.evaluate(state);
    // Chance is 0.1; PyTorch's Adam with these settings is near 0.8 here.
    expect(before.accuracy).toBeLessThan(0.3);
    expect(after.accuracy).toBeGreaterThan(0.6);
    expect(after.loss).toBeLessThan(before.loss / 2);
    await trainer.release();
  });

  it('goes on from a copied state with the same bits', async () => {
    const settings: Setting = {
      precision: 'float32',
      optimizer: 'adam',
      schedule: { ...CONSTANT, kind: 'cosine' },
    };
    const { trainer, state } = await digitsTrainer(settings);
    await advance(trainer, state, 3);
    const copy = structuredClone(state);
    const losses = await advance(trainer, state, 4);
    const other = await digitsTrainer(settings);
    expect(await advance(other.trainer, copy, 4)).toEqual(losses);
    expect(copy).toEqual(state);
    await trainer.release();
    await other.trainer.release();
  });

  it('takes with accumulated gradients the step of the larger batch', async () => {
    const whole = await digitsTrainer({ optimizer: 'sgd' });
    const parts = await digitsTrainer({ optimizer: 'sgd', batchSize: 2, accumulation: 4 });
    const wholeLosses = await advance(whole.trainer, whole.state, 3);
    const partLosses = await advance(parts.trainer, parts.state, 3);
    for (const [step, loss] of wholeLosses.entries())
      expect(Math.abs(loss - partLosses[step]!)).toBeLessThan(1e-12);
    expect(largestDifference(whole.state, parts.state)).toBeLessThan(1e-13);
    await whole.trainer.release();
    await parts.trainer.release();
  });

  it('weighs accumulated passes by the tokens of their answers', async () => {
    const exchanges = [
      { prompt: 'Who?\n', answer: 'Ahab.' },
      { prompt: 'Where?\n', answer: 'In the South Pacific, off Japan.' },
      { prompt: 'Why?\n', answer: 'No.' },
      { prompt: 'Who else?\n', answer: 'Ishmael.' },
    ];
    const source: ExchangeSource = {
      name: 'whales',
      description: 'questions',
      *pieces() {
        for (const { prompt, answer } of exchanges) yield `${prompt}${answer}`;
      },
      async *exchanges() {
        yield* exchanges;
      },
    };
    const preset = MODEL_PRESETS['gpt-pico']!;
    const data = await answerDataset(source, { batchSize: 1, microBatches: 4, contextLength: 64 });
    const model = preset.create({ vocabularySize: data.vocabularySize }, {});
    const stepped = async (batchSize: number, accumulation: number) => {
      const optimizer = optimizerNamed('sgd');
      const trainer = await Trainer.open({
        model,
        engine,
        precision: 'float64',
        optimizer,
        settings: { ...SETTINGS, batchSize, accumulation, learningRate: 1, dropout: 0 },
        training: examplesOf(data, 0, 4),
        validation: examplesOf(data, 0, 4),
      });
      const state = startTraining(optimizer, initialiseParameters(model, 0, 'float64'));
      const { loss } = await trainer.step(state);
      await trainer.release();
      return { loss, state };
    };
    const [whole, parts] = [await stepped(4, 1), await stepped(1, 4)];
    // Sums of some hundred terms in another order.
    expect(Math.abs(whole.loss - parts.loss)).toBeLessThan(1e-12);
    expect(largestDifference(whole.state, parts.state)).toBeLessThan(1e-13);
  });

  it('does not move against clipped gradients further than the bound', async () => {
    const { trainer, state } = await digitsTrainer({ optimizer: 'sgd', clipNorm: 0.01, learningRate: 1 });
    const before = structuredClone(state);
    const { gradientNorm } = await trainer.step(state);
    expect(gradientNorm).toBeGreaterThan(0.1);
    const squared = Object.entries(state.parameters).reduce((sum, [name, { data }]) => {
      const old = before.parameters[name]!.data as Float64Array;
      return sum + (data as Float64Array).reduce((part, value, i) => part + (value - old[i]!) ** 2, 0);
    }, 0);
    // Rate times bound, less what PyTorch's guard of 1e-6 takes.
    expect(Math.sqrt(squared)).toBeCloseTo(0.01, 6);
    await trainer.release();
  });

  it('decays weights apart from the gradient, and no biases', async () => {
    const rate = 1e-3;
    const withDecay = await digitsTrainer({ optimizer: 'sgd', learningRate: rate, weightDecay: 0.5 });
    const without = await digitsTrainer({ optimizer: 'sgd', learningRate: rate });
    const start = structuredClone(without.state);
    await withDecay.trainer.step(withDecay.state);
    await without.trainer.step(without.state);
    const values = (state: TrainingState, name: string) => state.parameters[name]!.data as Float64Array;
    const expected = values(start, 'fc1.weight').map(
      (value, i) => values(without.state, 'fc1.weight')[i]! - rate * 0.5 * value,
    );
    values(withDecay.state, 'fc1.weight').forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-15);
    });
    expect(values(withDecay.state, 'fc1.bias')).toEqual(values(without.state, 'fc1.bias'));
    await withDecay.trainer.release();
    await without.trainer.release();
  });

  it('says that it has diverged and leaves the parameters of the step before', async () => {
    const { trainer, state } = await digitsTrainer({
      optimizer: 'sgd',
      learningRate: 1e8,
      precision: 'float32',
    });
    let metrics = await trainer.step(state);
    let before = structuredClone(state);
    for (let step = 0; step < 10 && !metrics.hasDiverged; step++) {
      before = structuredClone(state);
      metrics = await trainer.step(state);
    }
    expect(metrics.hasDiverged).toBe(true);
    expect(state).toEqual(before);
    await trainer.release();
  });

  it('trains a small GPT with dropout, the same for the same seed', async () => {
    const preset = MODEL_PRESETS['gpt-pico']!;
    const data = await textDataset(mobyDick(), { batchSize: 1, microBatches: 40, contextLength: 64 });
    const model = preset.create({ vocabularySize: data.vocabularySize }, {});
    const losses = async (seed: number) => {
      const optimizer = optimizerNamed('adamw');
      const trainer = await Trainer.open({
        model,
        engine,
        precision: 'float32',
        optimizer,
        settings: { ...SETTINGS, learningRate: 1e-3, batchSize: 2, dropout: 0.1, seed },
        training: examplesOf(data, 0, 36),
        validation: examplesOf(data, 36, 40),
      });
      const state = startTraining(optimizer, initialiseParameters(model, 0, 'float32'));
      const found = await advance(trainer, state, 8);
      const { accuracy, loss } = await trainer.evaluate(state);
      expect(accuracy).toBeNull();
      await trainer.release();
      return [...found, loss];
    };
    const first = await losses(1);
    expect(first.at(-1)).toBeLessThan(first[0]! - 0.3);
    expect(await losses(1)).toEqual(first);
    expect(await losses(2)).not.toEqual(first);
  });
});
