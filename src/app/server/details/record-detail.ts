/** Entries that consist of one record, which is passed on, and of pictures. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../json-text.ts';
import type { RecordDetail } from '../contract/entries.ts';
import type { Entry } from '../entries/catalogue.ts';
import { REPRODUCTION_PAGE } from '../entries/kinds.ts';
import { readParts } from '../entries/record-summary.ts';

const recordSchema = z.record(z.string(), z.unknown());

/** @throws Error when the record is not JSON. */
export async function recordDetail({ folder, summary }: Entry): Promise<RecordDetail> {
  const { path, recordFile } = folder;
  if (recordFile === REPRODUCTION_PAGE) return reproductionDetail(path, summary);
  const record = recordSchema.parse(parseJson(await readFile(join(path, recordFile as string), 'utf8')));
  return { summary, record, pictures: await picturesIn(path) };
}

async function reproductionDetail(path: string, summary: Entry['summary']): Promise<RecordDetail> {
  const parts = await readParts(path);
  const pictures = await Promise.all(
    parts.map(async ({ name }) => (await picturesIn(join(path, name))).map((file) => `${name}/${file}`)),
  );
  return { summary, record: { records: parts.map(({ record }) => record) }, pictures: pictures.flat() };
}

/** Names of the pictures in a folder without their endings: those that are there as SVG and as PNG. */
async function picturesIn(path: string): Promise<string[]> {
  const names = new Set(await readdir(path));
  return [...names]
    .filter((name) => name.endsWith('.svg') && names.has(name.replace(/svg$/, 'png')))
    .map((name) => name.slice(0, -'.svg'.length))
    .sort();
}
