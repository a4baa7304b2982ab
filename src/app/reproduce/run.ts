/** Carries out the commands of a reproduction, one after the other, and writes what they say. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.ts';
import type { Claim } from '../../study/claims.ts';
import { readKeptRecord } from '../runs/kept-record.ts';
import { RUN_FILE } from '../runs/layout.ts';
import { writeJson } from '../runs/write.ts';
import { packageVersion } from '../worker/environment.ts';
import type { Reproduction, ReproductionChoices, ReproductionSize, Step } from './definition.ts';

/** `reproduction.json` */
export interface ReproductionRecord {
  readonly name: string;
  readonly title: string;
  readonly size: ReproductionSize;
  readonly paper: string;
  readonly differs: string;
  readonly found: string;
  readonly notes: readonly string[];
  readonly claims: readonly Claim[];
  /** Files beside this one, each an SVG and a PNG, without their endings. */
  readonly pictures: readonly { readonly file: string; readonly caption: string }[];
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The commands by which all of it is made, without where results go. */
  readonly commands: readonly string[];
  /** Of its commands, those that it shares with others included. */
  readonly elapsedMs: number;
  readonly version: string;
}

/** The file of a reproduction in its folder. */
export const RECORD_FILE = 'reproduction.json';
const DONE_FOLDER = 'steps';

export interface RunOptions {
  /** Of all reproductions of a size. */
  readonly root: string;
  readonly choices: ReproductionChoices;
  /** Told of each command before it runs. */
  readonly onStep: (step: Step) => void;
}

/**
 * Does what is left of the steps, then judges them.
 *
 * @returns null when it was interrupted; the same call then goes on.
 * @throws UserError when a command ends with a mistake of the user's.
 */
export async function reproduce(
  reproduction: Reproduction,
  { root, choices, onStep }: RunOptions,
): Promise<ReproductionRecord | null> {
  const { name, title, paper } = reproduction;
  // Absolute, so that the same command from another folder goes on.
  const folderOf = (folder: string) => resolve(root, folder);
  const steps = reproduction.steps(choices, folderOf).map((step) => onDevice(step, choices));
  let elapsedMs = 0;
  for (const step of steps) {
    const known = await readDone(step, root);
    if (known) {
      elapsedMs += known.elapsedMs;
      continue;
    }
    onStep(step);
    const startedAt = performance.now();
    if (!(await carriedOut(step, folderOf(step.folder), name))) return null;
    const done: DoneStep = {
      ...step,
      finishedAt: new Date().toISOString(),
      elapsedMs: performance.now() - startedAt,
    };
    await writeJson(doneFile(step, root), done);
    elapsedMs += done.elapsedMs;
  }
  const { claims, pictures, found, notes = [], numbers } = await reproduction.conclude(choices, folderOf);
  const path = join(root, name);
  await mkdir(path, { recursive: true });
  const copied = await Promise.all(
    pictures.map(async (picture, index) => {
      const file = `${index + 1}-${basename(picture.path)}`;
      for (const ending of ['svg', 'png'])
        await copyFile(`${picture.path}.${ending}`, join(path, `${file}.${ending}`));
      return { file, caption: picture.caption };
    }),
  );
  const record: ReproductionRecord = {
    name,
    title,
    size: choices.size,
    paper,
    differs: reproduction.differs(choices),
    found,
    notes,
    claims,
    pictures: copied,
    numbers,
    commands: steps.map(
      ({ args }) => `hesscope ${args.map((arg) => arg.replaceAll(resolve(root), '.')).join(' ')}`,
    ),
    elapsedMs,
    version: await packageVersion(),
  };
  await writeJson(join(path, RECORD_FILE), record);
  return record;
}

/** The record of a reproduction that has been made; null where it has not. */
export async function readReproduction(root: string, name: string): Promise<ReproductionRecord | null> {
  return readKeptRecord<ReproductionRecord>(join(root, name, RECORD_FILE), {
    title: 'string',
    notes: 'list',
    claims: 'list',
    pictures: 'list',
    numbers: 'object',
    commands: 'list',
    elapsedMs: 'number',
  });
}

/** A file for each command that has ended well, named by what it was. */
function doneFile({ folder, args }: Step, root: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([folder, args]))
    .digest('hex')
    .slice(0, 16);
  return join(root, DONE_FOLDER, `${folder.replaceAll('/', '-')}-${digest}.json`);
}

/** What is kept of a command that has ended well. */
interface DoneStep extends Step {
  readonly finishedAt: string;
  readonly elapsedMs: number;
}

function readDone(step: Step, root: string): Promise<DoneStep | null> {
  return readKeptRecord<DoneStep>(doneFile(step, root), { elapsedMs: 'number' });
}

/** Commands that compute no network, and so have no device. */
const WITHOUT_DEVICE: readonly (string | undefined)[] = ['quadratic', 'theory'];

function onDevice({ folder, args }: Step, { device }: ReproductionChoices): Step {
  const isLeftOut = device === 'cpu' || WITHOUT_DEVICE.includes(args[0]);
  return { folder, args: isLeftOut ? args : [...args, '--device', device] };
}

/** Whether a run stands in a folder, which its command then goes on with. */
function isRun(path: string): Promise<boolean> {
  return stat(join(path, RUN_FILE)).then(
    () => true,
    () => false,
  );
}

/** @returns false when it was interrupted. */
async function carriedOut({ args }: Step, path: string, name: string): Promise<boolean> {
  const all = [...args, '--out', path, ...((await isRun(path)) ? ['--resume'] : [])];
  const { code, signal } = await hesscope(all);
  if (code === 0) return true;
  // What an interrupted command ends with, and what a signal alone leaves.
  if (code === 130 || signal === 'SIGINT' || signal === 'SIGTERM') return false;
  if (code === 2)
    throw new UserError(`${name}: 'hesscope ${all.join(' ')}' ended with the mistake that stands above.`);
  throw new Error(`${name}: 'hesscope ${all.join(' ')}' ended with ${signal ?? `exit code ${code}`}`);
}

/** A command as a process of its own; its progress goes to standard error, Ctrl-C to its whole group. */
function hesscope(args: readonly string[]): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const isSource = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(isSource ? '../cli/main.ts' : '../cli/main.js', import.meta.url));
  const node = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(process.execPath, [...node, main, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  // The child decides; this process waits for it.
  const wait = () => undefined;
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  return new Promise((settle, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
      settle({ code, signal });
    });
  });
}
