/**
 * One writer for a run directory.
 *
 * Each process that wants to write makes a file of its own whose name says who it is, then looks for others.
 * Since names are never shared, a dead holder's file can be removed by anyone without a race, and of two
 * processes that come at once at least one sees the other. Node has no `flock`, and a lock file with one
 * fixed name cannot be taken over from a dead holder without a moment in which two believe they have it.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { errorCode, explainWriteFailure } from './failures.ts';

/** A lock that is held; it ends with `release`, or with the process. */
export interface RunLock {
  release(): Promise<void>;
}

interface Holder {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start, `0` where the system does not tell. */
  readonly startTicks: string;
}

const ATTEMPTS = 4;

/** The lock files of this process; another file of its name was left by a dead one that had the same id. */
const heldHere = new Set<string>();

/**
 * Takes the lock of a directory.
 *
 * @param what it is, for messages.
 * @throws UserError that names the holder (process id, since when, host) when a living process has it.
 */
export async function acquireLock(directory: string, what = 'the run'): Promise<RunLock> {
  const startTicks = (await processState(process.pid))?.startTicks ?? '0';
  const file = `lock-${safeHostname()}-${process.pid}-${startTicks}`;
  const path = join(resolve(directory), file);
  if (heldHere.has(path)) {
    throw new UserError(`${what} ${directory} is already open in this process; close it first`);
  }
  heldHere.add(path);
  const release = async () => {
    // A disk that has become read-only keeps the file; the next process finds its holder dead. What failed first is to be told.
    await rm(path, { force: true }).catch(() => undefined);
    heldHere.delete(path);
  };
  try {
    const other = await claim(directory, file);
    if (other !== null) throw new UserError(await describeHolder(what, directory, other));
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** Makes the own file and looks for others; returns the living holder that stands in the way, or null. */
async function claim(directory: string, file: string): Promise<Holder | null> {
  const path = join(directory, file);
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, `held by process ${process.pid} since ${new Date().toISOString()}\n`);
    } catch (error) {
      throw explainWriteFailure(error, path);
    }
    const other = await findLivingHolder(directory, file);
    if (other === null || attempt === ATTEMPTS) return other;
    // Two that came at the same moment both step back: uneven waits let one of them through.
    await rm(path, { force: true });
    await sleep(10 + 60 * Math.random());
  }
}

/**
 * Whether a living process holds the lock of a directory. It looks only, and leaves what dead holders left.
 *
 * @param names of the directory's entries.
 */
export async function isHeld(names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const holder = parseHolder(name);
    if (holder !== null && (await isAlive(holder))) return true;
  }
  return false;
}

/** Whether a directory entry belongs to the lock. */
export function isLockFile(name: string): boolean {
  return parseHolder(name) !== null;
}

async function findLivingHolder(directory: string, ownFile: string): Promise<Holder | null> {
  for (const name of await readdir(directory)) {
    const holder = parseHolder(name);
    if (holder === null || name === ownFile) continue;
    if (await isAlive(holder)) return holder;
    await rm(join(directory, name), { force: true });
  }
  return null;
}

function parseHolder(file: string): Holder | null {
  const match = /^lock-(.+)-(\d+)-(\d+)$/.exec(file);
  if (match === null) return null;
  const [, host, pid, startTicks] = match;
  return { file, host: host!, pid: Number(pid), startTicks: startTicks! };
}

/** A process id is used again after its process has ended; id and start time together are not. */
async function isAlive(holder: Holder): Promise<boolean> {
  // Nothing can be asked about a process of another machine: it has to be taken for alive.
  if (holder.host !== safeHostname()) return true;
  const state = await processState(holder.pid);
  if (state !== null) {
    return state.running && (holder.startTicks === '0' || state.startTicks === holder.startTicks);
  }
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** State and start of a process by Linux's /proc; null where there is none (another system, or no such process). */
async function processState(pid: number): Promise<{ running: boolean; startTicks: string } | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A killed process stays as a zombie (Z) until its parent has asked how it ended.
    return { running: !['Z', 'X'].includes(fields[0]!), startTicks: fields[19]! };
  } catch {
    return null;
  }
}

async function describeHolder(what: string, directory: string, holder: Holder): Promise<string> {
  const note = await readFile(join(directory, holder.file), 'utf8').catch(() => '');
  const since = / since (\S+)/.exec(note)?.[1];
  const who = `process ${holder.pid} on ${holder.host}${since === undefined ? '' : ` since ${since}`}`;
  const away =
    holder.host === safeHostname() ? '' : `; if that process is gone, delete the file ${holder.file} there`;
  return `${what} ${directory} is in use by ${who}; wait for it or stop it${away}`;
}

function safeHostname(): string {
  return hostname().replace(/[^\w.-]/g, '_') || 'unknown';
}
