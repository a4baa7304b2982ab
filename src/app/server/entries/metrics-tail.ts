/** The lines that a training adds to its metrics while somebody looks on. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../../../json-text.ts';
import { errorCode } from '../../runs/failures.ts';
import { METRICS_FILE } from '../../runs/layout.ts';
import type { MetricsRecord } from '../../runs/metrics.ts';
import type { Metric } from '../contract/entries.ts';
import { metricOf } from '../details/training-detail.ts';

/** Read at a time; what is more comes the next time. */
const MOST_BYTES = 2 ** 20;

/** New lines, and whether they stand in place of all that there were. */
export interface AddedMetrics {
  readonly lines: Metric[];
  readonly isWhole: boolean;
}

export class MetricsTail {
  readonly #path: string;
  #offset: number | null;
  #inode: number | null = null;

  /** @param fromStart whether lines that are there already count as new. */
  constructor(folder: string, fromStart: boolean) {
    this.#path = join(folder, METRICS_FILE);
    this.#offset = fromStart ? 0 : null;
  }

  /** What has been added since the last call; null when there is nothing new. */
  async read(): Promise<AddedMetrics | null> {
    const file = await open(this.#path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (!file) return null;
    try {
      const { size, ino } = await file.stat();
      // A training that goes on cuts what it does again and writes the file anew.
      const isWhole = this.#inode !== null && (ino !== this.#inode || size < (this.#offset ?? 0));
      this.#inode = ino;
      this.#offset = isWhole ? 0 : (this.#offset ?? size);
      const wanted = Math.min(size - this.#offset, MOST_BYTES);
      if (wanted === 0) return isWhole ? { lines: [], isWhole } : null;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, this.#offset);
      const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
      this.#offset += end;
      return { lines: linesOf(buffer.toString('utf8', 0, end)), isWhole };
    } finally {
      await file.close();
    }
  }
}

/** A line that is no JSON is passed over: the detail of its run tells of it. */
function linesOf(text: string): Metric[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [metricOf(parseJson(line) as MetricsRecord)];
      } catch {
        return [];
      }
    });
}
