/** A fault that is really made, and what comes of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '../../src/random/stream.ts';
import type { SpectrumRequestInput } from '../../src/study/spectrum/request.ts';
import { measureFiles, PICO, resultFiles } from '../app/worker/small-jobs.ts';

/** What a fault needs and not every machine has. */
export type Need = 'redis-server' | 'processes in /proc' | 'mounts';

export interface Fault {
  readonly name: string;
  readonly needs: readonly Need[];
  /** How often the tests make it; `npm run faults` makes it more often. */
  readonly tries: number;
  /** For the table: how a user or a program learns of it, and what happens then. */
  readonly noticed: string;
  readonly goesOn: string;
  /**
   * Makes it once.
   *
   * @param number of the try; its moments follow from it.
   * @returns what was lost: `NOTHING`, or what is missing or differs from an undisturbed run.
   * @throws when something hangs, or ends otherwise than it should.
   */
  make(number: number): Promise<{ readonly lost: string }>;
}

export const NOTHING = 'nothing';

/** A need that this machine does not meet, in words; null when it meets all of them. */
export function missingNeed({ needs }: Fault): string | null {
  const missing = needs.find((need) => !MET[need]());
  return missing === undefined ? null : `this machine has no ${missing}`;
}

const MET: Readonly<Record<Need, () => boolean>> = {
  'redis-server': () => spawnSync('redis-server', ['--version']).status === 0,
  'processes in /proc': () => existsSync(`/proc/${process.pid}/task/${process.pid}/children`),
  mounts: canMount,
};

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'hesscope-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]).status === 0;
  if (isMounted) spawnSync('umount', [path]);
  rmSync(path, { recursive: true, force: true });
  return isMounted;
}

/** Random choices of one try, the same whenever it is repeated. */
export class Moments {
  private readonly stream: RandomStream;
  private drawn = 0;

  constructor(fault: string, number: number) {
    this.stream = new RandomStream(number, 'moments of faults', fault);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    const [share] = this.stream.uniform(1, this.drawn++);
    return least + Math.floor((share as number) * (most - least + 1));
  }
}

const measured = new Map<string, Promise<Record<string, string>>>();

/** Compares a run with an undisturbed one of the same request. @returns `NOTHING`, or the files that differ. */
export async function lostBy(path: string, request: SpectrumRequestInput = PICO): Promise<string> {
  const key = JSON.stringify(request);
  if (!measured.has(key)) measured.set(key, measureFiles(request));
  const expected = (await measured.get(key)) as Record<string, string>;
  const found = resultFiles(path);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const different = names.filter((name) => expected[name] !== found[name]);
  return different.length === 0 ? NOTHING : `other bytes in ${different.join(', ')}`;
}

/** The options of a command that measures a request. */
export function optionsOf(request: SpectrumRequestInput = PICO): string[] {
  const { model, batch, probes, steps, blocks, threads, microBatches, ranges } = request;
  const choices = { model, batch, probes, steps, blocks, threads, 'micro-batches': microBatches, ranges };
  const given = Object.entries(choices).filter(([, value]) => value !== undefined);
  return [...given.flatMap(([key, value]) => [`--${key}`, `${value}`]), '--no-report'];
}
