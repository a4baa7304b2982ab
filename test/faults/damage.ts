/** Files that are cut short, or of which one bit has turned over. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyRun } from '../../src/app/runs/verify.ts';
import type { SpectrumRequestInput } from '../../src/study/spectrum/request.ts';
import { breakOff, EVERY_STEP, jobOf, MLP, noticesOf, runJob, shared } from '../app/worker/small-jobs.ts';
import { type Fault, lostBy, Moments } from './fault.ts';
import { orderWork, startWorker } from './processes.ts';
import { expectEnd, inScene } from './scene.ts';

/** One block by all its eigenvalues, one and the whole matrix by probes. */
const MIXED: SpectrumRequestInput = { ...MLP, exactUpTo: 700 };
/** Both blocks are done after 22 products; the whole matrix is then in the middle of its 12. */
const IN_THE_WHOLE_MATRIX = 26;

/** What is damaged in turn: files of a run whose path begins so. */
const KINDS = ['lanczos/', 'state/', 'exact/', 'units.json'] as const;

/** Damages a file at a random place. @returns what was done. */
function damage(path: string, moments: Moments): string {
  const content = readFileSync(path);
  const place = moments.between(0, content.length - 1);
  if (moments.between(0, 1) === 0) {
    writeFileSync(path, content.subarray(0, place));
    return `cut after ${place} of ${content.length} bytes`;
  }
  content[place] = (content[place] as number) ^ (1 << moments.between(0, 7));
  writeFileSync(path, content);
  return `one bit of byte ${place} turned over`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function oneOf<Item>(items: readonly Item[], moments: Moments): Item {
  return items[moments.between(0, items.length - 1)] as Item;
}

const ofRun: Fault = {
  name: 'a file of a run is cut short or has a wrong bit: coefficients, vectors, eigenvalues, `units.json`',
  needs: [],
  tries: KINDS.length,
  noticed: '`hesscope verify` names it; `--resume` says that it is passed over',
  goesOn: 'what it held is made again',
  make: (number) =>
    inScene(async (scene) => {
      const moments = new Moments('damaged file', number);
      const kind = KINDS[number % KINDS.length] as (typeof KINDS)[number];
      const path = join(scene.folder, 'run');
      const isShared = kind === 'units.json';
      if (isShared) await runJob(shared(jobOf(MIXED, { path }), 1));
      else await breakOff(jobOf(MIXED, { path }, EVERY_STEP), IN_THE_WHOLE_MATRIX, 'stop');
      const files = filesBelow(path).filter((file) => file.slice(path.length + 1).startsWith(kind));
      // Coefficients of a probe that is done; those under way are bound to their vectors, another kind.
      const whole = files.filter((file) => kind !== 'lanczos/' || !file.slice(path.length).includes('full'));
      const how = damage(oneOf(whole, moments), moments);
      const { sound } = await verifyRun(path);
      if (sound) throw new Error(`${kind}, ${how}: verify found nothing`);
      const job = jobOf(MIXED, { resume: path });
      const { events } = await runJob(isShared ? shared(job, 1) : job);
      if (noticesOf(events).length === 0) throw new Error(`${kind}, ${how}: nothing was said`);
      if (!(await verifyRun(path)).sound) throw new Error(`${kind}, ${how}: still damaged after the resume`);
      return { lost: await lostBy(path, MIXED) };
    }),
};

/** A worker's cache after it has performed the small request; made once. */
let cache: Promise<string> | null = null;

function filledCache(): Promise<string> {
  cache ??= inScene(async (scene) => {
    const { address } = await scene.queue();
    const order = orderWork(scene, address);
    startWorker(scene, address, 'worker');
    await expectEnd(order, 0);
    const copy = mkdtempSync(join(tmpdir(), 'hesscope-cache-'));
    process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
    cpSync(join(scene.folder, 'worker'), copy, { recursive: true });
    return copy;
  });
  return cache;
}

const ofWorker: Fault = {
  name: 'a result that a worker has kept is cut short or has a wrong bit',
  needs: ['redis-server'],
  tries: 1,
  noticed: 'the worker says so when the unit is ordered again',
  goesOn: 'it performs the unit again',
  make: async (number) => {
    const filled = await filledCache();
    return inScene(async (scene) => {
      const moments = new Moments('damaged result', number);
      cpSync(filled, join(scene.folder, 'worker'), { recursive: true });
      const how = damage(oneOf(filesBelow(join(scene.folder, 'worker', 'results')), moments), moments);
      const { address } = await scene.queue();
      const order = orderWork(scene, address);
      const worker = startWorker(scene, address, 'worker');
      await expectEnd(order, 0);
      const performed = worker.stderr.split(': done in').length - 1;
      if (!worker.stderr.includes('is damaged') || performed !== 1)
        throw new Error(`${how}: expected it to be told and one unit to be performed; ${worker.stderr}`);
      return { lost: await lostBy(join(scene.folder, 'run')) };
    });
  },
};

export const DAMAGE_FAULTS: readonly Fault[] = [ofRun, ofWorker];
