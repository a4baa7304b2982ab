/** Who has made the shares of which range, for `units.json`. */
import { describeUnit } from '../../study/spectrum/units/unit.ts';
import type { RunDirectory } from '../runs/directory.ts';
import type { UnitRecord } from '../runs/records.ts';
import { readUnits, writeUnits } from '../runs/units-file.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';

/** How often the list is written while it grows. */
const LIST_EVERY_MS = 2_000;

/** One record for each range and machine: a range may move from one to another. */
export class RangeRecords {
  private readonly directory: RunDirectory;
  private readonly records: Map<string, UnitRecord>;
  private addedRuntimeMs = 0;
  private listedAt = performance.now();

  private constructor(directory: RunDirectory, earlier: readonly UnitRecord[]) {
    this.directory = directory;
    this.records = new Map(earlier.map((record) => [nameOf(record), record]));
  }

  /** @param onNotice is told of a list that cannot be read: nothing is lost but who has done what. */
  static async open(directory: RunDirectory, onNotice: (text: string) => void): Promise<RangeRecords> {
    const earlier = await readUnits(directory.path).catch((error: Error) => {
      onNotice(`The list of units begins anew, because ${error.message}`);
      return [];
    });
    return new RangeRecords(directory, earlier);
  }

  /** Time inside the runtime behind all that has been added. */
  get runtimeMs(): number {
    return this.addedRuntimeMs;
  }

  /** The processors that shares were made on. */
  get processors(): string[] {
    return [...new Set([...this.records.values()].map(({ machine }) => machine.processor))];
  }

  /**
   * Adds the answer to a question.
   *
   * @param held the order to hold the range that was asked.
   */
  add(held: UnitOrder, { machine, elapsedMs, runtimeMs }: UnitReport): void {
    const unit = `products over ${describeUnit(held.unit)}`;
    const name = nameOf({ key: held.key, machine });
    const known = this.records.get(name);
    this.records.set(name, {
      key: held.key,
      unit,
      machine,
      elapsedMs: Math.round((known?.elapsedMs ?? 0) + elapsedMs),
      runtimeMs: Math.round((known?.runtimeMs ?? 0) + runtimeMs),
    });
    this.addedRuntimeMs += runtimeMs;
  }

  /** Writes the list, unless that has just been done. */
  async writeNowAndThen(): Promise<void> {
    if (performance.now() - this.listedAt >= LIST_EVERY_MS) await this.write(false);
  }

  async write(isFinished: boolean): Promise<void> {
    await writeUnits(this.directory, [...this.records.values()], isFinished);
    this.listedAt = performance.now();
  }
}

function nameOf({ key, machine }: Pick<UnitRecord, 'key' | 'machine'>): string {
  return JSON.stringify([key, machine]);
}
