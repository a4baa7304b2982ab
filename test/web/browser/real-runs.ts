/** Runs of every kind, made by the commands themselves; kept below test-output, so that they are made once. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compiledFile } from '../../compiled/compiled.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = join(REPOSITORY, 'test-output', 'dashboard-runs');
const DONE = join(REPOSITORY, 'test-output', 'dashboard-runs.done');

/** A command for each kind of entry, the smallest that shows everything; in this order, as some need what others leave. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  gpt: ['spectrum', '--model', 'gpt-pico', '--probes', '2', '--steps', '8', '--batch', '2'],
  mlp: ['spectrum', '--model', 'mlp', '--probes', '2', '--steps', '8', '--batch', '8'],
  comparison: [
    'compare',
    '--model',
    'mlp',
    '--steps',
    '8',
    '--examples',
    '200',
    '--rates',
    '0.01,0.1',
    '--no-extend',
  ],
  // Leaves a training with checkpoints, exact matrices, and such matrices along the training, too.
  reproduction: ['reproduce', 'fig2', '--quick'],
  stages: ['spectrum', '--checkpoints', '{reproduction}/trainings/gpt-tiny', '--probes', '2', '--steps', '8'],
  coupling: ['coupling', '--model', 'gpt-tiny', '--probes', '2', '--batch', '2'],
  quadratic: ['quadratic', '--case', '3', '--trials', '2'],
  theory: ['theory', 'proposition-1', '--quick'],
};

async function hesscope(args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [compiledFile('app/cli/main.ts'), ...args], {
    cwd: REPOSITORY,
    maxBuffer: 2 ** 24,
  });
}

/** What the runs were made with; other commands make them anew. */
const RECIPE = JSON.stringify(COMMANDS);

/** While it is there, another test file is making the runs. */
const MAKING = join(REPOSITORY, 'test-output', 'dashboard-runs.making');
/** Made that long ago, it was left by a process that was killed. */
const LONGEST_MAKING_MS = 600_000;

const isDone = async () => existsSync(DONE) && (await readFile(DONE, 'utf8')) === RECIPE;

/** Whether it is this process that is to make the runs: a folder can be made once only. */
async function mayMake(): Promise<boolean> {
  const age = Date.now() - ((await stat(MAKING).catch(() => null))?.mtimeMs ?? Date.now());
  if (age > LONGEST_MAKING_MS) await rm(MAKING, { recursive: true, force: true });
  await mkdir(dirname(MAKING), { recursive: true });
  return mkdir(MAKING).then(
    () => true,
    () => false,
  );
}

/** The folder of the runs, which nobody writes to: a test that changes something copies it. */
export async function realRuns(): Promise<string> {
  while (!(await isDone())) {
    if (await mayMake()) await makeRuns().finally(() => rm(MAKING, { recursive: true, force: true }));
    else await sleep(200);
  }
  return FOLDER;
}

async function makeRuns(): Promise<void> {
  // The one that made them before may have ended in between.
  if (await isDone()) return;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const [name, command] of Object.entries(COMMANDS)) {
    const args = command.map((arg) => arg.replace(/\{(\w+)\}/, (_, other: string) => join(FOLDER, other)));
    await hesscope([...args, '--out', join(FOLDER, name)]);
  }
  await writeFile(DONE, RECIPE);
}
