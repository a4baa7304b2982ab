/**
 * Processor time and time of one measurement by one process and by two workers: `npm run bench:workers`, after
 * `npm run build`. For a short try: `npm run bench:workers -- --repeats 1 --steps 2`, whose results are printed alone.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import { timeMeasurement } from './command.ts';
import type { CommandTimes } from './process-tree.ts';
import type { WorkersResults, WorkersSide } from './results.ts';

/** Minutes of one thread, so that what processes take to start weighs no less than in real work. */
const DEFAULTS = { model: 'gpt-nano', blocks: 'paper', batch: '1', probes: '2', steps: '20', repeats: '5' };

/** The first has as many threads of arithmetic as each worker, which is the hardest to keep up with. */
const SIDES = [
  { title: 'one process of one thread', options: ['--threads', '1'] },
  { title: 'one process of two threads', options: ['--threads', '2'] },
  { title: 'two workers of one thread each', options: ['--workers', '2', '--threads', '1'] },
];

const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, { type: 'string' as const }])),
});
const { repeats, ...choices } = { ...DEFAULTS, ...values };
const measurement = Object.entries(choices).flatMap(([name, value]) => [`--${name}`, value]);
const loadBefore = loadavg()[0] as number;
const times = SIDES.map((): CommandTimes[] => []);
// In turn, so that a slow while of the machine touches all.
for (let repeat = 0; repeat < Number(repeats); repeat++) {
  for (const [index, side] of SIDES.entries()) {
    const found = await timeMeasurement([...measurement, ...side.options]);
    times[index]?.push(found);
    console.error(
      `${side.title}: ${found.cpuSeconds.toFixed(1)} CPU-seconds, ${found.wallSeconds.toFixed(1)} s, ${found.processes} processes`,
    );
  }
}
const results: WorkersResults = {
  environment: benchEnvironment(),
  loadBefore,
  measurement,
  repeats: Number(repeats),
  sides: SIDES.map((side, index) => summary(side, times[index] as CommandTimes[])),
};
if (Object.keys(values).length === 0) await writeResults('workers', results);
else console.log(JSON.stringify(results, null, 2));

function summary({ title, options }: (typeof SIDES)[number], found: readonly CommandTimes[]): WorkersSide {
  const cpu = found.map(({ cpuSeconds }) => cpuSeconds);
  const wall = found.map(({ wallSeconds }) => wallSeconds);
  return {
    title,
    options,
    cpuSeconds: median(cpu),
    cpuRange: [Math.min(...cpu), Math.max(...cpu)],
    wallSeconds: median(wall),
    wallRange: [Math.min(...wall), Math.max(...wall)],
    processes: median(found.map(({ processes }) => processes)),
  };
}
