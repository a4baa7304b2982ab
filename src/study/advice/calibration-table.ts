/** The table of forecast against outcome, as docs/advice.md has it. */
import type { CalibrationPoint } from './calibration.ts';
import { baselinesOf, type CheckedForecast, COVERAGE, leaveOneFamilyOut } from './forecast.ts';

/** Every network forecast by the other families, then what the baselines get right; Markdown. */
export function calibrationTable(points: readonly CalibrationPoint[]): string {
  const checked = leaveOneFamilyOut(points);
  const hits = checked.filter(({ isHit }) => isHit).length;
  const covered = checked.filter(({ isCovered }) => isCovered).length;
  const { alwaysAdam, architectureName } = baselinesOf(points);
  const of = `of ${points.length}`;
  return [
    '| network | data | steps | JS0 | noise floor | SGD | AdamW | gap | forecast without its family | interval | says | happened | |',
    '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|---|',
    ...checked.map(rowOf),
    '',
    `Right: ${hits} ${of}; the interval held the gap ${covered} times, ${Math.round(100 * COVERAGE)} % are meant. "Always Adam" is right ${alwaysAdam} times, the guess from the name of the architecture (SGD for convolutions and perceptrons, Adam for the rest) ${architectureName} times.`,
  ].join('\n');
}

function rowOf({ point, forecast, outcome, isHit }: CheckedForecast): string {
  const [least, largest] = forecast.interval;
  const loss = (value: number | null) => value?.toFixed(3) ?? 'diverged';
  const cells = [
    `\`${point.name}\``,
    point.data,
    String(point.trainingSteps),
    `${point.js0.toFixed(3)}${point.js0Error === null ? '' : ` ± ${point.js0Error.toFixed(3)}`}`,
    point.noiseFloor?.toFixed(3) ?? '',
    loss(point.sgdLoss),
    loss(point.adamwLoss),
    point.relativeGap.toFixed(3),
    forecast.expectedGap.toFixed(2),
    `${least.toFixed(2)} to ${largest.toFixed(2)}`,
    forecast.verdict,
    outcome,
    isHit ? 'hit' : 'miss',
  ];
  return `| ${cells.join(' | ')} |`;
}
