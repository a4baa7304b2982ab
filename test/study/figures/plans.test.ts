import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { FIGURES, figureNamed } from '../../../src/study/figures/index.ts';
import { parseFigureRequest } from '../../../src/study/figures/request.ts';

function planOf(name: string, choices: Readonly<Record<string, unknown>> = {}) {
  const figure = figureNamed(name);
  return figure.plan(parseFigureRequest(name, figure.takes, choices));
}

describe.each(FIGURES.map(({ name }) => name))('the plan of figure %s', (name) => {
  it('names each training once, also where it is small', () => {
    for (const quick of [false, true]) {
      const { trainings, spectra, notes } = planOf(name, { quick });
      const names = [...trainings, ...spectra].map((member) => member.name);
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
      expect(notes.length).toBeGreaterThan(0);
      for (const training of trainings) expect(training.name).toMatch(/^[\w.-]+$/);
    }
  });
});

describe('Figures 5 (a) and 14', () => {
  it('have the constants, rates, batch and steps of Section D.3, and at least three seeds', () => {
    const { trainings } = planOf('5a');
    // 15 constants, SGD and Adam, 7 rates from 1e-4 to 1e-1, 3 seeds.
    expect(trainings.length).toBe(15 * 2 * 7 * 3);
    const rates = trainings.map(({ learningRate }) => learningRate);
    expect([Math.min(...rates), Math.max(...rates)]).toEqual([1e-4, 1e-1]);
    // An epoch of MNIST's 60,000 images in batches of 128.
    const steps = Math.ceil(60_000 / 128);
    for (const { request } of trainings) expect(request).toMatchObject({ model: 'mlp', batch: 128, steps });
  });

  it('share their trainings', () => {
    expect(planOf('14').trainings).toEqual(planOf('5a').trainings);
  });

  it('judge by the test part of data that are not the embedded ones, unless told otherwise', () => {
    const splits = (choices: Readonly<Record<string, unknown>>) =>
      new Set(planOf('5a', choices).trainings.map(({ request }) => request.validationSplit));
    expect(splits({})).toEqual(new Set([undefined]));
    expect(splits({ data: 'fashion' })).toEqual(new Set(['test']));
    expect(splits({ data: 'fashion', heldBack: true })).toEqual(new Set([undefined]));
  });
});

describe('figures that share trainings', () => {
  const byName = (name: string) =>
    new Map(planOf(name).trainings.map((training) => [training.name, training.request]));

  it('ask the same of those of the same name', () => {
    const all = byName('7');
    for (const figure of ['9', '10'])
      for (const [name, request] of byName(figure)) expect(all.get(name)).toEqual(request);
    const clipping = byName('clipping');
    const shared = [...byName('10')].filter(([name]) => name.startsWith('gpt-pico'));
    expect(shared.length).toBeGreaterThan(0);
    for (const [name, request] of shared) expect(clipping.get(name)).toEqual(request);
  });

  it('measure each model as it is when its training begins', () => {
    const { trainings, spectra } = planOf('7');
    expect(spectra.map(({ subject }) => subject).sort()).toEqual(
      [...new Set(trainings.map(({ subject }) => subject))].sort(),
    );
    for (const { subject, request } of spectra) {
      const training = trainings.find((candidate) => candidate.subject === subject && candidate.seed === 0);
      const { model, data, modelOptions, seed } = request;
      expect(training?.request).toMatchObject({ model, seed });
      expect([training?.request.data, training?.request.modelOptions]).toEqual([data, modelOptions]);
    }
  });
});

describe('the figure of batch sizes', () => {
  it('takes all examples that are trained on in each step of the full batch, and no other ones', () => {
    for (const quick of [false, true]) {
      const { trainings } = planOf('batch-size', { quick });
      const requests = (part: string) =>
        trainings.filter(({ subject }) => subject.includes(part)).map(({ request }) => request);
      for (const { batch, accumulation, examples, validationShare } of requests('full'))
        expect(batch * accumulation).toBe(examples! * (1 - validationShare));
      for (const { accumulation } of requests('small')) expect(accumulation).toBe(1);
    }
    expect(() => planOf('batch-size', { examples: 100 })).toThrow(/several whole batches of 32/);
  });
});

describe('choices', () => {
  it('that a figure does not have are refused with those that it has', () => {
    expect(() => planOf('9', { cs: [1] })).toThrow(/Figure 9 has no choice of 'cs'; it has 'quick'/);
    expect(() => planOf('5a', { rates: [-1] })).toThrow(UserError);
    expect(() => figureNamed('5')).toThrow(/There is no figure '5'; did you mean '5a'/);
  });

  it('of models are those of the figure', () => {
    const { trainings } = planOf('10', { models: ['vit-pico'] });
    expect(new Set(trainings.map(({ subject }) => subject))).toEqual(new Set(['vit-pico']));
    expect(() => planOf('9', { models: ['vit-pico'] })).toThrow(
      /found 'vit-pico'.*resnet18-pico, vgg16-pico/,
    );
  });

  it("of the paper's size need data, and are not small at once", () => {
    expect(() => planOf('10', { fullSize: true, images: 'imagenet' })).toThrow(/--text <path>/);
    expect(() => planOf('9', { fullSize: true, quick: true })).toThrow(/give one/);
    const { trainings } = planOf('10', { fullSize: true, images: 'imagenet', text: 'web.txt' });
    expect(new Set(trainings.map(({ request }) => request.data))).toEqual(new Set(['imagenet', 'web.txt']));
  });
});
