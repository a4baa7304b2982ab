/** Takes units from a queue and has them performed by processes of this machine. */
import { type Job, WaitingError, Worker } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import { UserError } from '../../errors.ts';
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { codeVersion } from '../units/code-version.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UnitResults } from '../units/results.ts';
import { type Shipment, unshipFiles } from '../units/shipped-files.ts';
import { UnitProcess } from '../worker/unit-process.ts';
import { reachQueue, withRedis } from './connection.ts';
import { endHolding, holdRange } from './range-holder.ts';
import {
  type Holding,
  hasOpenUnits,
  openQueue,
  orderedVersions,
  queueName,
  queueOptions,
  type UnitJob,
  type UnitJobName,
  type UnitProgress,
  type UnitQueue,
} from './unit-queue.ts';

type UnitInQueue = Job<UnitJob, UnitReport | null, UnitJobName>;
type UnitWorker = Worker<UnitJob, UnitReport | null, UnitJobName>;

/** How often a unit under way tells of its products, at most. */
const PROGRESS_EVERY_MS = 1_000;
/** How often a unit may lose its worker before it is set aside. */
const MOST_STALLS = 5;

export interface QueueWorkerSettings {
  readonly address: string;
  /** Units at the same time, each by a process of its own. */
  readonly concurrency: number;
  /** Of each process. */
  readonly threads: number;
  /** The folder where units under way keep what they have. */
  readonly workbench: string;
  /** The folder of copies of files that requests name. */
  readonly files: string;
  /** Where results are kept before they are handed over, so that none is lost with the queue, where a run names no store. */
  readonly results: UnitResults;
  /** The address of the runs' store as this machine sees it; as the runs name it unless given. */
  readonly store: string | null;
  /** How long a worker that has died keeps its unit. */
  readonly leaseMs: number;
  /** Ends when the queue has been empty for so long; never unless given. */
  readonly idleMs: number | null;
}

/** What is told of a worker. */
export interface WorkerWatch {
  onBegin(unit: string): void;
  onDone(unit: string, elapsedMs: number): void;
  onFailed(unit: string, message: string): void;
  onNotice(text: string): void;
}

/** A worker under way. */
export interface RunningWorker {
  /** Resolves when it has ended; rejects when it cannot go on. */
  readonly ended: Promise<void>;
  /** Gives units under way back to the queue and ends. */
  stop(): void;
}

/**
 * Starts a worker.
 *
 * @throws UserError when there is no queue, or only units of other versions.
 */
export async function startQueueWorker(
  settings: QueueWorkerSettings,
  watch: WorkerWatch,
): Promise<RunningWorker> {
  const options = await reachQueue(settings.address);
  const version = await codeVersion();
  await withRedis(options, (redis) => refuseOtherVersions(redis, version, settings.address));
  const service = new Service(settings, options, openQueue(version, options), watch);
  const worker: UnitWorker = new Worker(queueName(version), (job, token) => service.perform(job, token), {
    ...queueOptions(options),
    concurrency: settings.concurrency,
    lockDuration: settings.leaseMs,
    stalledInterval: settings.leaseMs,
    maxStalledCount: MOST_STALLS,
  });
  return service.follow(worker);
}

/** Units of another version would give other bits; those that are done bother nobody. */
async function refuseOtherVersions(redis: Redis, own: string, address: string): Promise<void> {
  const versions = await orderedVersions(redis);
  if (versions.includes(own)) return;
  const open: string[] = [];
  for (const version of versions) if (await hasOpenUnits(redis, version)) open.push(version);
  if (open.length > 0)
    throw new UserError(
      `This is hesscope ${own}; the units at ${address} are for ${open.join(', ')}. Results of different code are not mixed: install that version here, or order the units again with this one.`,
    );
}

class Service {
  private readonly settings: QueueWorkerSettings;
  private readonly options: RedisOptions;
  private readonly queue: UnitQueue;
  private readonly watch: WorkerWatch;
  private readonly free: UnitProcess[];
  private readonly busy = new Set<UnitProcess>();
  private readonly stores = new Map<string, Promise<Store>>();
  private isStopping = false;
  private idleSince = performance.now();
  private isAway = false;

  constructor(settings: QueueWorkerSettings, options: RedisOptions, queue: UnitQueue, watch: WorkerWatch) {
    this.settings = settings;
    this.options = options;
    this.queue = queue;
    // The worker tells when the queue is away.
    queue.on('error', () => undefined);
    this.watch = watch;
    this.free = Array.from({ length: settings.concurrency }, () => this.newProcess());
  }

  private newProcess(): UnitProcess {
    return new UnitProcess(this.settings.threads, this.settings.workbench);
  }

  follow(worker: UnitWorker): RunningWorker {
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const stop = () => {
      if (this.isStopping) return;
      this.isStopping = true;
      clearInterval(timer);
      for (const process of this.busy) process.stop();
      void worker.close().finally(() => {
        for (const process of this.free) process.end();
        void this.queue.disconnect().catch(() => undefined);
        end();
      });
    };
    const { idleMs } = this.settings;
    const timer = setInterval(() => {
      const isIdle = this.busy.size === 0 && performance.now() - this.idleSince > (idleMs ?? Infinity);
      if (isIdle) stop();
    }, 500);
    worker.on('error', (error) => {
      if (!this.isAway)
        this.watch.onNotice(`The queue does not answer (${error.message}); it is tried again.`);
      this.isAway = true;
    });
    worker.on('ready', () => {
      this.isAway = false;
    });
    worker.on('failed', (job, error) =>
      this.watch.onFailed(job ? describeUnit(job.data.order.unit) : 'a unit', error.message),
    );
    return { ended, stop };
  }

  /** The order with its files on this machine. */
  private async withFiles(order: UnitOrder, { sources }: Shipment, store: Store): Promise<UnitOrder> {
    const { setting } = order;
    const request = await unshipFiles(setting.request, sources, store, this.settings.files);
    return { ...order, setting: { ...setting, request } };
  }

  private storeAt(address: string): Promise<Store> {
    const known = this.stores.get(address) ?? openStore(address);
    this.stores.set(address, known);
    return known;
  }

  /** A disk that does not take a result is no reason to lose it: it is handed over all the same. */
  private async keep(report: UnitReport, results: UnitResults): Promise<void> {
    try {
      await results.keep(report);
    } catch (error) {
      this.watch.onNotice(`The result is handed over without being kept here: ${(error as Error).message}`);
    }
  }

  /** Takes a unit of the queue to its end, by a process that is busy from now on: files may take long to come. */
  async perform(job: UnitInQueue, token: string | undefined): Promise<UnitReport | null> {
    const process = this.free.pop();
    if (!process) throw new Error('expected a free process for each unit that may be under way, found none');
    this.busy.add(process);
    try {
      const { order, shipment, holding } = job.data;
      const store = shipment && (await this.storeAt(this.settings.store ?? shipment.store));
      if (holding && store) {
        const here = await this.withFiles(order, shipment, store);
        await this.hold(job, token, here, holding, process);
        return null;
      }
      const results = store ? new UnitResults(store) : this.settings.results;
      // Where it was performed before, its result is there already.
      const known = await results.find(order, this.watch.onNotice);
      if (known) return known;
      const here = store ? await this.withFiles(order, shipment, store) : order;
      const report = await this.compute(job, token, here, process);
      await this.keep(report, results);
      this.watch.onDone(describeUnit(order.unit), report.elapsedMs);
      return report;
    } finally {
      this.busy.delete(process);
      this.free.push(process.isEnded ? this.newProcess() : process);
      this.idleSince = performance.now();
    }
  }

  /** @throws WaitingError or DelayedError when the range is given back. */
  private async hold(
    job: UnitInQueue,
    token: string | undefined,
    { unit, setting: { request } }: UnitOrder,
    holding: Holding,
    process: UnitProcess,
  ): Promise<void> {
    const name = describeUnit(unit);
    const startedAt = performance.now();
    this.watch.onBegin(name);
    const end = await holdRange({
      options: this.options,
      queue: this.queue,
      holding,
      exchange: { ...holding.exchange, store: this.settings.store ?? holding.exchange.store },
      process,
      leaseMs: this.settings.leaseMs,
      localised: (order) => ({ ...order, setting: { ...order.setting, request } }),
      onNotice: this.watch.onNotice,
      isStopping: () => this.isStopping,
    });
    await endHolding(job, token, end);
    this.watch.onDone(name, performance.now() - startedAt);
  }

  /** @throws WaitingError when it was told to stop before the end, and the unit is given back. */
  private async compute(
    job: UnitInQueue,
    token: string | undefined,
    order: UnitOrder,
    process: UnitProcess,
  ): Promise<UnitReport> {
    this.watch.onBegin(describeUnit(order.unit));
    let toldAt = Number.NEGATIVE_INFINITY;
    const report = await process.perform(order, {
      onProducts: (products) => {
        if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
        toldAt = performance.now();
        const progress: UnitProgress = { products };
        // It only shows how things go; the next one tells more.
        job.updateProgress({ ...progress }).catch(() => undefined);
      },
      onNotice: this.watch.onNotice,
    });
    if (!report) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    return report;
  }
}
