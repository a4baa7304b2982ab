/** Orders that are not as they should be: a second writer, a clock that jumps, another version, numbers that overflow. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openQueue, registerVersion, type UnitJob } from '../../src/app/queue/unit-queue.ts';
import { npyBytes } from '../network/data/npy-bytes.ts';
import { modelBytes } from '../tensor/onnx/import/small-models.ts';
import { type Fault, lostBy, Moments, NOTHING, optionsOf } from './fault.ts';
import { orderWork, startWorker } from './processes.ts';
import { type Command, expectEnd, inScene, sawCoefficients } from './scene.ts';

function expectText(found: string, expected: string | RegExp): void {
  const isThere = typeof expected === 'string' ? found.includes(expected) : expected.test(found);
  if (!isThere) throw new Error(`expected ${expected}, found: ${found}`);
}

const secondWriter: Fault = {
  name: 'a second process opens the same run',
  needs: [],
  tries: 1,
  noticed: 'it is told which process has the run, exit code 2',
  goesOn: 'the first one goes on',
  make: (number) =>
    inScene(async (scene) => {
      const path = join(scene.folder, 'run');
      const first = scene.start(['spectrum', ...optionsOf(), '--out', path]);
      await sawCoefficients(path, new Moments('second writer', number).between(0, 2), first);
      // Until the second one has looked, or the first might be done by then.
      process.kill(-first.pid, 'SIGSTOP');
      const second = scene.start(['spectrum', ...optionsOf(), '--out', path, '--resume']);
      await expectEnd(second, 2);
      expectText(second.stderr, /is in use by process \d+/);
      process.kill(-first.pid, 'SIGCONT');
      await expectEnd(first, 0);
      return { lost: await lostBy(path) };
    }),
};

const HOUR_MS = 3_600_000;
/** The longest jump forward is beyond the week for which the queue keeps results. */
const JUMPS_MS = [8 * 24 * HOUR_MS, -24 * HOUR_MS, HOUR_MS, -HOUR_MS, 90_000, -90_000];
/** From the start of a process; the small request takes longer. */
const MOST_AFTER_MS = 4_000;

const clock: Fault = {
  name: 'the clock of the run or of a worker jumps, by 90 seconds to 8 days, forward or back',
  needs: ['redis-server'],
  tries: 2,
  noticed: 'it is not',
  goesOn: 'durations are counted by a clock that nobody sets; leases by the queue',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('clock', number);
      const jump = JUMPS_MS[moments.between(0, JUMPS_MS.length - 1)] as number;
      const jumping = {
        NODE_OPTIONS: `--import ${new URL('./clock-jump.mjs', import.meta.url).href}`,
        HESSCOPE_FAULT_CLOCK: `${moments.between(0, MOST_AFTER_MS)},${jump}`,
      };
      const { address } = await scene.queue();
      const isWorker = number % 2 === 0;
      const out = ['--out', join(scene.folder, 'run')];
      const order = scene.start(
        ['spectrum', ...optionsOf(), '--queue', address, ...out],
        isWorker ? {} : jumping,
      );
      startWorker(scene, address, 'worker', isWorker ? jumping : {});
      await expectEnd(order, 0);
      return { lost: await lostBy(join(scene.folder, 'run')) };
    }),
};

const OTHER_VERSION = '0.0.9+0123456789ab';

/** A unit of another version that waits; nobody looks into it. */
async function orderOfOtherVersion(port: number): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null });
  await registerVersion(redis, OTHER_VERSION);
  const queue = openQueue(OTHER_VERSION, redis.options);
  await queue.add('unit', { order: {}, run: 'other', shipment: null } as unknown as UnitJob);
  await queue.close();
  redis.disconnect();
}

const otherVersion: Fault = {
  name: 'a worker of another version comes',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'it names both versions, exit code 2',
  goesOn: 'units wait for workers of their own version',
  make: () =>
    inScene(async (scene) => {
      const { address, port } = await scene.queue();
      await orderOfOtherVersion(port);
      const worker = startWorker(scene, address, 'worker');
      await expectEnd(worker, 2);
      expectText(worker.stderr, `are for ${OTHER_VERSION}`);
      // With units of its own version there, it works; the others are left alone.
      const order = orderWork(scene, address);
      await order.saw('units wait');
      startWorker(scene, address, 'worker');
      await expectEnd(order, 0);
      return { lost: await lostBy(join(scene.folder, 'run')) };
    }),
};

/** Rows of both micro-batches, and of each. */
const [ROWS, BATCH, WIDTH] = [8, 4, 3] as const;
/** Its square is beyond float32. */
const HUGE = 1e25;

/**
 * A linear layer with weights of zero: the loss is that of the bias, and finite whatever comes in. The curvature of the
 * weights holds the squares of what comes in, and those of the second micro-batch overflow.
 */
function overflowing(folder: string, exactUpTo: number): string[] {
  const zeros = { dtype: 'float32', shape: [WIDTH, 2], data: new Float32Array(2 * WIDTH) } as const;
  const bias = { dtype: 'float32', shape: [2], data: Float32Array.of(0.5, -0.5) } as const;
  const paths = Object.fromEntries(
    ['model.onnx', 'x.npy', 'y.npy'].map((name) => [name, join(folder, name)]),
  ) as Record<'model.onnx' | 'x.npy' | 'y.npy', string>;
  writeFileSync(
    paths['model.onnx'],
    modelBytes({
      nodes: [
        { op: 'MatMul', inputs: ['x', 'layer.weight'], outputs: ['product'] },
        { op: 'Add', inputs: ['product', 'layer.bias'], outputs: ['y'] },
      ],
      inputs: { x: { dtype: 'float32', shape: [BATCH, WIDTH] } },
      outputs: ['y'],
      initialisers: { 'layer.bias': bias, 'layer.weight': zeros },
    }),
  );
  const x = Float32Array.from({ length: ROWS * WIDTH }, (_, at) => (at < BATCH * WIDTH ? at / 10 : HUGE));
  writeFileSync(paths['x.npy'], npyBytes('<f4', [ROWS, WIDTH], x));
  writeFileSync(paths['y.npy'], npyBytes('<f4', [ROWS, 2], new Float32Array(2 * ROWS)));
  const data = ['--inputs', paths['x.npy'], '--targets', paths['y.npy'], '--loss', 'mse'];
  const size = [
    '--batch',
    `${BATCH}`,
    '--micro-batches',
    '2',
    '--probes',
    '2',
    '--steps',
    '3',
    '--exact-up-to',
    `${exactUpTo}`,
  ];
  return ['--model', paths['model.onnx'], ...data, ...size, '--no-full', '--threads', '1', '--no-report'];
}

const NAMED = /layer\.weight: .* in micro-batch 2: the first such value comes from '\w+' \(%\d+: float32/;

const notFinite: Fault = {
  name: 'products of one block overflow in one micro-batch',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'the error names block, micro-batch and operation; by units, which one was set aside',
  goesOn: 'units of other blocks are kept; the loss is made smaller, or float64 taken',
  make: (number) =>
    inScene(async (scene) => {
      // Its eigenvalues by probes, or all of them, in turn.
      const options = overflowing(scene.folder, number % 2 === 0 ? 100 : 0);
      const path = join(scene.folder, 'run');
      const alone = scene.start(['spectrum', ...options, '--out', join(scene.folder, 'alone')]);
      await expectEnd(alone, 1);
      expectText(alone.stderr, NAMED);
      const ranges = ['--ranges', '2', '--workers', '2', '--out', join(scene.folder, 'ranges')];
      const shared = scene.start(['spectrum', ...options, ...ranges]);
      await expectEnd(shared, 1);
      expectText(shared.stderr, NAMED);
      const pool = scene.start(['spectrum', ...options, '--workers', '1', '--out', path]);
      await expectSetAside(pool, path);
      const { address } = await scene.queue();
      const other = join(scene.folder, 'other');
      const order = scene.start(['spectrum', ...options, '--queue', address, '--out', other]);
      startWorker(scene, address, 'worker');
      await expectSetAside(order, other);
      return { lost: NOTHING };
    }),
};

/** The error names what it should, and the units of the other block are kept. */
async function expectSetAside(command: Command, path: string): Promise<void> {
  await expectEnd(command, 1);
  expectText(command.stderr, NAMED);
  expectText(command.stderr, /layer\.weight, (probes 1 to 2|all eigenvalues) \(3 tries\)/);
  const { units } = JSON.parse(readFileSync(join(path, 'units.json'), 'utf8')) as {
    units: { unit: string }[];
  };
  if (!units.some(({ unit }) => unit.startsWith('layer.bias')))
    throw new Error(`expected the unit of the bias to be kept, found ${JSON.stringify(units)}`);
}

export const ORDER_FAULTS: readonly Fault[] = [secondWriter, clock, otherVersion, notFinite];
