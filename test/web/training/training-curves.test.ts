import { expect, test } from 'vitest';
import type { Metric } from '../../../src/app/server/contract/entries.ts';
import {
  type DrawnTraining,
  smoothed,
  trainingFigure,
} from '../../../web/dashboard/training/training-curves.ts';
import { joinedMetrics } from '../../../web/dashboard/views/training/joined-metrics.ts';

function metric(step: number, loss: number, validationLoss: number | null = null): Metric {
  return {
    step,
    loss,
    validationLoss,
    validationAccuracy: null,
    gradientNorm: 1,
    learningRate: 0.1,
    elapsedMs: step,
  };
}

function training(key: string, metrics: readonly Metric[]): DrawnTraining {
  return { key, label: key, colour: '#000000', isDashed: false, metrics };
}

test('smoothing is the mean with weights that fall exponentially', () => {
  // A window of 3 keeps half of the weight a step: (1, 1/2, 1/4) from the last one back.
  expect(smoothed([4, 8, 2], 3)).toEqual([4, (8 + 4 / 2) / 1.5, (2 + 8 / 2 + 4 / 4) / 1.75]);
  expect(smoothed([4, 8, 2], 1)).toEqual([4, 8, 2]);
  for (const value of smoothed([5, 5, 5, 5], 7)) expect(value).toBeCloseTo(5, 12);
});

test('trainings of unlike lengths share one axis of steps', () => {
  const figure = trainingFigure(
    [training('a', [metric(1, 3), metric(2, 2)]), training('b', [metric(2, 5), metric(4, 4)])],
    { measure: 'loss', isHeightLog: false, window: 1 },
  );
  expect(Array.from(figure?.positions ?? [])).toEqual([1, 2, 4]);
  expect(figure?.curves.map(({ values }) => Array.from(values))).toEqual([
    [3, 2, null],
    [null, 5, 4],
  ]);
});

test('what was never evaluated cannot be drawn', () => {
  const never = [training('a', [metric(1, 3)])];
  const choices = { measure: 'validationLoss', isHeightLog: false, window: 1 } as const;
  expect(trainingFigure(never, choices)).toBeNull();
});

test('behind a smoothed curve stands the curve as it was', () => {
  const figure = trainingFigure([training('a', [metric(1, 3), metric(2, 1)])], {
    measure: 'loss',
    isHeightLog: false,
    window: 3,
  });
  expect(figure?.curves.map(({ values }) => Array.from(values))).toEqual([
    [3, 1],
    [3, (1 + 3 / 2) / 1.5],
  ]);
});

test('lines that come while a training goes on join those that were fetched, each step once', () => {
  const fetched = [metric(1, 3), metric(2, 2)];
  expect(joinedMetrics(fetched, { lines: [metric(2, 2.5), metric(3, 1)], isWhole: false })).toEqual([
    metric(1, 3),
    metric(2, 2.5),
    metric(3, 1),
  ]);
  expect(joinedMetrics(fetched, { lines: [metric(1, 9)], isWhole: true })).toEqual([metric(1, 9)]);
});
