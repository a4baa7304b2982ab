import { fitLine, fitPowerLaw } from './fit.ts';
import { CONTEXT_LENGTH } from './points.ts';
import type { CurvesResults } from './results.ts';

/** The section on cost curves of the page on performance. */
export function curvesSection({ curves }: CurvesResults): string {
  const tables = curves.map(({ title, points }) => {
    const times = points.map(({ value, stepMs }) => [value, stepMs] as const);
    const [time, line] = [fitPowerLaw(times), fitLine(times)];
    const memory = fitPowerLaw(points.map(({ value, peakBytes }) => [value, peakBytes]));
    const rows = points.map(
      ({ value, stepMs, peakBytes, residualBytes }) =>
        `| ${value} | ${stepMs.toFixed(1)} | ${mebibytes(peakBytes)} | ${mebibytes(residualBytes)} |`,
    );
    return [
      `| ${title} | step, ms | peak, MiB | residuals, MiB |`,
      '|---:|---:|---:|---:|',
      ...rows,
      '',
      `Time grows as the power ${time.exponent.toFixed(2)} (between the last two points ${time.lastExponent.toFixed(2)}), memory as ${memory.exponent.toFixed(2)} (${memory.lastExponent.toFixed(2)}). As a line, time is ${line.fixed.toFixed(1)} ms + ${line.perUnit.toPrecision(3)} ms for each, within ${(100 * line.largestMiss).toFixed(0)} %.`,
    ].join('\n');
  });
  return [
    '## Cost curves',
    '',
    '`npm run bench:curves`',
    '',
    `A GPT of 4 layers and width 256 on 1 sequence of ${CONTEXT_LENGTH} tokens (2 layers for the width), float32, changed along one axis at a time. A step is one product of the whole Hessian for each probe; for the number of blocks, one product of each block. Medians of 15 steps in three rounds; peak memory is the process's above what it held before the model was traced, parameters not counted.`,
    '',
    tables.join('\n\n'),
  ].join('\n');
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
