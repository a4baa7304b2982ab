/** Many trainings and measurements, several at once, each in a folder of its own; what is done is not done again. */
import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import { parseTrainingRequest, type TrainingRequest } from '../../study/training/request.ts';
import { formatDuration } from '../report/format.ts';
import { readRun } from '../runs/directory.ts';
import { RUN_FILE } from '../runs/layout.ts';
import { ProcessEndedError, type RunningJob, startJob, startTrainingJob } from '../worker/host.ts';
import type { JobEvent, RunPlaceOrResume, TrainingJob } from '../worker/protocol.ts';

/** One training or measurement of a series. */
export interface SeriesMember {
  /** The folder of its run, below that of the series. */
  readonly name: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** The request of a run that is there, with defaults for what it does not name. */
  parse(recorded: unknown): Readonly<Record<string, unknown>>;
  start(place: RunPlaceOrResume, onEvent: (event: JobEvent) => void): RunningJob;
  /** Whether a run at its folder that is not finished has come as far as it should; it has not, unless given. */
  readonly isDone?: (path: string) => Promise<boolean>;
}

/** How a series is carried out. */
export interface SeriesOptions {
  /** Members under way at once. */
  readonly parallel: number;
  /** Told of each change: how many are done, and the time left. */
  readonly onProgress: (text: string) => void;
}

/** A training as a member. @param how what else its job is given. */
export function trainingMember(
  name: string,
  request: TrainingRequest,
  how: Pick<TrainingJob, 'report' | 'leg'> = {},
): SeriesMember {
  return {
    name,
    request,
    parse: parseTrainingRequest,
    start: (place, onEvent) => startTrainingJob({ request, place, ...how }, onEvent),
  };
}

/** A measurement of spectra as a member. */
export function spectrumMember(name: string, request: SpectrumRequest): SeriesMember {
  return {
    name,
    request,
    parse: parseSpectrumRequest,
    start: (place, onEvent) => startJob({ request, place, report: true }, onEvent),
  };
}

/**
 * Carries out every member that is not done yet. The first Ctrl-C lets those under way save everything and stop, the
 * second ends them at once; a failure of one ends the others.
 *
 * @param path the folder of the series.
 * @returns false when it was interrupted; the same call then goes on.
 * @throws UserError when a run that is there was made with other choices, and what a member failed with.
 */
export async function runSeries(
  path: string,
  members: readonly SeriesMember[],
  options: SeriesOptions,
): Promise<boolean> {
  await mkdir(path, { recursive: true });
  const running = new Set<RunningJob>();
  let isStopped = false;
  const stop = () => {
    for (const job of running) (isStopped ? job.kill : job.stop)();
    isStopped = true;
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const waiting = await unfinished(path, members);
    const progress = new SeriesProgress(members.length, waiting.length, options.onProgress);
    const lane = async () => {
      for (let next = waiting.shift(); next && !isStopped; next = waiting.shift()) {
        const { name } = next.member;
        const job = next.member.start(next.place, (event) => progress.advance(name, shareDone(event)));
        running.add(job);
        try {
          const { type } = await job.outcome;
          if (type === 'finished') progress.advance(name, 1);
        } catch (error) {
          // Killed by the second Ctrl-C, or by the first one while it was still starting.
          if (!(isStopped && error instanceof ProcessEndedError)) throw error;
        } finally {
          running.delete(job);
        }
      }
    };
    await Promise.all(Array.from({ length: options.parallel }, lane));
  } catch (error) {
    isStopped = true;
    for (const job of running) job.kill();
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  return !isStopped;
}

/** Members at once, as an option gives them. @throws UserError when it is not a whole number of at least 1. */
export function parallelOf(given: unknown): number {
  if (given === undefined) return availableParallelism();
  const count = Number(given);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`'--parallel': expected a whole number of at least 1, found '${given}'`);
}

interface WaitingMember {
  readonly member: SeriesMember;
  readonly place: RunPlaceOrResume;
}

/** All are looked at before any is started, so that a folder of other choices is refused at once. */
async function unfinished(path: string, members: readonly SeriesMember[]): Promise<WaitingMember[]> {
  const waiting: WaitingMember[] = [];
  for (const member of members) {
    const place = await placeOf(join(path, member.name), member);
    if (place) waiting.push({ member, place });
  }
  return waiting;
}

/** Where a member is begun or goes on; null when it is finished. */
async function placeOf(
  path: string,
  { request, parse, isDone }: SeriesMember,
): Promise<RunPlaceOrResume | null> {
  const isThere = await stat(join(path, RUN_FILE)).catch(() => null);
  if (!isThere) return { path };
  const { run } = await readRun(path);
  const recorded = parse(run.request);
  // What is left out now, and was given then, differs too.
  const leftOut = Object.fromEntries(Object.keys(recorded).map((key) => [key, undefined]));
  const different = differingChoices({ ...leftOut, ...request }, recorded);
  if (different.length > 0)
    throw new UserError(
      `The ${run.kind === 'training' ? 'training' : 'run'} at '${path}' was made with other choices: ${different.join('; ')}. Choose another --out.`,
    );
  return run.status === 'finished' || (await isDone?.(path)) ? null : { resume: path };
}

/** How much of a member is done, 0 to 1, as far as an event tells. */
function shareDone(event: JobEvent): number {
  if (event.type === 'trained') return event.line.step / event.steps;
  if (event.type !== 'progress') return 0;
  const { elapsedMs, remainingMs } = event.progress;
  return elapsedMs / Math.max(1, elapsedMs + remainingMs);
}

/** How far a series has come. All members count alike. */
class SeriesProgress {
  private readonly startedAt = performance.now();
  private readonly shares = new Map<string, number>();
  private readonly total: number;
  private readonly waiting: number;
  private readonly tell: (text: string) => void;

  constructor(total: number, waiting: number, tell: (text: string) => void) {
    this.total = total;
    this.waiting = waiting;
    this.tell = tell;
    tell(this.text());
  }

  /** A share of a member is done; shares never fall. */
  advance(name: string, share: number): void {
    this.shares.set(name, Math.max(share, this.shares.get(name) ?? 0));
    this.tell(this.text());
  }

  private text(): string {
    const shares = [...this.shares.values()];
    const done = this.total - this.waiting + shares.filter((share) => share === 1).length;
    const worked = shares.reduce((sum, share) => sum + share, 0);
    const leftMs = ((performance.now() - this.startedAt) / worked) * (this.waiting - worked);
    return `${done} of ${this.total} done${worked > 0 ? `, ${formatDuration(leftMs)} left` : ''}`;
  }
}
