/** Ranges of micro-batches held by workers anywhere, over a queue. */
import { type Job, Queue, QueueEvents } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { UserError } from '../../errors.ts';
import { ProductStopped } from '../../study/spectrum/product-source.ts';
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import type { RangeAnswers } from '../ranges/held-ranges.ts';
import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import type { Shipment } from '../units/shipped-files.ts';
import { Attendance } from './attendance.ts';
import { reachQueue } from './connection.ts';
import {
  endedJob,
  FOLLOWER_ENDED,
  FOLLOWER_LASTS_MS,
  followerKey,
  isUserError,
  openQueue,
  type QuestionQueue,
  queueOptions,
  RETRIES,
  registerVersion,
  type UnitQueue,
  WAITING_STATES,
} from './unit-queue.ts';

/** Before all units of measurements that are shared otherwise: products wait for every range. */
const PRIORITY = 1;

export interface QueueRangesSettings {
  readonly address: string;
  readonly codeVersion: string;
  /** The name of the run, told to whoever looks at the queue. */
  readonly run: string;
  readonly shipment: Shipment;
  readonly exchange: ExchangePlace;
  onNotice(text: string): void;
  /** Resolves to true when answers are not to be waited for any more. */
  shouldStop(): Promise<boolean>;
}

/** One range, as whoever asks sees it. */
interface Held {
  /** The order to hold it. */
  readonly order: UnitOrder;
  readonly questions: QuestionQueue;
  readonly events: QueueEvents;
  asked: {
    readonly order: UnitOrder;
    resolve(report: UnitReport): void;
    reject(error: unknown): void;
  } | null;
  /** Answers since the range was last ordered to be held. */
  answers: number;
}

/**
 * Orders workers to hold ranges and asks them. Workers may come and go; a range whose worker has died is held by another
 * one when the lease is over, which answers the same question.
 */
export class QueueRanges implements RangeAnswers {
  private readonly settings: QueueRangesSettings;
  private readonly options: RedisOptions;
  private readonly attendance: Attendance;
  private readonly queue: UnitQueue;
  private readonly redis: Redis;
  private held: readonly Held[] = [];
  private told: number | null = null;

  private constructor(settings: QueueRangesSettings, options: RedisOptions) {
    this.settings = settings;
    this.options = options;
    this.attendance = new Attendance({
      onNotice: settings.onNotice,
      onError: (error) => this.failAll(error),
    });
    this.queue = this.attendance.attend(openQueue(settings.codeVersion, options));
    this.redis = new Redis(options).on('error', this.attendance.tellOfAbsence);
  }

  /** @throws UserError when there is no queue at the address. */
  static async connect(settings: QueueRangesSettings): Promise<QueueRanges> {
    return new QueueRanges(settings, await reachQueue(settings.address));
  }

  async hold(orders: readonly UnitOrder[]): Promise<void> {
    this.held = orders.map((order) => this.range(order));
    await registerVersion(this.redis, this.settings.codeVersion);
    await this.letGoOfEarlierPlans();
    await this.tellHolders('following');
    for (const held of this.held) await this.order(held);
    this.attendance.stopWhen(
      () => this.settings.shouldStop(),
      () => this.failAll(new ProductStopped('told to stop')),
    );
    this.attendance.lookNowAndThen(() => this.look());
  }

  answers(questions: readonly UnitOrder[]): Promise<UnitReport[]> {
    return Promise.all(
      questions.map((order, range) => {
        const held = this.held[range] as Held;
        return new Promise<UnitReport>((resolve, reject) => {
          held.asked = { order, resolve, reject };
          this.attendance.inTurn(() => this.put(held));
        });
      }),
    );
  }

  /** Lets workers go; a queue that is away does not hold up the end. */
  async close(): Promise<void> {
    await this.attendance.close(() => this.letGo());
    this.redis.disconnect();
  }

  private range(order: UnitOrder): Held {
    const name = questionsName(order);
    const held: Held = {
      order,
      questions: this.attendance.attend(new Queue(name, queueOptions(this.options))),
      events: this.attendance.attend(new QueueEvents(name, queueOptions(this.options))),
      asked: null,
      answers: 0,
    };
    const settle = () => this.attendance.inTurn(() => this.settle(held));
    held.events.on('completed', settle);
    held.events.on('failed', settle);
    return held;
  }

  /** Orders a range to be held; where it is already, that stays as it is. */
  private async order(held: Held): Promise<void> {
    const { run, shipment, exchange } = this.settings;
    held.answers = 0;
    await this.queue.add(
      'range',
      {
        order: held.order,
        run,
        shipment,
        holding: { questions: questionsName(held.order), exchange, follower: followerKey(held.order) },
      },
      {
        jobId: held.order.key,
        priority: PRIORITY,
        ...RETRIES,
        removeOnComplete: true,
      },
    );
  }

  private async put({ asked, questions }: Held): Promise<void> {
    if (asked)
      await questions.add('question', { order: asked.order }, { jobId: asked.order.key, ...RETRIES });
  }

  /** Takes an answer that is there. @returns false when the queue does not know the question. */
  private async settle(held: Held): Promise<boolean> {
    const { asked, questions } = held;
    if (!asked) return true;
    const ended = await endedJob(questions, asked.order.key);
    if (ended.state === 'unknown') return false;
    if (ended.state === 'open') return true;
    const { state, job } = ended;
    held.asked = null;
    held.answers++;
    // Out of the way: the same may be asked again, and is then to be computed again.
    await job.remove();
    if (state === 'completed') asked.resolve(job.returnvalue);
    else asked.reject(failureOf(held, job));
    return true;
  }

  /** Looks at every range: whether it is held, and whether it has answered. */
  private async look(): Promise<void> {
    await this.tellHolders('following');
    let active = 0;
    for (const held of this.held) {
      const state = await this.queue.getJobState(held.order.key);
      if (state === 'active') active++;
      if (state === 'failed') await this.orderAgain(held);
      else if (state === 'unknown' || state === 'completed') {
        await registerVersion(this.redis, this.settings.codeVersion);
        await this.order(held);
      }
      if (!(await this.settle(held))) await this.put(held);
    }
    if (active === this.told) return;
    this.told = active;
    const { length } = this.held;
    this.settings.onNotice(
      active < length
        ? `${active} of ${length} ranges are held by workers; without more, they take turns, which is slow: hesscope worker --queue ${this.settings.address}`
        : `${length} workers hold the ranges.`,
    );
  }

  /** Its workers have died, or could not open it: then whoever waits for its answer is told. */
  private async orderAgain(held: Held): Promise<void> {
    const job = await this.queue.getJob(held.order.key);
    // Another look has found it first.
    if (!job) return;
    await job.remove();
    if (held.answers === 0) {
      held.asked?.reject(failureOf(held, job));
      held.asked = null;
      return;
    }
    this.settings.onNotice(
      `${describeUnit(held.order.unit)} are ordered to be held again: ${job.failedReason}`,
    );
    await this.order(held);
  }

  /** Says whether answers are waited for. */
  private async tellHolders(word: string): Promise<void> {
    for (const { order } of this.held) await this.tellHolder(order, word);
  }

  private async tellHolder(order: UnitOrder, word: string): Promise<void> {
    await this.redis.set(followerKey(order), word, 'PX', FOLLOWER_LASTS_MS);
  }

  /** A run that was killed has let nobody go, and is perhaps planned otherwise now. */
  private async letGoOfEarlierPlans(): Promise<void> {
    const { folder } = this.settings.exchange;
    const wanted = new Set(this.held.map(({ order }) => order.key));
    const jobs = await this.queue.getJobs(['active', ...WAITING_STATES]);
    for (const job of jobs) {
      const { order, holding } = job.data;
      if (holding?.exchange.folder !== folder || wanted.has(order.key)) continue;
      await this.tellHolder(order, FOLLOWER_ENDED);
      await this.queue.remove(order.key).catch(() => undefined);
    }
  }

  private async letGo(): Promise<void> {
    await this.tellHolders(FOLLOWER_ENDED);
    for (const { order, questions } of this.held) {
      // One that is held ends by itself, since nobody follows.
      await this.queue.remove(order.key).catch(() => undefined);
      await questions.obliterate({ force: true });
    }
  }

  private failAll(error: unknown): void {
    for (const held of this.held) {
      held.asked?.reject(error);
      held.asked = null;
    }
  }
}

function failureOf({ order }: Held, job: Pick<Job, 'failedReason' | 'stacktrace'>): Error {
  const SomeError = isUserError(job) ? UserError : Error;
  return new SomeError(`${describeUnit(order.unit)} (${UNIT_ATTEMPTS} tries): ${job.failedReason}`);
}

const NAME_DIGITS = 32;

function questionsName({ key }: UnitOrder): string {
  return `range-${key.slice(0, NAME_DIGITS)}`;
}
