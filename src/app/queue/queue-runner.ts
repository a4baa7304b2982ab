/** Units performed by workers anywhere, over a queue. */
import { QueueEvents } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { UnitReport } from '../units/order.ts';
import type { PlannedOrder, UnitRunner, UnitWatch } from '../units/runner.ts';
import type { Shipment } from '../units/shipped-files.ts';
import { Attendance } from './attendance.ts';
import { reachQueue } from './connection.ts';
import {
  endedJob,
  isUserError,
  openQueue,
  queueName,
  queueOptions,
  RETRIES,
  registerVersion,
  type UnitJob,
  type UnitProgress,
  type UnitQueue,
} from './unit-queue.ts';

/** Results stay so long, for a run that was interrupted and another one that asks for the same. */
const KEEP_RESULTS_S = 7 * 24 * 3600;
/** The queue's priorities end here. */
const LAST_PRIORITY = 2 ** 21 - 1;

export interface QueueRunnerSettings {
  readonly address: string;
  readonly codeVersion: string;
  /** The name of the run, told to whoever looks at the queue. */
  readonly run: string;
  /** Null where every machine has the files at the same places. */
  readonly shipment: Shipment | null;
}

/**
 * Orders units in a queue and takes what comes back. It can be stopped or killed at any time: workers go on, and what they
 * have done meanwhile is found when the run is resumed.
 */
export class QueueRunner implements UnitRunner {
  private readonly settings: QueueRunnerSettings;
  private readonly options: RedisOptions;

  private constructor(settings: QueueRunnerSettings, options: RedisOptions) {
    this.settings = settings;
    this.options = options;
  }

  /** @throws UserError when there is no queue at the address. */
  static async open(settings: QueueRunnerSettings): Promise<QueueRunner> {
    return new QueueRunner(settings, await reachQueue(settings.address));
  }

  async run(orders: readonly PlannedOrder[], watch: UnitWatch): Promise<void> {
    if (orders.length === 0) return;
    const following = new Following(this.settings, this.options, orders, watch);
    try {
      await following.untilDone();
    } finally {
      await following.close();
    }
  }
}

/** Orders under way. */
class Following {
  private readonly settings: QueueRunnerSettings;
  private readonly watch: UnitWatch;
  private readonly queue: UnitQueue;
  private readonly events: QueueEvents;
  private readonly redis: Redis;
  private readonly attendance: Attendance;
  private readonly outstanding: Map<string, { readonly planned: PlannedOrder; readonly priority: number }>;
  private end: { resolve(): void; reject(error: unknown): void } = { resolve: () => {}, reject: () => {} };
  private workers: number | null = null;

  constructor(
    settings: QueueRunnerSettings,
    options: RedisOptions,
    orders: readonly PlannedOrder[],
    watch: UnitWatch,
  ) {
    this.settings = settings;
    this.watch = watch;
    this.attendance = new Attendance({
      onNotice: watch.onNotice,
      onError: (error) => this.end.reject(error),
    });
    this.queue = this.attendance.attend(openQueue(settings.codeVersion, options));
    this.events = this.attendance.attend(
      new QueueEvents(queueName(settings.codeVersion), queueOptions(options)),
    );
    this.redis = new Redis(options).on('error', this.attendance.tellOfAbsence);
    this.outstanding = new Map(
      orders.map((planned, index) => [
        planned.order.key,
        { planned, priority: Math.min(index + 1, LAST_PRIORITY) },
      ]),
    );
  }

  /** Resolves when all are done or set aside, or the watch wants to stop. */
  async untilDone(): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.end = { resolve, reject };
    });
    this.attendance.stopWhen(
      () => this.watch.shouldStop(),
      () => this.end.resolve(),
    );
    this.events.on('progress', ({ jobId, data }) => {
      if (this.outstanding.has(jobId))
        this.watch.onProducts(jobId, (data as unknown as UnitProgress).products);
    });
    const settle = ({ jobId }: { jobId: string }) => this.attendance.inTurn(() => this.settle(jobId));
    this.events.on('completed', settle);
    this.events.on('failed', settle);
    this.attendance.inTurn(async () => {
      await registerVersion(this.redis, this.settings.codeVersion);
      await this.order([...this.outstanding.keys()]);
    });
    this.attendance.lookNowAndThen(() => this.look());
    await done;
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.attendance.close(async () => undefined);
  }

  /** Puts units into the queue; one that is there already, under way or done, stays as it is. */
  private async order(keys: readonly string[]): Promise<void> {
    await this.queue.addBulk(
      keys.flatMap((key) => {
        const entry = this.outstanding.get(key);
        if (!entry) return [];
        const { run, shipment } = this.settings;
        const data: UnitJob = { order: entry.planned.order, run, shipment };
        return [
          {
            name: 'unit' as const,
            data,
            opts: {
              jobId: key,
              priority: entry.priority,
              ...RETRIES,
              removeOnComplete: { age: KEEP_RESULTS_S },
              removeOnFail: { age: KEEP_RESULTS_S },
            },
          },
        ];
      }),
    );
  }

  /** Looks at every unit: takes what is done and orders anew what the queue has lost. */
  private async look(): Promise<void> {
    const lost: string[] = [];
    for (const key of [...this.outstanding.keys()]) if (!(await this.settle(key))) lost.push(key);
    if (lost.length > 0) {
      this.watch.onNotice(`The queue has lost ${lost.length} units; they are ordered again.`);
      await registerVersion(this.redis, this.settings.codeVersion);
      await this.order(lost);
    }
    const workers = await this.queue.getWorkersCount();
    if (workers !== this.workers) {
      this.workers = workers;
      if (workers === 0)
        this.watch.onNotice(
          `${this.outstanding.size} units wait. Start workers: hesscope worker --queue ${this.settings.address}`,
        );
      else this.watch.onWorkers(workers);
    }
  }

  /** Takes a unit that has ended. @returns false when the queue does not know it. */
  private async settle(key: string): Promise<boolean> {
    if (!this.outstanding.has(key)) return true;
    const ended = await endedJob(this.queue, key);
    if (ended.state === 'unknown') return false;
    if (ended.state === 'open') return true;
    const { state, job } = ended;
    if (state === 'completed') {
      await this.watch.onDone(job.returnvalue as UnitReport);
    } else {
      const { failedReason: message, attemptsMade: attempts } = job;
      this.watch.onFailed({ key, message, attempts, isUserError: isUserError(job) });
      // Out of the way, so that a resumed run may try it again.
      await job.remove();
    }
    this.finish(key);
    return true;
  }

  private finish(key: string): void {
    this.outstanding.delete(key);
    if (this.outstanding.size === 0) this.end.resolve();
  }
}
