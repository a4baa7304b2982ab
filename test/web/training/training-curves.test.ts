import { expect, test } from 'vitest';
import type { Metric, MetricColumns } from '../../../src/app/server/contract/entries.ts';
import {
  type DrawnTraining,
  measureAxis,
  sampledTrainings,
  smoothed,
  type TrainingMeasure,
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

const NAMES = [
  'step',
  'loss',
  'validationLoss',
  'validationAccuracy',
  'gradientNorm',
  'learningRate',
  'elapsedMs',
] as const;

function columns(lines: readonly Metric[]): MetricColumns {
  return Object.fromEntries(NAMES.map((name) => [name, lines.map((line) => line[name])])) as MetricColumns;
}

function training(key: string, lines: readonly Metric[]): DrawnTraining {
  return { key, label: key, colour: '#000000', isDashed: false, metrics: columns(lines) };
}

function figureOf(trainings: readonly DrawnTraining[], measure: TrainingMeasure, window: number) {
  const sampled = sampledTrainings(trainings, measure);
  return sampled && trainingFigure(sampled, measureAxis(measure, false), window);
}

test('smoothing is the mean with weights that fall exponentially', () => {
  // A window of 3 keeps half of the weight a step: (1, 1/2, 1/4) from the last one back.
  expect([...smoothed([4, 8, 2], 3)]).toEqual([4, (8 + 4 / 2) / 1.5, (2 + 8 / 2 + 4 / 4) / 1.75]);
  expect([...smoothed([4, 8, 2], 1)]).toEqual([4, 8, 2]);
  for (const value of smoothed([5, 5, 5, 5], 7)) expect(value).toBeCloseTo(5, 12);
});

test('trainings of unlike lengths share one axis of steps', () => {
  const trainings = [
    training('a', [metric(1, 3), metric(2, 2)]),
    training('b', [metric(2, 5), metric(4, 4)]),
  ];
  const figure = figureOf(trainings, 'loss', 1);
  expect(Array.from(figure?.positions ?? [])).toEqual([1, 2, 4]);
  expect(figure?.curves.map(({ values }) => Array.from(values))).toEqual([
    [3, 2, null],
    [null, 5, 4],
  ]);
});

test('what was never evaluated cannot be drawn', () => {
  expect(figureOf([training('a', [metric(1, 3)])], 'validationLoss', 1)).toBeNull();
});

test('behind a smoothed curve stands the curve as it was', () => {
  const figure = figureOf([training('a', [metric(1, 3), metric(2, 1)])], 'loss', 3);
  expect(figure?.curves.map(({ values }) => Array.from(values))).toEqual([
    [3, 1],
    [3, (1 + 3 / 2) / 1.5],
  ]);
});

test('lines that come while a training goes on join those that were fetched, each step once', () => {
  const fetched = columns([metric(1, 3), metric(2, 2)]);
  expect(joinedMetrics(fetched, { lines: [metric(2, 2.5), metric(3, 1)], isWhole: false })).toEqual(
    columns([metric(1, 3), metric(2, 2.5), metric(3, 1)]),
  );
  expect(joinedMetrics(fetched, { lines: [metric(1, 9)], isWhole: true })).toEqual(columns([metric(1, 9)]));
  expect(joinedMetrics(fetched, undefined)).toBe(fetched);
});
