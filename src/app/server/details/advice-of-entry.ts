/** What `hesscope advise` says of a run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../json-text.ts';
import { adviceRecord } from '../../experiments/advice.ts';
import { ADVICE_FILE } from '../../runs/layout.ts';
import type { Entry } from '../entries/catalogue.ts';
import type { LoadedRun } from './known-spectra.ts';

const recordSchema = z.record(z.string(), z.unknown());

/**
 * The record that the command has written, else the same made of the run. It is not kept: the command keeps it.
 *
 * @throws UserError when the run is not finished or has too few blocks; Error when the record is not JSON.
 */
export async function adviceOfEntry(
  { folder: { id, names, path } }: Entry,
  load: () => Promise<LoadedRun>,
): Promise<Record<string, unknown>> {
  if (names.includes(ADVICE_FILE))
    return recordSchema.parse(parseJson(await readFile(join(path, ADVICE_FILE), 'utf8')));
  const { record } = await load();
  return { ...adviceRecord(id, record) };
}
