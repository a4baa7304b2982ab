/** One piece of work from when it is asked for to its end, and what is told of it. */
import { randomUUID } from 'node:crypto';
import { UserError } from '../../../errors.ts';
import { messageOf } from '../../runs/failures.ts';
import { ProcessEndedError, type RunningJob } from '../../worker/host.ts';
import type { JobEvent } from '../../worker/protocol.ts';
import type { Job } from '../contract/jobs.ts';

/** Work that can be begun. */
export interface Work {
  readonly kind: Job['kind'];
  readonly title: string;
  /** The folder of a run that goes on; null for a new one. */
  readonly path: string | null;
  start(onEvent: (event: JobEvent) => void): RunningJob;
}

/** Lasting sentences that are kept of one piece of work. */
const MOST_NOTICES = 20;

export class RunningWork {
  readonly id = randomUUID();
  readonly #work: Work;
  readonly #startedAt = new Date().toISOString();
  readonly #onChange: () => void;
  readonly #notices: string[] = [];
  #state: Job['state'] = 'queued';
  #path: string | null;
  #progress: Job['progress'] = null;
  #error: string | null = null;
  #running: RunningJob | null = null;

  /** @param onChange told whenever something of {@link describe} has changed. */
  constructor(work: Work, onChange: () => void) {
    this.#work = work;
    this.#path = work.path;
    this.#onChange = onChange;
  }

  /** Where its run is; null until it has one. */
  get path(): string | null {
    return this.#path;
  }

  get hasEnded(): boolean {
    return ['finished', 'interrupted', 'failed'].includes(this.#state);
  }

  /** @param entry the address of its run. */
  describe(entry: string | null): Job {
    return {
      id: this.id,
      kind: this.#work.kind,
      entry,
      title: this.#work.title,
      state: this.#state,
      startedAt: this.#startedAt,
      progress: this.#progress,
      notices: [...this.#notices],
      error: this.#error,
    };
  }

  /** Does the work; resolves when it has ended, however it did. */
  async carryOut(): Promise<void> {
    if (this.hasEnded) return;
    this.#become('starting');
    try {
      this.#running = this.#work.start((event) => this.#take(event));
      const { type } = await this.#running.outcome;
      this.#become(type);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = null;
    }
  }

  /** Asks it to save everything and end; the second time it ends at once. */
  stop(): void {
    if (this.hasEnded) return;
    if (!this.#running) this.#become('interrupted');
    else if (this.#state === 'stopping') this.#running.kill();
    else {
      this.#running.stop();
      this.#become('stopping');
    }
  }

  #take(event: JobEvent): void {
    if (event.type === 'opened') {
      this.#path = event.path;
      if (this.#state === 'starting') this.#state = 'running';
    } else if (event.type === 'notice') {
      if (this.#notices.length < MOST_NOTICES) this.#notices.push(event.text);
    } else this.#progress = progressOf(event, this.#progress);
    this.#onChange();
  }

  #fail(error: unknown): void {
    // Killed by somebody who had asked it to stop before.
    if (error instanceof ProcessEndedError && this.#state === 'stopping') this.#become('interrupted');
    else {
      const message = messageOf(error);
      this.#error = error instanceof UserError ? message : (message.split('\n')[0] as string);
      this.#become('failed');
    }
  }

  #become(state: Job['state']): void {
    this.#state = state;
    this.#onChange();
  }
}

function progressOf(event: JobEvent, before: Job['progress']): Job['progress'] {
  if (event.type === 'progress') {
    const { elapsedMs, remainingMs, operator, position, operatorCount } = event.progress;
    const share = elapsedMs / Math.max(1, elapsedMs + remainingMs);
    return {
      share: within(share),
      text: `${operator}, ${position} of ${operatorCount}`,
      elapsedMs,
      remainingMs,
    };
  }
  if (event.type === 'trained') {
    const { line, steps, remainingMs } = event;
    const text = `step ${line.step} of ${steps}`;
    return { share: within(line.step / steps), text, elapsedMs: line.elapsedMs, remainingMs };
  }
  if (event.type === 'reporting' && before) return { ...before, text: 'drawing figures', remainingMs: null };
  return before;
}

const within = (share: number) => Math.min(1, Math.max(0, share));
