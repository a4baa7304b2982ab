import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { BLOCKWISE_SGD } from '../../../src/study/figures/blockwise-sgd.ts';
import { type ContestResult, judgeNarrower } from '../../../src/study/figures/contest.ts';
import type { EarlierStage, SpectrumFinding } from '../../../src/study/figures/definition.ts';
import { FIGURE_6, judgeFall, judgeSpeed } from '../../../src/study/figures/figure-6.ts';
import { FIGURE_10 } from '../../../src/study/figures/optimizer-figures.ts';
import { parseFigureRequest } from '../../../src/study/figures/request.ts';

const contest = (relativeGap: number | null, verdicts: ContestResult['verdicts'] = []): ContestResult => ({
  subject: 'gpt',
  relativeGaps: [relativeGap],
  relativeGap,
  behindHasFailed: [false],
  verdicts,
});

const spectrum = (subject: string, js0: number, error: number): SpectrumFinding => ({
  subject,
  js0: { 'jsd-log': js0 },
  js0Errors: { 'jsd-log': error },
  noiseFloors: { 'jsd-log': 0 },
});

describe('heterogeneity after pre-training', () => {
  const verdictAt = (js0: number) =>
    judgeFall([spectrum('from scratch', 0.5, 0.03), spectrum('pre-trained, on instructions', js0, 0.04)])
      .verdict;

  it('is lower where it falls by more than two joint errors, in part where it falls by less', () => {
    // The joint error is 0.05.
    expect([0.39, 0.41, 0.5, 0.6].map(verdictAt)).toEqual(['agrees', 'partly', 'does not', 'does not']);
  });
});

describe('the speed of SGD', () => {
  const best = (optimizer: string, loss: number) => ({
    optimizer,
    best: { evaluations: [{ step: 50, loss, accuracy: null }] } as never,
    isAtEdge: false,
  });

  it('is judged by the first evaluation, with every seed', () => {
    const slower = [best('sgd', 2), best('adamw', 1)];
    const faster = [best('sgd', 1), best('adamw', 2)];
    expect(judgeSpeed(contest(0, [slower])).verdict).toBe('agrees');
    expect(judgeSpeed(contest(0, [slower, faster])).verdict).toBe('partly');
    expect(judgeSpeed(contest(0, [faster])).verdict).toBe('does not');
    expect(judgeSpeed(contest(null, [[{ optimizer: 'sgd', best: null, isAtEdge: false }]])).verdict).toBe(
      'does not',
    );
  });
});

describe('a narrowed gap', () => {
  const verdict = (before: number, after: number | null) =>
    judgeNarrower(
      { id: 'x', text: 'x' },
      { contest: contest(before), words: 'before' },
      { contest: contest(after), words: 'after' },
    ).verdict;

  it('is at most half of what it was; in part, smaller', () => {
    expect(verdict(0.3, 0.15)).toBe('agrees');
    expect(verdict(0.3, 0.16)).toBe('partly');
    expect(verdict(0.3, 0.3)).toBe('does not');
    expect(verdict(0.3, null)).toBe('does not');
    // Behind before, ahead now.
    expect(verdict(0.1, -0.1)).toBe('agrees');
    // Ahead before; to be further ahead closes no gap.
    expect(verdict(-0.1, -0.06)).toBe('does not');
  });
});

describe('work that builds on other work', () => {
  const factors = { 'head.weight': 2 };
  const earlier: EarlierStage = {
    lastParameters: ({ name, request }) => `/out/${name}/${request.steps}`,
    rateFactors: async () => factors,
  };

  it('fine-tunes from the pre-trained parameters, on instructions, with the tokens of the pre-training', async () => {
    const request = parseFigureRequest('6', FIGURE_6.takes, { quick: true });
    const preTraining = FIGURE_6.plan(request).trainings[0]!;
    expect(preTraining.request.checkpoints).toContain(1);
    const next = await FIGURE_6.planNext!(request, earlier);
    const weights = `/out/gpt-pico-pre-training/${preTraining.request.steps}`;
    const { tokenizer, modelOptions } = preTraining.request;
    for (const { request } of [...next.trainings, ...next.spectra])
      expect(request).toMatchObject({ data: 'countries', weights, tokenizer, modelOptions });
    expect(new Set(next.trainings.map(({ optimizer }) => optimizer))).toEqual(new Set(['sgd', 'adamw']));
  });

  it('gives SGD the rates by block that the measurement proposes, under the budget of plain SGD', async () => {
    const request = parseFigureRequest('blockwise-sgd', BLOCKWISE_SGD.takes, {});
    const { trainings } = await BLOCKWISE_SGD.planNext!(request, earlier);
    const plain = FIGURE_10.plan(
      parseFigureRequest('10', FIGURE_10.takes, { models: ['vit-pico'] }),
    ).trainings.filter(({ optimizer }) => optimizer === 'sgd');
    expect(trainings.map(({ learningRate }) => learningRate)).toEqual(
      plain.map(({ learningRate }) => learningRate),
    );
    for (const [index, { request }] of trainings.entries())
      expect(request).toEqual({
        ...plain[index]!.request,
        optimizer: 'blockwise-sgd',
        optimizerSettings: { factors },
      });
  });

  it('asks for instructions of the size of the model', () => {
    const request = parseFigureRequest('6', FIGURE_6.takes, { fullSize: true, text: 'web.txt' });
    expect(() => FIGURE_6.plan(request)).toThrow(UserError);
  });
});
