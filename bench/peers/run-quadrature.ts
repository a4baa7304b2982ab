/** Whole spectra from start to end, each a process: `hesscope spectrum` and the Python programs in turns. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readRun } from '../../src/app/runs/directory.ts';
import { WHOLE_MATRIX } from '../../src/curvature/model-curvature.ts';
import { alternate, firstLine, roundsWithin, type Spread, spreadOf, type Turns } from './alternate.ts';
import type { BenchmarkCase, QuadratureCase } from './cases.ts';
import { SIDE_ENVIRONMENT } from './child-process.ts';
import { QUADRATURE_TITLES } from './contests.ts';
import type { QuadratureRecord } from './results.ts';
import type { Timing } from './side.ts';
import { PRECISION, SEED } from './subject.ts';

const runProgram = promisify(execFile);

const HESSCOPE = fileURLToPath(new URL('../../dist/app/cli/main.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./slq.py', import.meta.url));
/** How long each program may alternate with us. */
const BUDGET_MS = 20_000;
/** A part of a run's time: its work without start, imports, and opening of model and data. */
const WORK = 'work';

export interface QuadratureSettings {
  readonly python: string;
  /** The JSON file that describes the case. */
  readonly descriptionPath: string;
  /** Where our runs go; emptied before each. */
  readonly runPath: string;
  readonly threads: number;
  readonly repeats: number;
  say(text: string): void;
}

/** The largest Ritz value of each operator. */
type Largest = Readonly<Record<string, number>>;

interface WholeRun {
  readonly timing: Timing;
  readonly largest: Largest;
}

/** Compares the whole runs of a case. A program that fails is recorded as such. @throws what ours fails with. */
export async function runQuadratures(
  chosen: BenchmarkCase,
  quadrature: QuadratureCase,
  settings: QuadratureSettings,
): Promise<QuadratureRecord[]> {
  const records: QuadratureRecord[] = [];
  for (const [covers, methods] of [
    ['blocks', quadrature.overBlocks],
    ['full', quadrature.fullOnly],
  ] as const)
    for (const method of methods)
      records.push(await compareRuns(chosen, quadrature.steps, covers, method, settings));
  return records;
}

async function compareRuns(
  chosen: BenchmarkCase,
  steps: number,
  covers: QuadratureRecord['covers'],
  method: string,
  settings: QuadratureSettings,
): Promise<QuadratureRecord> {
  const title = QUADRATURE_TITLES[method] ?? method;
  settings.say(`whole run: ${title}`);
  const runOurs = () => ourRun(chosen, steps, covers, settings);
  const runTheirs = () => theirRun(method, steps, settings);
  const first = await runOurs();
  let failure: string | null = null;
  let their: WholeRun | null = null;
  try {
    their = await runTheirs();
  } catch (error) {
    failure = firstLine(error as Error);
  }
  const roundMs = first.timing.elapsedMs + (their?.timing.elapsedMs ?? 0);
  // The first runs count: a whole run has no warm-up by nature.
  const rounds = their ? roundsWithin(BUDGET_MS, roundMs, 1, settings.repeats) - 1 : 0;
  const turns = await alternate({ name: 'ours', run: async () => (await runOurs()).timing }, [
    { name: method, rounds, run: async () => (await runTheirs()).timing },
  ]);
  const ours = [first.timing, ...(turns.get('ours') as Turns).timings];
  const theirs = their ? [their.timing, ...(turns.get(method) as Turns).timings] : [];
  const [ourTime, theirTime] = [spreadOf(ours.map(whole)) as Spread, spreadOf(theirs.map(whole))];
  const worst = their ? largestDifference(first.largest, their.largest) : null;
  return {
    method,
    title,
    covers,
    steps,
    ours: ourTime,
    theirs: theirTime,
    oursWork: spreadOf(ours.map(work)) as Spread,
    theirsWork: spreadOf(theirs.map(work)),
    ratio: theirTime ? ourTime.medianMs / theirTime.medianMs : null,
    difference: worst?.difference ?? null,
    differenceOf: worst?.name ?? null,
    failure: failure ?? (turns.get(method) as Turns).failure,
  };
}

async function ourRun(
  chosen: BenchmarkCase,
  steps: number,
  covers: QuadratureRecord['covers'],
  { runPath, threads }: QuadratureSettings,
): Promise<WholeRun> {
  await rm(runPath, { recursive: true, force: true });
  const options = {
    model: chosen.model,
    data: chosen.data,
    batch: chosen.batch,
    blocks: covers === 'full' ? 'none' : chosen.blocks,
    probes: 1,
    steps,
    seed: SEED,
    precision: PRECISION,
    threads,
    out: runPath,
  };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const startedAt = performance.now();
  await runProgram(process.execPath, [HESSCOPE, 'spectrum', '--no-report', '--json', ...given], {
    maxBuffer: 2 ** 26,
  });
  const elapsedMs = performance.now() - startedAt;
  const { run, spectra } = await readRun(runPath);
  const all = [...(spectra?.blocks ?? []), ...(spectra?.full ? [spectra.full] : [])];
  return {
    timing: { elapsedMs, partsMs: { [WORK]: run.elapsedMs } },
    largest: Object.fromEntries(all.map(({ name, largest }) => [name, largest.mean])),
  };
}

async function theirRun(
  method: string,
  steps: number,
  { python, descriptionPath, threads }: QuadratureSettings,
): Promise<WholeRun> {
  const startedAt = performance.now();
  const { stdout } = await runProgram(
    python,
    [PROGRAM, descriptionPath, method, String(steps), String(threads)],
    { env: SIDE_ENVIRONMENT, maxBuffer: 2 ** 26 },
  ).catch((error: Error & { stderr?: string }) => {
    throw new Error(error.stderr?.trim().split('\n').at(-1) ?? error.message);
  });
  const elapsedMs = performance.now() - startedAt;
  const said = JSON.parse(stdout.trim().split('\n').at(-1) as string) as {
    largest: Largest;
    elapsedMs: number;
  };
  return { timing: { elapsedMs, partsMs: { [WORK]: said.elapsedMs } }, largest: said.largest };
}

/**
 * The operator whose largest Ritz values differ most, relative to the larger of its own and a thousandth of the
 * largest of all: a block without curvature holds nothing but rounding.
 */
function largestDifference(ours: Largest, theirs: Largest): { name: string; difference: number } {
  const least = Math.max(...Object.values(ours).map(Math.abs)) / 1000;
  let worst = { name: WHOLE_MATRIX, difference: 0 };
  for (const [name, value] of Object.entries(theirs)) {
    const own = ours[name] ?? Number.NaN;
    const difference = Math.abs(value - own) / Math.max(Math.abs(own), least);
    if (!(difference <= worst.difference)) worst = { name, difference };
  }
  return worst;
}

function whole({ elapsedMs }: Timing): number {
  return elapsedMs;
}

function work({ partsMs }: Timing): number {
  return partsMs[WORK] ?? Number.NaN;
}
