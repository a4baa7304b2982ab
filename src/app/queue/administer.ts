/** What people ask of a queue: how it stands, that it waits or goes on, and that a run's units are withdrawn. */
import type { Redis } from 'ioredis';
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import { reachQueue, withRedis } from './connection.ts';
import { forgetVersion, openQueue, orderedVersions, type UnitQueue, WAITING_STATES } from './unit-queue.ts';

/** A unit that failed on every try. */
export interface SetAside {
  readonly unit: string;
  readonly run: string;
  readonly attempts: number;
  readonly message: string;
}

/** How the queue of one version stands. */
export interface QueueStatus {
  readonly codeVersion: string;
  readonly isPaused: boolean;
  readonly workers: number;
  /** Units that wait for a worker, those to be tried again among them. */
  readonly waiting: number;
  readonly underWay: number;
  readonly done: number;
  readonly setAside: readonly SetAside[];
}

/** Runs `use` on the queue of each version at an address. @throws UserError when there is no queue. */
async function eachQueue<Result>(
  address: string,
  use: (queue: UnitQueue, codeVersion: string, redis: Redis) => Promise<Result>,
): Promise<Result[]> {
  const options = await reachQueue(address);
  return withRedis(options, async (redis) => {
    const results: Result[] = [];
    for (const version of await orderedVersions(redis)) {
      const queue = openQueue(version, options);
      try {
        results.push(await use(queue, version, redis));
      } finally {
        await queue.close();
      }
    }
    return results;
  });
}

/** How all queues at an address stand. */
export function queueStatus(address: string): Promise<QueueStatus[]> {
  return eachQueue(address, async (queue, codeVersion) => {
    const { active = 0, completed = 0 } = await queue.getJobCounts('active', 'completed');
    const failed = await queue.getFailed();
    return {
      codeVersion,
      isPaused: await queue.isPaused(),
      workers: await queue.getWorkersCount(),
      waiting: await queue.getJobCountByTypes(...WAITING_STATES),
      underWay: active,
      done: completed,
      setAside: failed.map(({ data, attemptsMade: attempts, failedReason: message }) => ({
        unit: describeUnit(data.order.unit),
        run: data.run,
        attempts,
        message,
      })),
    };
  });
}

/** Workers finish what they have and take nothing more until `resumeQueue`. */
export async function pauseQueue(address: string): Promise<void> {
  await eachQueue(address, (queue) => queue.pause());
}

/** Workers go on. */
export async function resumeQueue(address: string): Promise<void> {
  await eachQueue(address, (queue) => queue.resume());
}

/**
 * Withdraws units that no worker has begun; those under way end, and their results are kept.
 *
 * @param run whose units; of all runs unless given.
 * @returns how many were withdrawn.
 */
export async function cancelUnits(address: string, run: string | null): Promise<number> {
  const counts = await eachQueue(address, async (queue, codeVersion, redis) => {
    const waiting = await queue.getJobs([...WAITING_STATES]);
    const mine = waiting.filter((job) => run === null || job.data.run === run);
    for (const job of mine) await job.remove();
    const { active = 0, completed = 0 } = await queue.getJobCounts('active', 'completed');
    if (run === null && active + completed === 0) await forgetVersion(redis, codeVersion);
    return mine.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
