/** The folder that the dashboard is measured on: one large run and one long training, among many small runs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** Runs in all. */
export const RUNS = 1000;
/** Steps of the long training. */
export const POINTS = 50_000;
/** A GPT of thirteen layers with twelve blocks each, besides its embedding and its positions. */
const DEEP_GPT = {
  model_type: 'gpt2',
  n_layer: 13,
  n_embd: 16,
  n_head: 2,
  n_positions: 16,
  vocab_size: 81,
  activation_function: 'gelu_new',
};

/** The entries that are looked at. */
export const LARGE_RUN = 'large';
export const LONG_TRAINING = 'long';

async function hesscope(args: readonly string[]): Promise<void> {
  const main = join(REPOSITORY, 'src/app/cli/main.ts');
  const node = ['--import', import.meta.resolve('tsx')];
  await promisify(execFile)(process.execPath, [...node, main, ...args], { maxBuffer: 2 ** 24 });
}

/** Measures and trains what is not there yet, and fills the folder up with copies of a small run. */
export async function benchRuns(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const short = ['--probes', '2', '--steps', '12', '--batch', '1'];
  const once = async (name: string, args: readonly string[]) => {
    if (!existsSync(join(folder, name, 'run.json'))) await hesscope([...args, '--out', join(folder, name)]);
  };
  const deep = join(folder, '.deep-gpt');
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'config.json'), JSON.stringify(DEEP_GPT));
  // Blocks as small as these would get all their eigenvalues, and no error bands.
  const estimated = ['--no-full', '--exact-up-to', '1'];
  const text = ['--data', 'moby-dick', '--tokenizer', 'character'];
  await once(LARGE_RUN, ['spectrum', '--model', deep, ...text, ...estimated, ...short]);
  await once('small', ['spectrum', '--model', 'mlp', ...short]);
  await once(LONG_TRAINING, ['train', '--model', 'gpt-tiny', '--steps', '500', '--examples', '500']);
  await lengthen(join(folder, LONG_TRAINING));
  for (let index = 3; index < RUNS; index++) await copyRun(folder, 'small', index);
}

/** Repeats the lines of a training, with the steps counted on, until there are `POINTS`. */
async function lengthen(path: string): Promise<void> {
  const file = join(path, 'metrics.jsonl');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  if (lines.length >= POINTS) return;
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const longer = Array.from({ length: POINTS }, (_, index) =>
    JSON.stringify({ ...records[index % records.length], step: index + 1 }),
  );
  await writeFile(file, `${longer.join('\n')}\n`);
}

/** A copy of a run under another name, made a minute earlier than the one before. */
async function copyRun(folder: string, name: string, index: number): Promise<void> {
  const copy = join(folder, `copy-${index}`);
  if (existsSync(join(copy, 'run.json'))) return;
  await mkdir(copy, { recursive: true });
  for (const file of ['blocks.json', 'spectra.json', 'distances.json', 'hashes.jsonl'])
    await copyFile(join(folder, name, file), join(copy, file));
  const run = JSON.parse(await readFile(join(folder, name, 'run.json'), 'utf8')) as Record<string, string>;
  const createdAt = new Date(Date.parse(run.createdAt as string) - index * 60_000).toISOString();
  await writeFile(join(copy, 'run.json'), JSON.stringify({ ...run, name: `copy-${index}`, createdAt }));
}
