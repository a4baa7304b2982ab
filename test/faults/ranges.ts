/** Faults of a measurement whose products are shared by ranges of micro-batches. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpectrumRequestInput } from '../../src/study/spectrum/request.ts';
import { PICO } from '../app/worker/small-jobs.ts';
import { type Fault, lostBy, Moments, optionsOf } from './fault.ts';
import { startWorker } from './processes.ts';
import { type Command, expectEnd, inScene, type Scene, sawCoefficients } from './scene.ts';

/** Some seconds of products, each over two ranges. */
const RANGES: SpectrumRequestInput = {
  ...PICO,
  probes: 2,
  steps: 10,
  blocks: 'kind:query',
  microBatches: 3,
  ranges: 2,
};
/** The query block and the whole matrix: coefficients are saved every second. */
const PRODUCTS_MS = 3_000;

function orderRanges(scene: Scene, address: string, ...more: readonly string[]): Command {
  const store = ['--store', join(scene.folder, 'store'), '--out', join(scene.folder, 'run')];
  return scene.start(['spectrum', ...optionsOf(RANGES), '--queue', address, ...store, ...more]);
}

const holderKilled: Fault = {
  name: 'a worker that holds a range of micro-batches is killed',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'its leases are not renewed',
  goesOn: 'another worker holds the range when the lease is over, and answers what was asked',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('range holder', number);
      const { address } = await scene.queue();
      const order = orderRanges(scene, address);
      const workers = ['first', 'second'].map((name) => startWorker(scene, address, name));
      const victim = workers[moments.between(0, 1)] as Command;
      await victim.saw(': begun');
      await sleep(moments.between(0, PRODUCTS_MS));
      victim.kill();
      startWorker(scene, address, 'third');
      await expectEnd(order, 0);
      return { lost: await lostBy(join(scene.folder, 'run'), RANGES) };
    }),
};

const askerKilled: Fault = {
  name: 'the run that asks ranges of micro-batches is killed with all its processes',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'workers hear nothing of it, and let the ranges go after a minute',
  goesOn: '`--resume` goes on from the saved vectors, with the ranges that are still held',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('asker', number);
      const path = join(scene.folder, 'run');
      const { address } = await scene.queue();
      const order = orderRanges(scene, address);
      for (const name of ['first', 'second']) startWorker(scene, address, name);
      await sawCoefficients(path, moments.between(0, 2), order);
      await sleep(moments.between(0, PRODUCTS_MS / 2));
      order.kill();
      await order.end;
      await expectEnd(orderRanges(scene, address, '--resume'), 0);
      return { lost: await lostBy(path, RANGES) };
    }),
};

const queueEmptied: Fault = {
  name: 'Redis comes back empty while ranges of micro-batches are asked',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'the run finds that the queue knows neither ranges nor questions, within 5 seconds',
  goesOn: 'it orders both again',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('range queue', number);
      const queue = await scene.queue();
      const order = orderRanges(scene, queue.address);
      const [first] = ['first', 'second'].map((name) => startWorker(scene, queue.address, name));
      await (first as Command).saw(': begun');
      await sleep(moments.between(0, PRODUCTS_MS));
      await queue.kill();
      await sleep(moments.between(0, PRODUCTS_MS));
      await queue.restart();
      await expectEnd(order, 0);
      return { lost: await lostBy(join(scene.folder, 'run'), RANGES) };
    }),
};

export const RANGE_FAULTS: readonly Fault[] = [holderKilled, askerKilled, queueEmptied];
