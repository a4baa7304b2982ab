/** A comparison of optimizers from its grid to its files. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type ComparisonRequest,
  type GridResult,
  gapOf,
  judge,
  type OptimizerVerdict,
  relativeGapOf,
} from '../../study/training/comparison.ts';
import { type Budget, budgetsOf, type Leg, rungsOf, searchRates } from '../../study/training/search.ts';
import { curveOf, trainingFigure } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { readMetrics } from '../runs/metrics.ts';
import { writeJson } from '../runs/write.ts';
import { trainLegs } from './comparison-trainings.ts';
import { writePicture } from './picture.ts';
import type { SeriesOptions } from './series.ts';

/** What a comparison found. */
export interface Comparison {
  readonly path: string;
  readonly request: ComparisonRequest;
  readonly points: readonly GridResult[];
  /** What each optimizer was given. */
  readonly budgets: readonly Budget[];
  readonly verdicts: readonly OptimizerVerdict[];
  /** Final loss of SGD's best less that of AdamW's best, in nats; null where one of them is missing. */
  readonly gap: number | null;
  /** Mean loss before the first step on the examples held back, in nats. */
  readonly initialLoss: number | null;
  /** The gap as a share of what AdamW has gained; null where something is missing. */
  readonly relativeGap: number | null;
}

/** How a comparison is carried out. */
export interface ComparisonOptions extends SeriesOptions {
  /** Told which trainings come next. */
  readonly onLegs: (legs: readonly Leg[]) => void;
}

/**
 * Trains by every optimizer with every rate, as the search goes, and writes `comparison.json` and the curves of the best.
 * Trainings that are there are not done again.
 *
 * @param path the folder of the comparison.
 * @returns null when it was interrupted; the same call then goes on.
 * @throws UserError when a training that is there was made with other choices, and what a training failed with.
 */
export async function runComparison(
  path: string,
  request: ComparisonRequest,
  { onLegs, ...options }: ComparisonOptions,
): Promise<Comparison | null> {
  const threads = request.threads ?? Math.max(1, Math.floor(availableParallelism() / options.parallel));
  const settled = { ...request, threads };
  const points = await searchRates(settled, (legs) => {
    onLegs(legs);
    return trainLegs(path, legs, rungsOf(settled), options);
  });
  if (points === null) return null;
  const comparison = await conclude(path, request, points);
  await writeJson(join(path, 'comparison.json'), comparison);
  await drawBest(comparison);
  return comparison;
}

async function conclude(
  path: string,
  request: ComparisonRequest,
  points: readonly GridResult[],
): Promise<Comparison> {
  const verdicts = judge(points);
  // The same for all: they start from the same parameters.
  const first = points[0] as GridResult;
  const initialLoss = (await readRun(join(path, first.name))).run.initial?.validationLoss ?? null;
  return {
    path,
    request,
    points,
    budgets: budgetsOf(points),
    verdicts,
    gap: gapOf(verdicts, 'sgd', 'adamw'),
    initialLoss,
    relativeGap: relativeGapOf(verdicts, 'sgd', 'adamw', initialLoss),
  };
}

/** The loss curves of each optimizer's best training. */
async function drawBest({ path, request, verdicts }: Comparison): Promise<void> {
  const curves = await Promise.all(
    verdicts.flatMap(({ optimizer, best }) =>
      best
        ? [
            readMetrics(join(path, best.name)).then((metrics) =>
              curveOf(`${optimizer}, learning rate ${best.learningRate}`, metrics),
            ),
          ]
        : [],
    ),
  );
  if (curves.length === 0) return;
  const { svg } = trainingFigure(`${request.model}, each optimizer at its best rate`, curves);
  await writePicture(join(path, 'comparison'), svg);
}
