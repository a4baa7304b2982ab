/** Twenty steps of every optimizer against PyTorch's, or an independent script's (oracle/make_optimizer_fixtures.py). */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { OPTIMIZERS, optimizerNamed } from '../../../src/training/optimizers/index.ts';
import { initialState, type Optimizer } from '../../../src/training/optimizers/optimizer.ts';
import { decayWeights } from '../../../src/training/weight-decay.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/optimizers.safetensors', import.meta.url));
const { tensors } = await readSafetensors(FIXTURE);
const PARAMETERS = ['w', 'b'];
const STEPS = 20;
const LEARNING_RATE = 0.05;

interface Case {
  readonly fixture: string;
  readonly optimizer: Optimizer;
  readonly weightDecay?: number;
}

const CASES: readonly Case[] = [
  { fixture: 'sgd', optimizer: optimizerNamed('sgd') },
  { fixture: 'sgd-plain', optimizer: optimizerNamed('sgd', { momentum: 0 }) },
  { fixture: 'adam', optimizer: optimizerNamed('adam') },
  { fixture: 'adamw', optimizer: optimizerNamed('adamw', { beta2: 0.95 }), weightDecay: 0.1 },
  {
    fixture: 'adamw-inside',
    optimizer: optimizerNamed('adamw', { epsilon: 1e-3, epsilonAt: 'inside' }),
    weightDecay: 0.1,
  },
  { fixture: 'rmsprop', optimizer: optimizerNamed('rmsprop') },
  { fixture: 'rmsprop-momentum', optimizer: optimizerNamed('rmsprop', { beta2: 0.9, momentum: 0.5 }) },
  {
    fixture: 'adam-without-correction',
    optimizer: optimizerNamed('adam-without-correction', { beta2: 0.99, epsilon: 0 }),
  },
  { fixture: 'adam-mini', optimizer: optimizerNamed('adam-mini') },
  {
    fixture: 'blockwise-sgd',
    optimizer: optimizerNamed('blockwise-sgd', { factors: { w: 0.1, b: 3 } }),
  },
];

function fixtureValues(name: string): Float64Array {
  const tensor = tensors.get(name);
  if (!(tensor?.data instanceof Float64Array)) throw new Error(`the fixture has no float64 tensor '${name}'`);
  return tensor.data;
}

/** The values of a parameter after each step, one after the other. */
function pathOf({ optimizer, weightDecay = 0 }: Case, name: string): number[] {
  const values = fixtureValues(`start.${name}`).slice();
  const scale = fixtureValues(`scale.${name}`);
  const noise = fixtureValues(`noise.${name}`);
  const state = initialState(optimizer, values);
  const path: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const gradient = values.map((value, i) => scale[i]! * value + noise[(step - 1) * values.length + i]!);
    decayWeights(values, LEARNING_RATE, weightDecay);
    optimizer.update({ name, values, gradient, state, learningRate: LEARNING_RATE, step });
    path.push(...values);
  }
  return path;
}

describe('steps of optimizers in float64', () => {
  it.each(CASES)('$fixture agrees to 1e-12 over twenty steps', (chosen) => {
    for (const name of PARAMETERS) {
      const expected = fixtureValues(`${chosen.fixture}.${name}`);
      const path = pathOf(chosen, name);
      const size = Math.max(...expected.map(Math.abs));
      const worst = Math.max(...path.map((value, i) => Math.abs(value - expected[i]!)));
      expect(path.length).toBe(expected.length);
      expect(worst).toBeLessThanOrEqual(1e-12 * size);
    }
  });

  it('tests every optimizer of the list', () => {
    const tested = new Set(CASES.map(({ optimizer }) => optimizer.name));
    expect([...tested].sort()).toEqual(Object.keys(OPTIMIZERS).sort());
  });

  it('leaves a coordinate without gradient where it is, epsilon or none', () => {
    for (const name of ['adam', 'adam-without-correction', 'rmsprop', 'adam-mini']) {
      const optimizer = optimizerNamed(name, { epsilon: 0 });
      const values = Float64Array.of(1);
      const state = initialState(optimizer, values);
      for (const step of [1, 2])
        optimizer.update({ name, values, gradient: Float64Array.of(0), state, learningRate: 1, step });
      expect([name, values[0]]).toEqual([name, 1]);
    }
  });

  it('keeps the scale of the first gradient for ever when beta2 is 1', () => {
    const optimizer = optimizerNamed('adam-without-correction', { beta1: 0, beta2: 1, epsilon: 0 });
    const values = Float64Array.of(0);
    const state = initialState(optimizer, values);
    const step = (gradient: number, index: number) =>
      optimizer.update({
        name: 'x',
        values,
        gradient: Float64Array.of(gradient),
        state,
        learningRate: 0.5,
        step: index,
      });
    step(-4, 1);
    expect(values[0]).toBe(0.5);
    step(2, 2);
    expect(values[0]).toBe(0.25);
  });

  it('stores float32 parameters with float32 state, one number for a block’s', () => {
    const state = initialState(optimizerNamed('adam-mini'), new Float32Array(3));
    expect(state.firstMoment).toEqual(new Float32Array(3));
    expect(state.secondMoment).toEqual(new Float32Array(1));
  });
});

describe('settings of optimizers', () => {
  it.each([
    ['adamm', {}, /no optimizer 'adamm'; did you mean 'adamw'/],
    ['toString', {}, /no optimizer/],
    ['sgd', { momentum: 1 }, /'momentum': expected a number in \[0, 1\), found 1/],
    ['adamw', { beta2: 1 }, /'beta2'/],
    ['adam', { epsilon: -1 }, /'epsilon': expected a finite number of at least 0/],
    ['adam', { epsilonAt: 'under' }, /'epsilonAt': expected outside or inside/],
    ['sgd', { beta1: 0.9 }, /has no setting 'beta1'; it has momentum/],
    ['blockwise-sgd', {}, /expected 'factors'/],
    ['blockwise-sgd', { factors: { w: Number.NaN } }, /'factors.w'/],
  ])('%s with %j is refused', (name, settings, message) => {
    expect(() => optimizerNamed(name, settings)).toThrow(message);
    expect(() => optimizerNamed(name, settings)).toThrow(UserError);
  });
});
