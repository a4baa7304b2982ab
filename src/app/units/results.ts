/** Results of units by their keys, in a folder: a unit that was done once is not done again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../runs/hashes.ts';
import { writeAside } from '../runs/write.ts';
import type { UnitOrder, UnitReport } from './order.ts';

/** What stands in a file: the report as text, and its hash. */
interface Envelope {
  readonly sha256: string;
  readonly report: string;
}

/** Kept results. A file that is damaged counts as none. */
export class UnitResults {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The result of a unit that was performed before; null where there is none that is whole.
   *
   * @param onNotice is told of a file that is damaged.
   */
  async find({ key }: UnitOrder, onNotice: (text: string) => void): Promise<UnitReport | null> {
    const path = this.path(key);
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return null;
    const report = reportIn(text);
    if (report?.key === key) return report;
    onNotice(`The kept result ${path} is damaged; its unit is performed again.`);
    return null;
  }

  /** @throws UserError when the disk does not take it. */
  async keep(report: UnitReport): Promise<void> {
    const text = JSON.stringify(report);
    const envelope: Envelope = { sha256: sha256(text), report: text };
    await writeAside(this.path(report.key), JSON.stringify(envelope));
  }

  private path(key: string): string {
    return join(this.folder, key.slice(0, 2), `${key}.json`);
  }
}

/** The report in a file; null when it is not as it was written. */
function reportIn(text: string): UnitReport | null {
  try {
    const { report, sha256: expected } = JSON.parse(text) as Envelope;
    return typeof report === 'string' && sha256(report) === expected
      ? (JSON.parse(report) as UnitReport)
      : null;
  } catch {
    return null;
  }
}
