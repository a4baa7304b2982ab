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

  /**
   * The result of a unit that was performed before; null where there is none that is whole.
   *
   * @param onNotice is told of a file that is damaged.
   */
  async find({ key }: UnitOrder, onNotice: (text: string) => void): Promise<UnitReport | null> {
    const content = await this.store.read(nameOf(key));
    if (content === null) return null;
    const report = reportIn(new TextDecoder().decode(content));
    if (report?.key === key) return report;
    onNotice(`The kept result ${this.store.address}/${nameOf(key)} is damaged; its unit is performed again.`);
    return null;
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
