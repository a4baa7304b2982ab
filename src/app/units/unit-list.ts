/** `units.json` while it grows: who has done what of a shared run. */
import type { RunDirectory } from '../runs/directory.ts';
import type { UnitRecord } from '../runs/records.ts';
import { readUnits, writeUnits } from '../runs/units-file.ts';

/** How often the list is written while it grows. */
const LIST_EVERY_MS = 2_000;

export class UnitList {
  private readonly directory: RunDirectory;
  private readonly records: UnitRecord[];
  private listedAt = performance.now();

  private constructor(directory: RunDirectory, records: readonly UnitRecord[]) {
    this.directory = directory;
    this.records = [...records];
  }

  /**
   * Reads what earlier parts of the run have left.
   *
   * @param onNotice is told of a list that cannot be read: it says who has performed units, and nothing is lost but that.
   */
  static async open(directory: RunDirectory, onNotice: (text: string) => void): Promise<UnitList> {
    const records = await readUnits(directory.path).catch((error: Error) => {
      onNotice(`The list of units begins anew, because ${error.message}`);
      return [];
    });
    return new UnitList(directory, records);
  }

  /** The processors that units were performed on; the first is the run's own where there is one only. */
  get processors(): string[] {
    return [...new Set(this.records.map(({ machine }) => machine.processor))];
  }

  add(record: UnitRecord): void {
    this.records.push(record);
  }

  /** Adds the times of a record to those of an earlier one for the same key and machine, or the record itself. */
  addUp(record: UnitRecord): void {
    const name = nameOf(record);
    const index = this.records.findIndex((known) => nameOf(known) === name);
    const known = this.records[index];
    if (known)
      this.records[index] = {
        ...record,
        elapsedMs: known.elapsedMs + record.elapsedMs,
        runtimeMs: known.runtimeMs + record.runtimeMs,
      };
    else this.add(record);
  }

  /** Writes the list, unless that has just been done. */
  async writeNowAndThen(): Promise<void> {
    if (performance.now() - this.listedAt >= LIST_EVERY_MS) await this.write(false);
  }

  /** @param isFinished whether nothing is going to follow in this process. */
  async write(isFinished: boolean): Promise<void> {
    const whole = this.records.map((record) => ({
      ...record,
      elapsedMs: Math.round(record.elapsedMs),
      runtimeMs: Math.round(record.runtimeMs),
    }));
    await writeUnits(this.directory, whole, isFinished);
    this.listedAt = performance.now();
  }
}

function nameOf({ key, machine }: UnitRecord): string {
  return JSON.stringify([key, machine]);
}
