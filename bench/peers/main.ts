/** hesscope beside PyTorch and the peers, in turns on one machine: `npm run bench:peers`. */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { reportError } from '../../src/app/cli/exit.ts';
import { writeAside, writeJson } from '../../src/app/runs/write.ts';
import { UserError } from '../../src/errors.ts';
import { nearMatches } from '../../src/names.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import { firstLine } from './alternate.ts';
import { type BenchmarkCase, CASES } from './cases.ts';
import { peersChart } from './chart.ts';
import { KeptCases } from './kept-cases.ts';
import { Progress } from './progress.ts';
import { type PythonEnvironment, pythonEnvironment } from './python-environment.ts';
import type { CaseFailure, CaseRecord, PackageRecord, PeersResults } from './results.ts';
import { type CaseSettings, runCase } from './run-case.ts';
import { peersSection } from './section.ts';
import { pythonFacts } from './sides.ts';
import { PRECISION } from './subject.ts';
import { targetsOf } from './targets.ts';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PYTHON_FOLDER = join(ROOT, '.cache', 'peers-venv');
const WORK_FOLDER = join(ROOT, '.cache', 'peers');
const CHART = join(ROOT, 'docs', 'images', 'peers.svg');

const DEFAULT_THREADS = 2;
const DEFAULT_REPEATS = 9;
/** What is compared with, by the names of the packages. */
const PACKAGES = ['torch', 'curvlinops-for-pytorch', 'hessian-eigenthings', 'pyhessian'];

interface Options {
  readonly cases?: string;
  readonly repeats: string;
  readonly skip?: string;
  readonly threads: string;
  readonly quick?: boolean;
  readonly resume?: boolean;
}

const command = new Command('bench:peers')
  .description('Compares hesscope with PyTorch and its Hessian libraries on this machine.')
  .option('--cases <names>', `some of ${CASES.map(({ name }) => name).join(', ')}, separated by commas`)
  .option('--skip <methods>', 'methods of the other side to leave out, separated by commas')
  .option('--repeats <count>', 'rounds for each comparison, at most', String(DEFAULT_REPEATS))
  .option('--threads <count>', 'of both sides', String(DEFAULT_THREADS))
  .option('--resume', 'takes over the cases that an earlier run of the same sources has finished')
  .option('--quick', 'small cases only, to see whether it works')
  .action(async (options: Options) => {
    try {
      await compare(options);
    } catch (error) {
      process.exitCode = reportError(error);
    }
  });
await command.parseAsync();

async function compare(options: Options): Promise<void> {
  const cases = chosenCases(options);
  const repeats = countOf('repeats', options.repeats);
  const threads = countOf('threads', options.threads);
  const startedAt = performance.now();
  // Of its own, so that two runs do not take each other's files.
  const folder = join(WORK_FOLDER, `run-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const environment = await pythonEnvironment(PYTHON_FOLDER, say);
  if (cases.some(({ quadrature }) => quadrature !== null)) {
    say('compiling hesscope');
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  }
  const commit = await revision();
  const kept = new KeptCases(join(WORK_FOLDER, 'cases'), { commit, threads, repeats });
  const { records, failures } = await runCases(cases, kept, options.resume === true, {
    python: environment.python,
    folder,
    threads,
    repeats,
    skipped: new Set(options.skip?.split(',').map((name) => name.trim())),
  }).finally(() => rm(folder, { recursive: true, force: true }));
  const results: PeersResults = {
    environment: benchEnvironment(),
    commit,
    memoryBytes: totalmem(),
    ...(await packagesOf(environment)),
    threads,
    precision: PRECISION,
    cases: records,
    failures,
    targets: targetsOf(records),
    elapsedMs: performance.now() - startedAt,
  };
  await keep(results, cases.length === CASES.length && threads === DEFAULT_THREADS);
  process.stdout.write(`${peersSection(results)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Runs the cases one after the other. One that fails is told, and the rest goes on. */
async function runCases(
  cases: readonly BenchmarkCase[],
  kept: KeptCases,
  takesOver: boolean,
  settings: Omit<CaseSettings, 'say'>,
) {
  const records: CaseRecord[] = [];
  const failures: CaseFailure[] = [];
  const found = await Promise.all(cases.map(({ name }) => (takesOver ? kept.find(name) : null)));
  const progress = new Progress(cases.filter((_, index) => !found[index]));
  for (const [index, chosen] of cases.entries()) {
    const earlier = found[index];
    if (earlier) {
      records.push(earlier);
      continue;
    }
    progress.begin(chosen);
    try {
      const record = await runCase(chosen, { ...settings, say: (text) => progress.say(text) });
      await kept.keep(record);
      records.push(record);
    } catch (error) {
      const reason = firstLine(error as Error);
      failures.push({ name: chosen.name, reason });
      progress.say(`failed: ${reason}`);
    }
  }
  progress.end();
  return { records, failures };
}

/** A complete run becomes the results of record; any other stays in the cache. */
async function keep(results: PeersResults, isComplete: boolean): Promise<void> {
  const path = join(WORK_FOLDER, 'peers.json');
  await writeJson(path, results);
  const chart = peersChart(results);
  if (!isComplete) {
    await writeAside(join(WORK_FOLDER, 'peers.svg'), chart);
    process.stderr.write(`results: ${path}\n`);
    return;
  }
  await writeResults('peers', results);
  await writeAside(CHART, chart);
}

/** @throws UserError naming a case that does not exist. */
function chosenCases({ cases, quick = false }: Options): readonly BenchmarkCase[] {
  const names = cases?.split(',').map((name) => name.trim()) ?? CASES.map(({ name }) => name);
  const chosen = names.map((name) => {
    const found = CASES.find((one) => one.name === name);
    if (found) return found;
    const known = CASES.map((one) => one.name);
    throw new UserError(`There is no case '${name}'; did you mean '${nearMatches(name, known, 1)[0]}'?`);
  });
  return quick ? chosen.filter(({ isQuick }) => isQuick) : chosen;
}

/** @throws UserError when the text is not a whole number of at least 1. */
function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`'--${option}': expected a whole number of at least 1, found '${text}'`);
}

async function packagesOf({
  python,
  failures,
}: PythonEnvironment): Promise<Pick<PeersResults, 'python' | 'packages'>> {
  const { versions } = await pythonFacts(python, PACKAGES);
  const packages = PACKAGES.map((name): PackageRecord => {
    const version = versions[name] ?? null;
    const reason = Object.entries(failures).find(([requirement]) => requirement.startsWith(`${name}==`))?.[1];
    return { name, version, failure: version === null ? (reason ?? 'it is not installed') : null };
  });
  return { python: versions.python ?? 'unknown', packages };
}

/** The commit that last changed the sources, marked where files differ from it. */
async function revision(): Promise<string | null> {
  const sources = ['--', 'src', 'bench/peers'];
  try {
    const last = await run('git', ['log', '-1', '--format=%h', '--abbrev=12', ...sources], { cwd: ROOT });
    const changed = await run('git', ['status', '--porcelain', ...sources], { cwd: ROOT });
    return `${last.stdout.trim()}${changed.stdout === '' ? '' : '-dirty'}`;
  } catch {
    return null;
  }
}
