/** What every reader promises of every file, and how a test asks for it. */
import './allocation.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { counted, startCounting } from './allocation.ts';
import { DEADLINE_MS, PATH, RUNS, SEED } from './settings.ts';
import { caseBegins, caseEnds } from './watchdog.ts';

/** What a reader may take, beyond what it needs for any file however small: tables of codes, buffers of streams. */
const OWN_BYTES = 2 ** 20;

/** One case: what is read, and the most that it may cost. */
export interface Reading {
  /** Words for what is read, in messages. */
  readonly how: string;
  /** What an error must name. */
  readonly names: string;
  /** The size of what is read. */
  readonly fileBytes: number;
  /** The most bytes of typed arrays for each byte of the file. */
  readonly multiple: number;
  /** Reads; all that is thrown must be a `UserError`. */
  readonly read: () => unknown;
}

/** A new empty folder that goes away with the test. */
export async function scratchFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hesscope-fuzz-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Draws cases and tries each; a failure prints the seed and the path by which it is tried again. */
export async function fuzz<Case>(
  cases: fc.Arbitrary<Case>,
  check: (drawn: Case) => void | Promise<void>,
  runs = RUNS,
): Promise<void> {
  const settings = {
    numRuns: runs,
    seed: SEED,
    ...(PATH === undefined ? {} : { path: PATH, endOnFailure: true }),
  };
  await fc.assert(
    fc.asyncProperty(cases, async (drawn) => check(drawn)),
    settings,
  );
}

/**
 * Reads, and holds the reader to its promises: nothing but a `UserError` that names the file, within the deadline and
 * the memory, and nobody's prototype changed.
 *
 * @returns the error; null when it was read.
 */
export async function readsSoundly({
  how,
  names,
  fileBytes,
  multiple,
  read,
}: Reading): Promise<UserError | null> {
  caseBegins(how);
  startCounting();
  const startedAt = performance.now();
  const error = await outcomeOf(read);
  const tookMs = performance.now() - startedAt;
  const { bytes, refused } = counted();
  caseEnds();
  if (error !== null) {
    if (!(error instanceof UserError)) throw new Error(`${how}: expected a UserError`, { cause: error });
    expect(error.message, `${how}: the message names the file`).toContain(names);
    expect(error.message.length, `${how}: the length of the message`).toBeLessThan(4000);
  }
  expect(refused, `${how}: an array too large for any file here`).toBeNull();
  expect(bytes, `${how}: bytes taken for a file of ${fileBytes}`).toBeLessThan(
    multiple * fileBytes + OWN_BYTES,
  );
  expect(tookMs, `${how}: milliseconds`).toBeLessThan(DEADLINE_MS);
  expect('polluted' in {}, `${how}: the prototype of objects is as it was`).toBe(false);
  return error as UserError | null;
}

/** How a file is read; what an error must name is its path unless given. */
export interface FileReading extends Pick<Reading, 'how' | 'multiple'> {
  readonly names?: string;
  readonly read: (path: string) => unknown;
}

/** Writes bytes to a file and reads them by its path. */
export async function readsFileSoundly(
  path: string,
  content: Uint8Array | string,
  { how, multiple, names = path, read }: FileReading,
): Promise<UserError | null> {
  await writeFile(path, content);
  const fileBytes = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  return readsSoundly({ how, names, fileBytes, multiple, read: () => read(path) });
}

async function outcomeOf(read: () => unknown): Promise<unknown> {
  try {
    await read();
    return null;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}
