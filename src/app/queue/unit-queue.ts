/** The queue of units as both sides see it: its name, and what a job in it holds. */
import { type ConnectionOptions, type Job, Queue, type QueueOptions } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import type { ExchangePlace } from '../ranges/store-exchange.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import type { Shipment } from '../units/shipped-files.ts';

/** What stands in a job. */
export interface UnitJob {
  readonly order: UnitOrder;
  /** The run that asked for it first, by its name. */
  readonly run: string;
  /** Where files that the request names are, and results go; null where every machine has the files at the same places. */
  readonly shipment: Shipment | null;
  /** For a worker that is to hold a range of micro-batches. */
  readonly holding?: Holding;
}

/** How a worker that holds a range is asked. */
export interface Holding {
  /** The queue of questions. */
  readonly questions: string;
  readonly exchange: ExchangePlace;
  /** The key of Redis that says whether the run follows. */
  readonly follower: string;
}

/** What stands in a job of a queue of questions. */
export interface QuestionJob {
  readonly order: UnitOrder;
}

export type QuestionQueue = Queue<QuestionJob, UnitReport, 'question'>;

/** How far a unit under way has come. */
export interface UnitProgress {
  readonly products: number;
}

/** A job to hold a range has no report. */
export type UnitQueue = Queue<UnitJob, UnitReport | null, UnitJobName>;

/** `range`: to hold a range of micro-batches. */
export type UnitJobName = 'unit' | 'range';

/** How a job that has failed is tried again. */
export const RETRIES = {
  attempts: UNIT_ATTEMPTS,
  /** The first wait; the next one is twice as long. */
  backoff: { type: 'exponential', delay: 1_000 },
} as const;

/** A job that has ended: `completed` or `failed`; `open` while it has not, `unknown` where the queue has lost it. */
export type Ended<Data, Result, Name extends string> =
  | { readonly state: 'completed' | 'failed'; readonly job: Job<Data, Result, Name> }
  | { readonly state: 'open' }
  | { readonly state: 'unknown' };

/** How far a job is. */
export async function endedJob<Data, Result, Name extends string>(
  queue: Queue<Data, Result, Name, Data, Result, Name>,
  key: string,
): Promise<Ended<Data, Result, Name>> {
  const state = await queue.getJobState(key);
  if (state === 'unknown') return { state };
  if (state !== 'completed' && state !== 'failed') return { state: 'open' };
  // Fetched only now: what was fetched before its end has no result.
  const job = await queue.getJob(key);
  return job ? { state, job } : { state: 'unknown' };
}

/** Whether a job has failed with a mistake of the user's: an error's name comes over the queue in its stack alone. */
export function isUserError({ stacktrace }: Pick<Job, 'stacktrace'>): boolean {
  return stacktrace?.at(-1)?.startsWith('UserError') ?? false;
}

/** States of units that wait for a worker, those that are tried again among them. */
export const WAITING_STATES = ['waiting', 'prioritized', 'delayed'] as const;

/** All keys of hesscope in Redis begin with it. */
export const PREFIX = 'hesscope';

/**
 * The key that says that a run follows a range. One for each: a run that is resumed may have planned otherwise, and no longer
 * follows the ranges of its earlier plan.
 */
export function followerKey({ key }: UnitOrder): string {
  return `${PREFIX}:following:${key}`;
}

/** What stands under the key once a run has ended, for those who look late. */
export const FOLLOWER_ENDED = 'ended';

/** How long a run that follows has not been heard of until it counts as gone. */
export const FOLLOWER_LASTS_MS = 60_000;

/** A hash of the queues that are there: code version to the time of its last order. */
const QUEUES_KEY = `${PREFIX}:queues`;

/** The queue of a version: workers of another one never see its units. */
export function queueName(codeVersion: string): string {
  return `units-${codeVersion.replace('+', '-')}`;
}

/** What Queue, Worker and QueueEvents are made with. */
export function queueOptions(options: RedisOptions): QueueOptions & { connection: ConnectionOptions } {
  return { connection: options as ConnectionOptions, prefix: PREFIX };
}

export function openQueue(codeVersion: string, options: RedisOptions): UnitQueue {
  return new Queue(queueName(codeVersion), queueOptions(options));
}

/** Says that there are units of this version. */
export async function registerVersion(redis: Redis, codeVersion: string): Promise<void> {
  await redis.hset(QUEUES_KEY, codeVersion, new Date().toISOString());
}

/** The versions of which units have been ordered, the latest first. */
export async function orderedVersions(redis: Redis): Promise<string[]> {
  const known = await redis.hgetall(QUEUES_KEY);
  return Object.entries(known)
    .sort(([, a], [, b]) => (a < b ? 1 : -1))
    .map(([version]) => version);
}

/** Whether units of a version wait or are under way. */
export async function hasOpenUnits(redis: Redis, codeVersion: string): Promise<boolean> {
  const queue = openQueue(codeVersion, redis.options);
  try {
    return (await queue.getJobCountByTypes(...WAITING_STATES, 'active')) > 0;
  } finally {
    await queue.close();
  }
}

/** Forgets a version whose queue is gone. */
export async function forgetVersion(redis: Redis, codeVersion: string): Promise<void> {
  await redis.hdel(QUEUES_KEY, codeVersion);
}
