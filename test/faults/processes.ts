/** Processes that are killed: a worker, what computes for it, and whoever ordered the work. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, lostBy, Moments, optionsOf } from './fault.ts';
import {
  type Command,
  descendants,
  expectEnd,
  inScene,
  isRunning,
  type Scene,
  sawCoefficients,
  until,
} from './scene.ts';

/** A unit takes about as long where nothing else runs. */
const UNIT_MS = 250;
/** The check, six blocks and the whole matrix; in the last one nothing is left to go on with. */
const UNITS = 8;

/** Orders the work of the small request at a queue. */
export function orderWork(scene: Scene, address: string, ...more: readonly string[]): Command {
  const out = ['--out', join(scene.folder, 'run'), ...more];
  return scene.start(['spectrum', ...optionsOf(), '--queue', address, ...out]);
}

/** Starts a worker with a cache of its own. */
export function startWorker(
  scene: Scene,
  address: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Command {
  const cache = join(scene.folder, name);
  return scene.start(
    ['worker', '--queue', address, '--threads', '1', '--lease', '1', '--cache', cache],
    environment,
  );
}

/** Waits for a random moment in a worker's work. @param most units that it has begun by then. */
export async function someMoment(worker: Command, moments: Moments, most = UNITS): Promise<void> {
  await worker.saw(': begun', moments.between(1, most));
  await sleep(moments.between(0, UNIT_MS));
}

const workerKilled: Fault = {
  name: 'a worker is killed in the middle of a unit',
  needs: ['redis-server', 'processes in /proc'],
  tries: 1,
  noticed: 'its lease is not renewed',
  goesOn: 'another worker takes the unit when the lease is over',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('worker', number);
      const { address } = await scene.queue();
      const order = orderWork(scene, address);
      const first = startWorker(scene, address, 'first');
      await someMoment(first, moments);
      const orphans = descendants(first.pid);
      first.killAlone();
      startWorker(scene, address, 'second');
      await expectEnd(order, 0);
      await until(
        'the processes of a killed worker to end',
        () => '',
        () => !orphans.some(isRunning),
      );
      return { lost: await lostBy(join(scene.folder, 'run')) };
    }),
};

const computingProcessKilled: Fault = {
  name: 'a computing process of a worker is killed',
  needs: ['redis-server', 'processes in /proc'],
  tries: 1,
  noticed: 'the worker sees its end and says so',
  goesOn: 'the unit is tried again after a second, by a new process',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('computing process', number);
      const { address } = await scene.queue();
      const order = orderWork(scene, address);
      const worker = startWorker(scene, address, 'worker');
      await someMoment(worker, moments);
      for (const pid of descendants(worker.pid)) process.kill(pid, 'SIGKILL');
      await expectEnd(order, 0);
      return { lost: await lostBy(join(scene.folder, 'run')) };
    }),
};

const poolProcessKilled: Fault = {
  name: 'a computing process of `--workers` is killed',
  needs: ['processes in /proc'],
  tries: 1,
  noticed: 'the run says so',
  goesOn: 'the unit is tried again by a new process',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('pool process', number);
      const path = join(scene.folder, 'run');
      const order = scene.start(['spectrum', ...optionsOf(), '--workers', '2', '--out', path]);
      await sawCoefficients(path, moments.between(0, UNITS - 3), order);
      await sleep(moments.between(0, UNIT_MS));
      const [job] = descendants(order.pid);
      const computing = job === undefined ? [] : descendants(job);
      const victim = computing[moments.between(0, computing.length - 1)];
      if (victim !== undefined && isRunning(victim)) process.kill(victim, 'SIGKILL');
      await expectEnd(order, 0);
      return { lost: await lostBy(path) };
    }),
};

const coordinatorKilled: Fault = {
  name: '`hesscope spectrum --queue` is killed with all its processes',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'nothing follows; the folder says `running` and nobody holds its lock',
  goesOn: 'workers go on; `--resume` takes what they have done meanwhile',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('coordinator', number);
      const path = join(scene.folder, 'run');
      const { address } = await scene.queue();
      const order = orderWork(scene, address);
      startWorker(scene, address, 'worker');
      await sawCoefficients(path, 3 * moments.between(0, UNITS - 2), order);
      await sleep(moments.between(0, UNIT_MS));
      order.kill();
      await order.end;
      await expectEnd(orderWork(scene, address, '--resume'), 0);
      return { lost: await lostBy(path) };
    }),
};

export const PROCESS_FAULTS: readonly Fault[] = [
  workerKilled,
  computingProcessKilled,
  poolProcessKilled,
  coordinatorKilled,
];
