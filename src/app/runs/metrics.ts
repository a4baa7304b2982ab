/** The lines of a training's `metrics.jsonl`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../../json-text.ts';
import { errorCode } from './failures.ts';
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
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd();
  // Parsed at once, which is several times faster than line by line for the tens of thousands that there may be.
  return parseJson(`[${whole.replaceAll('\n', ',')}]`) as MetricsRecord[];
}
