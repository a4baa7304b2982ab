/** Ranges of micro-batches held by workers anywhere, over a queue. */
import { Queue, QueueEvents } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { ResidualChoice } from '../../curvature/model-curvature.ts';
import { UserError } from '../../errors.ts';
import { ProductStopped } from '../../study/spectrum/product-source.ts';
import type { RangeOutcome, RangeQuestion } from '../../study/spectrum/ranges/questions.ts';
import type { RangeHolders } from '../../study/spectrum/ranges/range-products.ts';
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import type { RangeOrders } from '../ranges/range-orders.ts';
import type { RangeRecords } from '../ranges/range-records.ts';
import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import type { Shipment } from '../units/shipped-files.ts';
import { reachQueue } from './connection.ts';
import {
  FOLLOWER_ENDED,
  FOLLOWER_LASTS_MS,
  followerKey,
  openQueue,
  type QuestionJob,
  type QuestionQueue,
  queueOptions,
  registerVersion,
  type UnitQueue,
  WAITING_STATES,
} from './unit-queue.ts';

/** How often everything is looked at, whatever events have told: a queue that was away may have lost some. */
const LOOK_EVERY_MS = 5_000;
/** How often it is asked whether to stop. */
const STOP_LOOK_MS = 200;
/** The first wait before a question is put again; the next one is twice as long. */
const RETRY_AFTER_MS = 1_000;
/** How long the queue may take to let workers go. */
const LETTING_GO_MS = 2_000;
/** Before all units of measurements that are shared otherwise: products wait for every range. */
const PRIORITY = 1;

export interface QueueRangesSettings {
  readonly address: string;
  readonly codeVersion: string;
  /** The name of the run, told to whoever looks at the queue. */
  readonly run: string;
  readonly orders: RangeOrders;
  readonly records: RangeRecords;
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
export class QueueRanges implements RangeHolders {
  private readonly settings: QueueRangesSettings;
  private readonly options: RedisOptions;
  private readonly queue: UnitQueue;
  private readonly redis: Redis;
  private readonly timers: NodeJS.Timeout[] = [];
  private held: readonly Held[] = [];
  private residuals: ResidualChoice | null = null;
  /** Looks follow one another. */
  private last: Promise<unknown> = Promise.resolve();
  private isLooking = false;
  private isAway = false;
  private told: number | null = null;

  private constructor(settings: QueueRangesSettings, options: RedisOptions) {
    this.settings = settings;
    this.options = options;
    this.queue = openQueue(settings.codeVersion, options);
    this.redis = new Redis(options);
    this.queue.on('error', this.tellOfAbsence);
    this.redis.on('error', this.tellOfAbsence);
  }

  /** @throws UserError when there is no queue at the address. */
  static async connect(settings: QueueRangesSettings): Promise<QueueRanges> {
    return new QueueRanges(settings, await reachQueue(settings.address));
  }

  async open(residuals: ResidualChoice): Promise<void> {
    this.residuals = residuals;
    const { orders, codeVersion } = this.settings;
    this.held = Array.from({ length: orders.count }, (_, range) => this.range(range, residuals));
    await registerVersion(this.redis, codeVersion);
    await this.letGoOfEarlierPlans();
    await this.follow();
    for (const held of this.held) await this.order(held);
    this.every(LOOK_EVERY_MS, async () => {
      if (this.isLooking) return;
      this.isLooking = true;
      this.inTurn(() => this.look().finally(() => (this.isLooking = false)));
    });
    this.every(STOP_LOOK_MS, async () => {
      if (await this.settings.shouldStop()) this.failAll(new ProductStopped('told to stop'));
    });
    this.inTurn(() => this.look());
  }

  async ask(question: RangeQuestion): Promise<RangeOutcome[]> {
    const { orders, records } = this.settings;
    const reports = await Promise.all(
      this.held.map((held, range) =>
        this.answer(held, orders.question(range, this.residuals as ResidualChoice, question)),
      ),
    );
    for (const [range, report] of reports.entries()) records.add((this.held[range] as Held).order, report);
    await records.writeNowAndThen();
    return reports.map(({ outcome }) => outcome as RangeOutcome);
  }

  /** Lets workers go; a queue that is away does not hold up the end. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await inTime(this.letGo());
    this.redis.disconnect();
    const connections = [this.queue, ...this.held.flatMap(({ questions, events }) => [questions, events])];
    await inTime(Promise.allSettled(connections.map((connection) => connection.close())));
    await Promise.allSettled(connections.map((connection) => connection.disconnect()));
  }

  private range(range: number, residuals: ResidualChoice): Held {
    const order = this.settings.orders.holding(range, residuals);
    const name = questionsName(order);
    const held: Held = {
      order,
      questions: new Queue(name, queueOptions(this.options)),
      events: new QueueEvents(name, queueOptions(this.options)),
      asked: null,
      answers: 0,
    };
    held.questions.on('error', this.tellOfAbsence);
    held.events.on('error', this.tellOfAbsence);
    const settle = () => this.inTurn(() => this.settle(held));
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
        attempts: UNIT_ATTEMPTS,
        backoff: { type: 'exponential', delay: RETRY_AFTER_MS },
        removeOnComplete: true,
      },
    );
  }

  private answer(held: Held, order: UnitOrder): Promise<UnitReport> {
    return new Promise((resolve, reject) => {
      held.asked = { order, resolve, reject };
      this.inTurn(() => this.put(held));
    });
  }

  private async put({ asked, questions }: Held): Promise<void> {
    if (!asked) return;
    const data: QuestionJob = { order: asked.order };
    await questions.add('question', data, {
      jobId: asked.order.key,
      attempts: UNIT_ATTEMPTS,
      backoff: { type: 'exponential', delay: RETRY_AFTER_MS },
    });
  }

  /** Takes an answer that is there. @returns false when the queue does not know the question. */
  private async settle(held: Held): Promise<boolean> {
    const { asked, questions } = held;
    if (!asked) return true;
    const state = await questions.getJobState(asked.order.key);
    if (state === 'unknown') return false;
    if (state !== 'completed' && state !== 'failed') return true;
    // Fetched only now: what was fetched before its end has no answer.
    const job = await questions.getJob(asked.order.key);
    if (!job) return false;
    held.asked = null;
    held.answers++;
    // Out of the way: the same may be asked again, and is then to be computed again.
    await job.remove();
    if (state === 'completed') asked.resolve(job.returnvalue);
    else asked.reject(this.failure(held, job.failedReason, job.stacktrace ?? []));
    return true;
  }

  private failure({ order }: Held, message: string, stack: readonly string[]): Error {
    // An error's name comes over the queue in its stack alone.
    const SomeError = stack.at(-1)?.startsWith('UserError') ? UserError : Error;
    return new SomeError(`${describeUnit(order.unit)} (${UNIT_ATTEMPTS} tries): ${message}`);
  }

  /** Looks at every range: whether it is held, and whether it has answered. */
  private async look(): Promise<void> {
    await this.follow();
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
    this.isAway = false;
    if (active === this.told) return;
    this.told = active;
    const { length } = this.held;
    this.settings.onNotice(
      active < length
        ? `${active} of ${length} ranges are held by workers; without more, they take turns, which is slow: hesscope worker --queue ${this.settings.address}`
        : `${length} workers hold the ranges.`,
    );
  }

  /** Its workers have died, or could not open it. @throws nothing: whoever waits for its answer is told. */
  private async orderAgain(held: Held): Promise<void> {
    const job = await this.queue.getJob(held.order.key);
    const reason = job?.failedReason ?? 'no reason is known';
    await job?.remove();
    if (held.answers === 0) {
      held.asked?.reject(this.failure(held, reason, job?.stacktrace ?? []));
      held.asked = null;
      return;
    }
    this.settings.onNotice(`${describeUnit(held.order.unit)} are ordered to be held again: ${reason}`);
    await this.order(held);
  }

  /** Says that answers are waited for. */
  private async follow(): Promise<void> {
    await this.tellHolders('following');
  }

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

  private failAll(error: Error): void {
    for (const held of this.held) {
      held.asked?.reject(error);
      held.asked = null;
    }
  }

  private inTurn(work: () => Promise<unknown>): void {
    this.last = this.last.then(work).catch((error) => this.failAll(error as Error));
  }

  private every(ms: number, work: () => Promise<void>): void {
    this.timers.push(setInterval(() => void work().catch((error) => this.failAll(error as Error)), ms));
  }

  private readonly tellOfAbsence = (error: Error): void => {
    if (this.isAway) return;
    this.isAway = true;
    this.settings.onNotice(`The queue does not answer (${error.message}); it is tried again until it does.`);
  };
}

/** Waits for work that a queue which is away would hold up for ever, but not long. */
async function inTime(work: Promise<unknown>): Promise<void> {
  await Promise.race([
    Promise.allSettled([work]),
    new Promise((resolve) => setTimeout(resolve, LETTING_GO_MS).unref()),
  ]);
}

const NAME_DIGITS = 32;

function questionsName({ key }: UnitOrder): string {
  return `range-${key.slice(0, NAME_DIGITS)}`;
}
