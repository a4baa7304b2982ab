import type { RunsResults } from './results.ts';

/** The section on whole runs of the page on performance. */
export function runsSection({ runs }: RunsResults): string {
  const rows = runs.map((run) => {
    const { title, products, plannedMs, elapsedMs, runtimeMs, plannedBytes, peakBytes, environment } = run;
    const outside = 100 * (1 - runtimeMs / elapsedMs);
    return `| ${title} | ${products} | ${seconds(plannedMs)} | ${seconds(elapsedMs)} | ${(elapsedMs / plannedMs).toFixed(2)} | ${outside.toFixed(1)} % | ${mebibytes(plannedBytes)} | ${mebibytes(peakBytes)} | ${environment.processor}, ${environment.cores} cores |`;
  });
  return [
    '## Whole runs: planned and measured',
    '',
    '`npm run bench:runs` (`-- --long` for the last one)',
    '',
    '| run | products | planned, s | took, s | took / planned | outside the runtime | planned, MiB | peak, MiB | machine |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---|',
    ...rows,
    '',
    'Outside the runtime: Lanczos arithmetic, eigenvalues of exact blocks, files, compiling graphs, planning; not the start of the process.',
    '',
    ...runs.map(
      ({ title, command, wholeMs }) =>
        `- ${title}: \`${command}\`, ${seconds(wholeMs)} s with the start of the process.`,
    ),
  ].join('\n');
}

function seconds(elapsedMs: number): string {
  return (elapsedMs / 1000).toFixed(1);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
