/** Whole runs against their plans: `npm run bench:runs`, with `--long` those of many minutes too. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRun } from '../../src/app/runs/directory.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import { type ListedRun, RUNS } from './list.ts';
import type { RunsResults, RunTimes } from './results.ts';

const RESULTS = new URL('../results/runs.json', import.meta.url);
const MAIN = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url));
const POLL_MS = 200;

const takesLong = process.argv.includes('--long');
/** `--only <text>`: the runs whose titles hold it. */
const wanted = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const folder = await mkdtemp(join(tmpdir(), 'hesscope-runs-'));
try {
  for (const run of RUNS) {
    const isWanted = wanted === undefined ? !run.isLong || takesLong : run.title.includes(wanted);
    if (isWanted) await keep(await measure(run));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Each result is kept as soon as it is there, beside those of earlier calls. */
async function keep(times: RunTimes): Promise<void> {
  const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as RunsResults).runs : [];
  const runs = RUNS.flatMap(({ title }) => [times, ...earlier].find((known) => known.title === title) ?? []);
  await writeResults('runs', { runs } satisfies RunsResults);
}

async function measure({ title, request }: ListedRun): Promise<RunTimes> {
  console.error(`runs: ${title}`);
  const path = join(folder, String(Math.random()).slice(2));
  const options = Object.entries(request).flatMap(([key, value]) => optionOf(key, value));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, 'spectrum', ...options, '--no-report', '--out', path],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOfChildren(child.pid as number));
  }, POLL_MS);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  const wholeMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`${title}: expected a finished run, found exit code ${code}`);
  const { run } = await readRun(path);
  return {
    title,
    command: `hesscope spectrum ${options.join(' ')}`,
    products: run.products,
    plannedMs: run.plan?.estimatedMs ?? Number.NaN,
    elapsedMs: run.elapsedMs,
    runtimeMs: run.runtimeMs ?? Number.NaN,
    wholeMs,
    plannedBytes: run.plan?.estimatedBytes ?? Number.NaN,
    peakBytes,
    environment: benchEnvironment(),
  };
}

function optionOf(key: string, value: unknown): string[] {
  if (key === 'full') return value === false ? ['--no-full'] : [];
  if (key === 'modelOptions')
    return Object.entries(value as object).flatMap(([option, set]) => ['--set', `${option}=${set}`]);
  const name = key === 'memoryMiB' ? 'memory' : key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [`--${name}`, String(value)];
}

/** The peak memory of a process's children, as Linux tells it; 0 where it does not. */
function peakOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
    const peaks = children.filter(Boolean).map((child) => {
      const status = readFileSync(`/proc/${child}/status`, 'utf8');
      return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
    });
    return Math.max(0, ...peaks);
  } catch {
    return 0;
  }
}
