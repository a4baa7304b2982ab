/** A worker's side of a range: it holds the range for a run and answers what is asked. */
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitReport } from '../units/order.ts';
import type { UnitProcess } from '../worker/unit-process.ts';
import {
  FOLLOWER_ENDED,
  type Holding,
  type QuestionJob,
  queueOptions,
  type UnitQueue,
  WAITING_STATES,
} from './unit-queue.ts';

/** How often the holder looks whether it is to end. */
const LOOK_MS = 250;
/** A run that has not been heard of for so long, whatever the queue was doing, is gone. */
const PATIENCE_MS = 20_000;
/** How long a range that has not been asked is held though another one waits for a worker. */
const WAITS_FOR_QUESTION_MS = 2_000;
/** Another range goes first when this one makes room for it. */
const BACK_AFTER_MS = 500;

type QuestionInQueue = Job<QuestionJob, UnitReport, 'question'>;

export interface RangeHolderSettings {
  readonly options: RedisOptions;
  /** The units of this version, other ranges among them. */
  readonly queue: UnitQueue;
  readonly holding: Holding;
  /** As this machine sees it. */
  readonly exchange: ExchangePlace;
  /** Computes, and keeps what is open. */
  readonly process: UnitProcess;
  readonly leaseMs: number;
  /** The question for this machine: files that the request names are elsewhere here. */
  localised(order: QuestionJob['order']): QuestionJob['order'];
  onNotice(text: string): void;
  isStopping(): boolean;
}

/** Why a holder has ended. */
export type HoldingEnd =
  /** Nobody asks any more. */
  | 'done'
  /** Another range waits for a worker. */
  | 'makes room'
  | 'stopped';

/** Answers questions on a range until it is done, makes room or is to stop; the process is ended. */
export async function holdRange(settings: RangeHolderSettings): Promise<HoldingEnd> {
  const redis = new Redis(settings.options);
  redis.on('error', () => undefined);
  const holder = new Holder(settings);
  try {
    return await holder.untilEnd(redis);
  } finally {
    redis.disconnect();
    await holder.close();
  }
}

class Holder {
  private readonly settings: RangeHolderSettings;
  private readonly worker: Worker<QuestionJob, UnitReport, 'question'>;
  private isClosing = false;
  private answers = 0;
  private readonly heldSince = performance.now();
  private isAnswering = false;

  constructor(settings: RangeHolderSettings) {
    this.settings = settings;
    const { options, holding, leaseMs } = settings;
    this.worker = new Worker(holding.questions, (job, token) => this.answer(job, token), {
      ...queueOptions(options),
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
    });
    // The worker of units tells when the queue is away.
    this.worker.on('error', () => undefined);
  }

  async untilEnd(redis: Redis): Promise<HoldingEnd> {
    const { holding, isStopping } = this.settings;
    // Who orders a range says so before: a range that nobody follows by now has been left.
    let heardAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      if (isStopping()) return 'stopped';
      const follower = await redis.get(holding.follower);
      if (follower === FOLLOWER_ENDED) return 'done';
      if (follower !== null) heardAt = performance.now();
      if (performance.now() - heardAt > PATIENCE_MS) return 'done';
      if (await this.shouldMakeRoom()) return 'makes room';
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Ends the computing process, so that its memory is free; a question under way goes back to the queue. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.settings.process.end();
    await this.worker.close();
  }

  /** A range that has just come waits for its question for a while, or two would only take turns. */
  private async shouldMakeRoom(): Promise<boolean> {
    const isNew = this.answers === 0 && performance.now() - this.heldSince < WAITS_FOR_QUESTION_MS;
    if (this.isAnswering || isNew) return false;
    const waiting = await this.settings.queue.getJobs([...WAITING_STATES]);
    return waiting.some((job) => job?.name === 'range') && !this.isAnswering;
  }

  private async answer(job: QuestionInQueue, token: string | undefined): Promise<UnitReport> {
    this.isAnswering = true;
    const { process, exchange, localised, onNotice } = this.settings;
    try {
      const events = { onProducts: () => undefined, onNotice };
      const report = await process.perform(localised(job.data.order), events, exchange);
      if (!report) throw new Error('expected an answer to a question that nobody has taken back');
      this.answers++;
      return report;
    } catch (error) {
      if (!this.isClosing) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.isAnswering = false;
    }
  }
}

/**
 * Ends a job to hold a range as its holder has ended.
 *
 * @throws what tells the queue that the job is not done.
 */
export async function endHolding(
  job: Pick<Job, 'moveToDelayed' | 'moveToWait'>,
  token: string | undefined,
  end: HoldingEnd,
): Promise<void> {
  if (end === 'stopped') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  if (end === 'makes room') {
    await job.moveToDelayed(Date.now() + BACK_AFTER_MS, token);
    throw new DelayedError();
  }
}
