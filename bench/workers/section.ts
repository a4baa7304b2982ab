import { CPU_TARGET, type ForeseenResults, type WorkersResults, type WorkersSide } from './results.ts';

/** The section on shared work of the page on performance. */
export function workersSection({
  loadBefore,
  measurement,
  repeats,
  sides,
  environment,
}: WorkersResults): string {
  const [one] = sides as [WorkersSide];
  const shared = sides.at(-1) as WorkersSide;
  const ratio = shared.cpuSeconds / one.cpuSeconds;
  const target = Math.round(100 * (CPU_TARGET - 1));
  return [
    '## What sharing costs',
    '',
    '`npm run bench:workers`',
    '',
    `\`hesscope spectrum ${measurement.join(' ')}\` by one process and by workers, in turn, medians of ${repeats} with the least and the largest in brackets. CPU-seconds are user and system time of all processes from the start of the command to its end. Workers may take ${target} % more than one process of one thread: they take ${percent(ratio)}, so the target is ${ratio <= CPU_TARGET ? 'met' : 'missed'}. The load before was ${loadBefore.toFixed(1)} on ${environment.cores} cores; above 0.5 others were at work.`,
    '',
    '| | CPU-seconds | of one process | time, s | processes |',
    '|---|---:|---:|---:|---:|',
    ...sides.map(
      ({ title, cpuSeconds, cpuRange, wallSeconds, wallRange, processes }) =>
        `| ${title} | ${withRange(cpuSeconds, cpuRange)} | ${(cpuSeconds / one.cpuSeconds).toFixed(2)} | ${withRange(wallSeconds, wallRange)} | ${processes} |`,
    ),
  ].join('\n');
}

/** The section on the simulation of shared work. */
export function foreseenSection({
  loadBefore,
  measurement,
  repeats,
  rows,
  environment,
}: ForeseenResults): string {
  return [
    '## Shared work as it was foreseen',
    '',
    '`npm run bench:foreseen`',
    '',
    `\`hesscope spectrum ${measurement.join(' ')} --workers N\` beside the simulation of \`hesscope plan\` with the same choices: its median, and between which times eight of ten simulations end; ${repeats === 1 ? 'one run' : `medians of ${repeats} runs`} from the start of the command to its end. The load before was ${loadBefore.toFixed(1)} on ${environment.cores} cores.`,
    '',
    '| workers | foreseen, s | found, s | found of foreseen |',
    '|---:|---:|---:|---:|',
    ...rows.map(
      ({ workers, foreseenSeconds, foreseenRange, seconds, range }) =>
        `| ${workers} | ${withRange(foreseenSeconds, foreseenRange)} | ${withRange(seconds, range)} | ${(seconds / foreseenSeconds).toFixed(2)} |`,
    ),
  ].join('\n');
}

function percent(ratio: number): string {
  const difference = 100 * (ratio - 1);
  return `${Math.abs(difference).toFixed(1)} % ${difference < 0 ? 'less' : 'more'}`;
}

function withRange(middle: number, [least, largest]: readonly [number, number]): string {
  return `${middle.toFixed(1)} (${least.toFixed(1)} to ${largest.toFixed(1)})`;
}
