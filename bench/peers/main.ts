/** hesscope beside PyTorch and the peers, in turns on one machine: `npm run bench:peers`. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
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
import { Progress } from './progress.ts';
import { type PythonEnvironment, pythonEnvironment } from './python-environment.ts';
import type { CaseFailure, CaseRecord, PackageRecord, PeersResults } from './results.ts';
import { runCase } from './run-case.ts';
import { peersSection } from './section.ts';
import { pythonFacts } from './sides.ts';
import { PRECISION } from './subject.ts';
import { targetsOf } from './targets.ts';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PYTHON_FOLDER = join(ROOT, '.cache', 'peers-venv');
const WORK_FOLDER = join(ROOT, '.cache', 'peers');
const CHART = join(ROOT, 'docs', 'images', 'peers.svg');

const THREADS = 2;
const DEFAULT_REPEATS = 9;
/** What is compared with, by the names of the packages. */
const PACKAGES = ['torch', 'curvlinops-for-pytorch', 'hessian-eigenthings', 'pyhessian'];

interface Options {
  readonly cases?: string;
  readonly repeats: string;
  readonly quick?: boolean;
}

const command = new Command('bench:peers')
  .description('Compares hesscope with PyTorch and its Hessian libraries on this machine.')
  .option('--cases <names>', `some of ${CASES.map(({ name }) => name).join(', ')}, separated by commas`)
  .option('--repeats <count>', 'rounds for each comparison, at most', String(DEFAULT_REPEATS))
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
  const repeats = repeatsOf(options);
  const startedAt = performance.now();
  await mkdir(WORK_FOLDER, { recursive: true });
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const environment = await pythonEnvironment(PYTHON_FOLDER, say);
  if (cases.some(({ quadrature }) => quadrature !== null)) {
    say('compiling hesscope');
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  }
  const { records, failures } = await runCases(cases, environment.python, repeats);
  const results: PeersResults = {
    environment: benchEnvironment(),
    commit: await revision(),
    memoryBytes: totalmem(),
    ...(await packagesOf(environment)),
    threads: THREADS,
    precision: PRECISION,
    cases: records,
    failures,
    targets: targetsOf(records),
    elapsedMs: performance.now() - startedAt,
  };
  await keep(results, cases.length === CASES.length);
  process.stdout.write(`${peersSection(results)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Runs the cases one after the other. One that fails is told, and the rest goes on. */
async function runCases(cases: readonly BenchmarkCase[], python: string, repeats: number) {
  const records: CaseRecord[] = [];
  const failures: CaseFailure[] = [];
  const progress = new Progress(cases);
  for (const chosen of cases) {
    progress.begin(chosen);
    try {
      records.push(
        await runCase(chosen, {
          python,
          folder: WORK_FOLDER,
          threads: THREADS,
          repeats,
          say: (text) => progress.say(text),
        }),
      );
    } catch (error) {
      const reason = firstLine(error as Error);
      failures.push({ name: chosen.name, reason });
      progress.say(`failed: ${reason}`);
    }
  }
  progress.end();
  return { records, failures };
}

/** A complete run becomes the results of record; a part of one stays in the cache. */
async function keep(results: PeersResults, isComplete: boolean): Promise<void> {
  const path = join(WORK_FOLDER, 'peers.json');
  await writeJson(path, results);
  const chart = peersChart(results);
  if (!isComplete) {
    await writeAside(join(WORK_FOLDER, 'peers.svg'), chart);
    process.stderr.write(`results of a part of the cases: ${path}\n`);
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

function repeatsOf({ repeats }: Options): number {
  const count = Number(repeats);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new UserError(`'--repeats': expected a whole number of at least 1, found '${repeats}'`);
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

/** The commit, marked where files differ from it. */
async function revision(): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['describe', '--always', '--dirty', '--abbrev=12'], { cwd: ROOT });
    return stdout.trim();
  } catch {
    return null;
  }
}
