/** The trainings of a comparison: several at once, each a run of its own under the comparison's folder. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import type { GridPoint, GridResult } from '../../study/training/comparison.ts';
import type { Leg } from '../../study/training/search.ts';
import { formatCount, formatDuration } from '../report/format.ts';
import { readRun } from '../runs/directory.ts';
import { RUN_FILE } from '../runs/layout.ts';
import { readMetrics } from '../runs/metrics.ts';
import { ProcessEndedError, type RunningJob, startTrainingJob } from '../worker/host.ts';
import type { JobEvent } from '../worker/protocol.ts';
import { bar, type ProgressLine } from './progress-line.ts';

export interface ComparisonTrainingsOptions {
  /** The comparison's folder. */
  readonly path: string;
  /** Trainings at once. */
  readonly parallel: number;
  /** Steps after which points are compared. */
  readonly rungs: readonly number[];
  /** Of all trainings, as far as they are known; more may come. */
  readonly plannedSteps: number;
  readonly progress: ProgressLine;
}

/** Advances trainings, skipping what is done, and stops them all when asked to or when one of them fails. */
export class ComparisonTrainings {
  private readonly options: ComparisonTrainingsOptions;
  private readonly running = new Set<RunningJob>();
  /** The step of each training by its name. */
  private readonly reached = new Map<string, number>();
  private readonly startedAt = performance.now();
  private isStopped = false;
  /** Steps that this process has seen. */
  private workedSteps = 0;
  private plannedSteps: number;

  constructor(options: ComparisonTrainingsOptions) {
    this.options = options;
    this.plannedSteps = options.plannedSteps;
  }

  /** The first call lets all end with their state saved, the second ends them at once. */
  readonly stop = (): void => {
    if (!this.isStopped)
      this.options.progress.say('stopping; everything is kept (Ctrl-C again to end at once)');
    for (const job of this.running) (this.isStopped ? job.kill : job.stop)();
    this.isStopped = true;
  };

  /**
   * Advances trainings to the steps asked for.
   * @returns where each of them is; null when it was stopped.
   * @throws what the first training that failed failed with; the others are ended.
   */
  async train(legs: readonly Leg[]): Promise<GridResult[] | null> {
    const { progress, parallel, path } = this.options;
    const news = legs.filter(({ point }) => !this.reached.has(point.name));
    // Those of the first round are planned; later ones were added since.
    if (this.reached.size > 0) for (const { until } of news) this.plannedSteps += until;
    progress.say(describeLegs(legs, parallel));
    const waiting = [...legs];
    const lane = async () => {
      for (let leg = waiting.shift(); leg && !this.isStopped; leg = waiting.shift()) await this.advance(leg);
    };
    try {
      await Promise.all(Array.from({ length: parallel }, lane));
    } catch (error) {
      // A second Ctrl-C kills what has not stopped yet; a failure of one training ends the others.
      for (const job of this.running) job.kill();
      if (!(this.isStopped && error instanceof ProcessEndedError)) throw error;
    }
    return this.isStopped ? null : Promise.all(legs.map((leg) => resultOf(path, leg)));
  }

  private async advance({ point, until }: Leg): Promise<void> {
    const { path, rungs } = this.options;
    const place = join(path, point.name);
    const isThere = await stat(join(place, RUN_FILE)).catch(() => null);
    if (!isThere || !(await isDone(place, point, until))) {
      const { request } = point;
      const leg = { until, judgedAt: rungs };
      const job = startTrainingJob(
        { request, place: isThere ? { resume: place } : { path: place }, leg },
        (event) => this.follow(point, event),
      );
      this.running.add(job);
      try {
        await job.outcome;
      } finally {
        this.running.delete(job);
      }
    }
    if (!this.isStopped) this.reached.set(point.name, until);
  }

  private follow({ name }: GridPoint, event: JobEvent): void {
    if (event.type !== 'trained') return;
    this.workedSteps++;
    this.reached.set(name, event.line.step);
    const done = [...this.reached.values()].reduce((sum, step) => sum + step, 0);
    const perStepMs = (performance.now() - this.startedAt) / this.workedSteps;
    const leftMs = perStepMs * Math.max(0, this.plannedSteps - done);
    const share = Math.min(1, done / this.plannedSteps);
    this.options.progress.show(
      `${bar(share)}  ${formatCount(done)} of ${formatCount(this.plannedSteps)} steps  ${formatDuration(leftMs)} left`,
    );
  }
}

function describeLegs(legs: readonly Leg[], parallel: number): string {
  const count = legs.length === 1 ? '1 training' : `${legs.length} trainings`;
  const until = Math.max(...legs.map((leg) => leg.until));
  const names = legs.length <= 4 ? ` (${legs.map(({ point }) => point.name).join(', ')})` : '';
  return `${count}${names} up to step ${formatCount(until)}, ${Math.min(parallel, legs.length)} at once`;
}

/** Whether a training has come as far as it should. @throws UserError when it was made with other choices. */
async function isDone(place: string, { request }: GridPoint, until: number): Promise<boolean> {
  const { run } = await readRun(place);
  const different = differingChoices(request, run.request);
  if (different.length > 0)
    throw new UserError(
      `The training at '${place}' was made with other choices: ${different.join('; ')}. Choose another --out.`,
    );
  if (run.status === 'finished') return true;
  return ((await readMetrics(place)).at(-1)?.step ?? 0) >= until;
}

/** Where a training was at a step, however far it has gone since. @throws UserError when it was not judged there. */
async function resultOf(path: string, { point, until }: Leg): Promise<GridResult> {
  const { name, optimizer, learningRate } = point;
  const place = join(path, name);
  const { run } = await readRun(place);
  const last = (await readMetrics(place)).findLast(({ step }) => step <= until);
  const steps = last?.step ?? 0;
  const hasDiverged = run.error === 'diverged' && steps < until;
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
