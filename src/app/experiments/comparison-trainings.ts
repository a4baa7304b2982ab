/** The trainings of a comparison: each a run of its own under the comparison's folder. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { GridResult } from '../../study/training/comparison.ts';
import type { Leg } from '../../study/training/search.ts';
import { readRun } from '../runs/directory.ts';
import { readMetrics } from '../runs/metrics.ts';
import { runSeries, type SeriesMember, type SeriesOptions, trainingMember } from './series.ts';

/**
 * Advances trainings to the steps asked for; what is done is not done again.
 *
 * @param path the comparison's folder.
 * @param rungs steps after which points are compared.
 * @returns where each of them is; null when it was interrupted.
 * @throws what the first training that failed failed with; the others are ended.
 */
export async function trainLegs(
  path: string,
  legs: readonly Leg[],
  rungs: readonly number[],
  options: SeriesOptions,
): Promise<GridResult[] | null> {
  const members = legs.map((leg) => legMember(leg, rungs));
  if (!(await runSeries(path, members, options))) return null;
  return Promise.all(legs.map((leg) => resultOf(path, leg)));
}

function legMember({ point, until }: Leg, rungs: readonly number[]): SeriesMember {
  return {
    ...trainingMember(point.name, point.request, { leg: { until, judgedAt: rungs } }),
    isDone: async (place) => ((await readMetrics(place)).at(-1)?.step ?? 0) >= until,
  };
}

/** Where a training was at a step, however far it has gone since. @throws UserError when it was not judged there. */
async function resultOf(path: string, { point, until }: Leg): Promise<GridResult> {
  const { name, optimizer, learningRate } = point;
  const place = join(path, name);
  const { run } = await readRun(place);
  const last = (await readMetrics(place)).findLast(({ step }) => step <= until);
  const steps = last?.step ?? 0;
  // A training whose loss is no longer finite at an evaluation has got to its step all the same.
  const hasDiverged = run.error === 'diverged' && (steps < until || last?.validationLoss === undefined);
  if (!hasDiverged && last?.validationLoss === undefined)
    throw new UserError(
      `The training at '${place}' was not judged after step ${until}: it belongs to another search. Choose another --out.`,
    );
  return {
    name,
    optimizer,
    learningRate,
    steps,
    hasDiverged,
    finalLoss: hasDiverged ? null : (last?.validationLoss ?? null),
    finalAccuracy: hasDiverged ? null : (last?.validationAccuracy ?? null),
  };
}
