/** `units.json`: the units of work that a run was shared into, and who performed each. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './failures.ts';
import { formatJson } from './json.ts';
import { UNITS_FILE } from './layout.ts';
import { RUN_FORMAT_VERSION, type UnitRecord } from './records.ts';
import { parseRecord, parseRecordText } from './schema.ts';
import type { RecordPlace } from './write.ts';

/** @throws UserError when the disk does not take it. */
export async function writeUnits(
  directory: RecordPlace,
  units: readonly UnitRecord[],
  isFinished: boolean,
): Promise<void> {
  const content = { version: RUN_FORMAT_VERSION, units };
  parseRecord('units', content, UNITS_FILE);
  await directory.write(UNITS_FILE, formatJson(content), isFinished);
}

/** The units so far; none where the run was not shared. @throws UserError for a file that does not hold what it should. */
export async function readUnits(directory: string): Promise<readonly UnitRecord[]> {
  const text = await readFile(join(directory, UNITS_FILE), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  return text === null ? [] : parseRecordText('units', text, UNITS_FILE).units;
}
