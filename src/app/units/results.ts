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

  /** The result of a unit that was performed before; null where there is none that is whole. */
  async find({ key }: UnitOrder): Promise<UnitReport | null> {
    try {
      const { report, sha256: expected } = JSON.parse(await readFile(this.path(key), 'utf8')) as Envelope;
      if (typeof report !== 'string' || sha256(report) !== expected) return null;
      const found = JSON.parse(report) as UnitReport;
      return found.key === key ? found : null;
    } catch {
      return null;
    }
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
