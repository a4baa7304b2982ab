/** Work that was asked for in the page: one at a time, since each takes all processors. */
import { ApiError } from '../api-error.ts';
import type { Job } from '../contract/jobs.ts';
import { type Throttled, throttled } from '../events/throttle.ts';
import { RunningWork, type Work } from './running-work.ts';

/** What the queue tells. */
export interface JobListener {
  /** Of a change; at most four times a second for each job. */
  onJob(job: Job): void;
  /** A job has made its run, or has ended. */
  onRun(): void;
}

const INTERVAL_MS = 250;
/** Jobs that are told of, those that have ended among them. */
const MOST_JOBS = 50;
/** Jobs that wait. */
const MOST_WAITING = 20;

interface QueuedJob {
  readonly work: RunningWork;
  readonly told: Throttled;
}

export class JobQueue {
  readonly #idOf: (path: string) => string;
  readonly #listener: JobListener;
  /** Oldest first. */
  #jobs: QueuedJob[] = [];
  #current: Promise<void> | null = null;
  #isClosed = false;

  /** @param idOf the address of a run's folder. */
  constructor(idOf: (path: string) => string, listener: JobListener) {
    this.#idOf = idOf;
    this.#listener = listener;
  }

  /** All jobs, newest first. */
  list(): Job[] {
    return this.#jobs.map(({ work }) => this.#describe(work)).reverse();
  }

  /** @throws ApiError when too many wait, or the run is being worked on already. */
  add(work: Work): Job {
    const open = this.#jobs.filter((job) => !job.work.hasEnded);
    if (this.#isClosed) throw new ApiError(503, 'The server is about to end and takes no new work.');
    if (open.length > MOST_WAITING)
      throw new ApiError(503, `${MOST_WAITING} jobs wait already; wait for some of them, or stop them.`);
    if (work.path !== null && open.some((job) => job.work.path === work.path))
      throw new ApiError(409, 'A job works on this run already, or will.');
    const queued = this.#queued(work);
    this.#jobs.push(queued);
    this.#forgetOldest();
    queued.told.call();
    this.#current ??= this.#workThrough();
    return this.#describe(queued.work);
  }

  /** Asks a job to save everything and end; the second time it ends at once. @throws ApiError when there is none. */
  stop(id: string): Job {
    const found = this.#jobs.find(({ work }) => work.id === id);
    if (!found) throw new ApiError(404, `There is no job '${id}'; the server may have been started anew.`);
    found.work.stop();
    return this.#describe(found.work);
  }

  /** Whether something computes or waits for its turn. */
  get isBusy(): boolean {
    return this.#jobs.some(({ work }) => !work.hasEnded);
  }

  /** Stops all, the last ones first so that none of them begins; called again, it ends them at once. */
  stopAll(): void {
    this.#isClosed = true;
    for (const { work } of this.#jobs.toReversed()) work.stop();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#current;
  }

  #queued(work: Work): QueuedJob {
    let path = work.path;
    const running = new RunningWork(work, () => {
      if (running.path !== path || running.hasEnded) this.#listener.onRun();
      path = running.path;
      told.call();
      if (running.hasEnded) told.flush();
    });
    const told = throttled(INTERVAL_MS, () => this.#listener.onJob(this.#describe(running)));
    return { work: running, told };
  }

  #describe(work: RunningWork): Job {
    return work.describe(work.path === null ? null : this.#idOf(work.path));
  }

  async #workThrough(): Promise<void> {
    for (;;) {
      const next = this.#jobs.find(({ work }) => !work.hasEnded);
      if (!next) break;
      await next.work.carryOut();
    }
    this.#current = null;
  }

  #forgetOldest(): void {
    const surplus = this.#jobs.length - MOST_JOBS;
    const forgotten = new Set(this.#jobs.filter(({ work }) => work.hasEnded).slice(0, Math.max(0, surplus)));
    this.#jobs = this.#jobs.filter((job) => !forgotten.has(job));
  }
}
