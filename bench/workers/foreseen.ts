/**
 * The simulation of `hesscope plan --workers` beside the real thing, with one worker and with two:
 * `npm run bench:foreseen`, after `npm run build`.
 */
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { median } from 'simple-statistics';
import type { SharingAnswer } from '../../src/app/report/index.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import { HESSCOPE, timeMeasurement } from './command.ts';
import type { ForeseenResults } from './results.ts';

const MEASUREMENT = [
  '--model',
  'gpt-nano',
  '--blocks',
  'paper',
  '--batch',
  '1',
  '--probes',
  '2',
  '--steps',
  '6',
];
const THREADS = ['--threads', '1'];
const COUNTS = [1, 2];
const REPEATS = 1;

const loadBefore = loadavg()[0] as number;
const foreseen = await simulated();
const found = COUNTS.map((): number[] => []);
// In turn, so that a slow while of the machine touches both.
for (let repeat = 0; repeat < REPEATS; repeat++)
  for (const [index, workers] of COUNTS.entries()) {
    const { wallSeconds: seconds } = await timeMeasurement([
      ...MEASUREMENT,
      ...THREADS,
      '--workers',
      `${workers}`,
    ]);
    found[index]?.push(seconds);
    console.error(`${workers} workers: ${seconds.toFixed(1)} s`);
  }
const results: ForeseenResults = {
  environment: benchEnvironment(),
  loadBefore,
  measurement: [...MEASUREMENT, ...THREADS],
  repeats: REPEATS,
  rows: COUNTS.map((workers, index) => {
    const seconds = found[index] as number[];
    const row = foreseen.rows.find((candidate) => candidate.workers === workers);
    if (!row) throw new Error(`expected a simulation with ${workers} workers, found none`);
    const { tenth, median: middle, ninetieth } = row.wallMs;
    return {
      workers,
      foreseenSeconds: middle / 1000,
      foreseenRange: [tenth / 1000, ninetieth / 1000],
      seconds: median(seconds),
      range: [Math.min(...seconds), Math.max(...seconds)],
    };
  }),
};
await writeResults('foreseen', results);

async function simulated(): Promise<SharingAnswer> {
  const args = [HESSCOPE, 'plan', ...MEASUREMENT, ...THREADS, '--workers', `${COUNTS.at(-1)}`, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return (JSON.parse(stdout) as { workers: SharingAnswer }).workers;
}
