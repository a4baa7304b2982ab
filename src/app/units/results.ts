/** Results of units by their keys, in a store: a unit that was done once is not done again. */
import { sha256 } from '../runs/hashes.ts';
import type { Store } from '../store/store.ts';
import type { UnitOrder, UnitReport } from './order.ts';

/** What stands in a file: the report as text, and its hash. */
interface Envelope {
  readonly sha256: string;
  readonly report: string;
}

/** Kept results. A file that is damaged counts as none. */
export class UnitResults {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** The result of a unit that was performed before; null where there is none that is whole. */
  async find({ key }: UnitOrder): Promise<UnitReport | null> {
    const content = await this.store.read(nameOf(key));
    if (!content) return null;
    try {
      const { report, sha256: expected } = JSON.parse(new TextDecoder().decode(content)) as Envelope;
      if (typeof report !== 'string' || sha256(report) !== expected) return null;
      const found = JSON.parse(report) as UnitReport;
      return found.key === key ? found : null;
    } catch {
      return null;
    }
  }

  /** @throws UserError when the store does not take it. */
  async keep(report: UnitReport): Promise<void> {
    const text = JSON.stringify(report);
    const envelope: Envelope = { sha256: sha256(text), report: text };
    await this.store.write(nameOf(report.key), new TextEncoder().encode(JSON.stringify(envelope)));
  }
}

function nameOf(key: string): string {
  return `results/${key.slice(0, 2)}/${key}.json`;
}
