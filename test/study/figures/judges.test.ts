import { describe, expect, it } from 'vitest';
import { judgeEffect } from '../../../src/study/figures/clipping.ts';
import { contestOf, judgeContest } from '../../../src/study/figures/contest.ts';
import type { SpreadPoint, TrainingResult } from '../../../src/study/figures/definition.ts';
import { judgeHeterogeneity } from '../../../src/study/figures/figure-7.ts';
import { parseFigureRequest } from '../../../src/study/figures/request.ts';
import { bestByScale, judgeScaledMlp } from '../../../src/study/figures/scaled-mlp.ts';

const points = (means: readonly number[]): SpreadPoint[] =>
  means.map((mean, index) => ({ x: index + 1, mean, least: mean, largest: mean }));

const result = (changes: Partial<TrainingResult>): TrainingResult => ({
  name: `${changes.subject}-${changes.optimizer}-${changes.learningRate}-${changes.seed ?? 0}`,
  subject: 'gpt',
  optimizer: 'sgd',
  learningRate: 0.1,
  seed: 0,
  steps: 100,
  hasDiverged: changes.finalLoss === null,
  initialLoss: 4,
  initialAccuracy: 0.1,
  finalLoss: 2,
  finalAccuracy: 0.5,
  evaluations: [],
  ...changes,
});

describe('the claim of Figures 5 (a) and 14', () => {
  const falling = points([97, 96, 90, 60, 20]);
  const steady = points([97, 97.5, 97.2, 96.8, 97]);

  it('is borne out where SGD falls and Adam stays', () => {
    expect(judgeScaledMlp('5a', falling, steady)).toMatchObject({ id: '5a', verdict: 'agrees' });
  });

  it('is borne out in part where only one of them does as the paper says', () => {
    expect(judgeScaledMlp('5a', falling, falling).verdict).toBe('partly');
    expect(judgeScaledMlp('5a', steady, steady).verdict).toBe('partly');
    // It falls in rank, by less than five points.
    expect(judgeScaledMlp('5a', points([97, 96, 95, 94, 93]), steady).verdict).toBe('partly');
    // It falls by more, but at the last c alone: the ranks 1 to 4 and 0 against c have a correlation of 0.
    expect(judgeScaledMlp('5a', points([90, 91, 92, 93, 50]), falling).verdict).toBe('does not');
  });

  it('is not borne out where neither does', () => {
    expect(judgeScaledMlp('5a', steady, falling).verdict).toBe('does not');
  });
});

describe('the best rate for a constant c', () => {
  it('is that of the highest mean over seeds, a diverged training counting as untrained', () => {
    const request = parseFigureRequest('5a', ['cs'], { cs: [2, 1] });
    const own = (learningRate: number, seed: number, finalAccuracy: number | null) =>
      result({ subject: 'c = 2', learningRate, seed, finalAccuracy, hasDiverged: finalAccuracy === null });
    const [low, high] = bestByScale(
      request,
      [
        result({ subject: 'c = 1', finalAccuracy: 0.7 }),
        own(0.1, 0, 0.9),
        own(0.1, 1, null),
        own(0.01, 0, 0.6),
        own(0.01, 1, 0.8),
      ],
      'sgd',
    );
    expect(low).toMatchObject({ c: 1, learningRate: 0.1, accuracies: [0.7] });
    // (0.9 + 0.1) / 2 is less than (0.6 + 0.8) / 2.
    expect(high).toMatchObject({ c: 2, learningRate: 0.01, accuracies: [0.6, 0.8], divergedCount: 1 });
  });
});

describe('a contest of SGD and AdamW', () => {
  const claim = { id: 'x', text: 'x' };
  const contest = (...sgd: (number | null)[]) =>
    contestOf(
      'gpt',
      sgd.flatMap((finalLoss, seed) => [
        result({ seed, finalLoss }),
        result({ seed, optimizer: 'adamw', learningRate: 0.01, finalLoss: 2 }),
      ]),
      'sgd',
    );

  it('has the gap as a share of what AdamW has gained', () => {
    // From 4 to 2 is a gain of 2 nats; SGD at 2.5 is a quarter of that behind.
    expect(contest(2.5).relativeGaps).toEqual([0.25]);
    expect(contest(2.5, 3).relativeGap).toBe(0.375);
  });

  it('is judged seed by seed', () => {
    expect(judgeContest(claim, 'worse', contest(2.5)).verdict).toBe('agrees');
    expect(judgeContest(claim, 'on par', contest(2.5)).verdict).toBe('does not');
    expect(judgeContest(claim, 'on par', contest(2.125)).verdict).toBe('agrees');
    expect(judgeContest(claim, 'on par', contest(1.5)).verdict).toBe('agrees');
    expect(judgeContest(claim, 'worse', contest(2.125)).verdict).toBe('does not');
    expect(judgeContest(claim, 'worse', contest(2.5, 2.125)).verdict).toBe('partly');
  });

  it('counts an SGD that diverges at every rate as worse', () => {
    const failed = contest(null);
    expect(failed).toMatchObject({ relativeGap: null, behindHasFailed: [true] });
    const { verdict, found } = judgeContest(claim, 'worse', failed);
    expect({ verdict, found }).toMatchObject({
      verdict: 'agrees',
      found: expect.stringContaining('diverged at every rate'),
    });
    expect(judgeContest(claim, 'on par', failed).verdict).toBe('does not');
  });
});

describe('the claim of Figure 7', () => {
  const models = (pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([js0, relativeGap], index) => ({
      model: `m${index}`,
      kind: 'CNN',
      js0: { 'jsd-log': js0 },
      relativeGap,
    }));

  it('follows the rank correlation of JS0 with the gap', () => {
    const rising = [1, 2, 3, 4].map((value) => [value, value ** 3] as const);
    expect(judgeHeterogeneity(models(rising)).verdict).toBe('agrees');
    // Ranks 2, 1, 4, 3 of 4: 1 - 6 x 4 / 60 = 0.6. Ranks 3, 1, 4, 2: 1 - 6 x 10 / 60 = 0.
    const swapped = models([
      [1, 2],
      [2, 1],
      [3, 4],
      [4, 3],
    ]);
    expect(judgeHeterogeneity(swapped)).toMatchObject({ verdict: 'agrees', found: '0.60 over 4 models' });
    expect(
      judgeHeterogeneity(
        models([
          [1, 3],
          [2, 1],
          [3, 4],
          [4, 2],
        ]),
      ).verdict,
    ).toBe('does not');
    // Ranks 1, 4, 2, 3: 1 - 6 x 6 / 60 = 0.4.
    expect(
      judgeHeterogeneity(
        models([
          [1, 1],
          [2, 4],
          [3, 2],
          [4, 3],
        ]),
      ).verdict,
    ).toBe('partly');
  });

  it('counts models on which SGD diverged at every rate as those with the largest gap', () => {
    const rising = models([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    const [least, largest] = models([
      [0.5, 0],
      [9, 0],
    ]);
    // Ranks of JS0 2, 3, 4, 1 against 1, 2, 3, 4 of the gap: 1 - 6 x 12 / 60 = -0.2.
    expect(judgeHeterogeneity(rising, [least])).toMatchObject({
      verdict: 'does not',
      found: '-0.20 over 4 models; without the 1 on which SGD diverged at every rate 1.00',
    });
    expect(judgeHeterogeneity(rising, [largest]).verdict).toBe('agrees');
  });

  it('is not borne out by nothing', () => {
    expect(judgeHeterogeneity([])).toMatchObject({ verdict: 'does not', found: 'not defined' });
  });
});

describe('the effect of clipping', () => {
  const unclipped = { optimizer: 'sgd without clipping' };
  it('is judged by the best losses of each seed', () => {
    const clipped = [result({ finalLoss: 2 }), result({ finalLoss: 3, learningRate: 1 })];
    expect(judgeEffect([...clipped, result({ ...unclipped, finalLoss: 2.5 })]).verdict).toBe('agrees');
    expect(judgeEffect([...clipped, result({ ...unclipped, finalLoss: 1.5 })]).verdict).toBe('does not');
    expect(judgeEffect([...clipped, result({ ...unclipped, finalLoss: null })]).verdict).toBe('agrees');
  });
});
