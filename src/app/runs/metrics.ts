/** The lines of a training's `metrics.jsonl`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { errorCode, explainReadFailure, messageOf } from './failures.ts';
import { METRICS_FILE } from './layout.ts';

/** One step of a training. */
export interface MetricsRecord {
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly elapsedMs: number;
  /** At evaluations. */
  readonly validationLoss?: number;
  /** At evaluations; null where the data have no classes. */
  readonly validationAccuracy?: number | null;
}

/** All whole lines in their order; none when there is no file. A torn last line is left out. */
export async function readMetrics(path: string): Promise<MetricsRecord[]> {
  const text = await readFile(join(path, METRICS_FILE), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw explainReadFailure(error, join(path, METRICS_FILE));
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd();
  const file = join(path, METRICS_FILE);
  let lines: unknown;
  try {
    // Parsed at once, which is several times faster than line by line for the tens of thousands that there may be.
    lines = parseJson(`[${whole.replaceAll('\n', ',')}]`);
  } catch (error) {
    throw new UserError(
      `${file} has a line that is not JSON (${messageOf(error)}); restore it, or train again`,
    );
  }
  if (Array.isArray(lines) && lines.every(isMetrics)) return lines;
  throw new UserError(
    `${file} does not hold what a training writes: expected lines with a step, and numbers; restore it, or train again`,
  );
}

/** Checked by hand: a schema would take longer than all the rest for the tens of thousands of lines. */
function isMetrics(line: unknown): line is MetricsRecord {
  if (typeof line !== 'object' || line === null || typeof (line as MetricsRecord).step !== 'number')
    return false;
  return Object.values(line).every((value) => value === null || ['number', 'string'].includes(typeof value));
}
