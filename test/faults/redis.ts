/** A Redis that is killed and comes back, with what it held or without. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, lostBy, Moments } from './fault.ts';
import { orderWork, someMoment, startWorker } from './processes.ts';
import { type Command, expectEnd, inScene } from './scene.ts';

/** Of the work, before which Redis is killed; later the run may have ended. */
const MOST_BEGUN = 7;
const LONGEST_AWAY_MS = 1_000;

/** Kills Redis in the middle of the work and starts it again. @returns what was lost, and the worker. */
async function killRedis(
  number: number,
  name: string,
  settings: readonly string[],
): Promise<{ lost: string; worker: Command }> {
  return inScene(async (scene) => {
    const moments = new Moments(name, number);
    const queue = await scene.queue(...settings);
    const order = orderWork(scene, queue.address);
    const worker = startWorker(scene, queue.address, 'worker');
    await someMoment(worker, moments, MOST_BEGUN);
    await queue.kill();
    await sleep(moments.between(0, LONGEST_AWAY_MS));
    await queue.restart();
    await expectEnd(order, 0);
    return { lost: await lostBy(join(scene.folder, 'run')), worker };
  });
}

const durable: Fault = {
  name: 'Redis with an append-only file is killed and comes back',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'the run and the workers say that the queue does not answer',
  goesOn: 'both wait for it and go on',
  make: async (number) => {
    const sync = number % 2 === 0 ? 'always' : 'everysec';
    const { lost } = await killRedis(number, 'durable', ['--appendonly', 'yes', '--appendfsync', sync]);
    return { lost };
  },
};

const forgetful: Fault = {
  name: 'Redis that keeps nothing on disk is killed and comes back empty',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'the run finds units that the queue has lost, within 5 seconds, and says so',
  goesOn: 'it orders them again; workers hand over what they have kept without computing it again',
  make: async (number) => {
    const { lost, worker } = await killRedis(number, 'forgetful', ['--appendonly', 'no']);
    const done = [...worker.stderr.matchAll(/^(.*): done in/gm)].map(([, unit]) => unit as string);
    const twice = done.filter((unit, index) => done.indexOf(unit) !== index);
    if (twice.length > 0) throw new Error(`computed again though it was kept: ${twice.join(', ')}`);
    return { lost };
  },
};

export const REDIS_FAULTS: readonly Fault[] = [durable, forgetful];
