/** Where fetched files are kept, and whether they are all there. Nothing here reaches the network. */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../json-text.ts';
import type { CatalogueEntry } from './entry.ts';

export type CatalogueKind = 'data' | 'models';

/** What stands in an entry's folder besides its files, written when all of them are whole. */
export const RECEIPT_FILE = 'hesscope.json';

/** Which files were fetched, with the hashes that they had. */
export const receiptSchema = z.strictObject({
  fetchedAt: z.iso.datetime(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      url: z.string(),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type Receipt = z.output<typeof receiptSchema>;

/**
 * The folder of the cache: `HESSCOPE_CACHE`, else `hesscope` under `XDG_CACHE_HOME` or `~/.cache`.
 * @param environment the process's variables.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { HESSCOPE_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own) return own;
  return join(shared ? shared : join(homedir(), '.cache'), 'hesscope');
}

/** The folder of one entry. */
export function entryFolder(kind: CatalogueKind, name: string): string {
  return join(cacheFolder(), kind, name);
}

/** What a fetched entry offers to `--data`, `--model` or `--weights`; null until all of it is there. */
export async function placeOfEntry(
  kind: CatalogueKind,
  name: string,
  { use = '.' }: CatalogueEntry,
): Promise<string | null> {
  const folder = entryFolder(kind, name);
  if ((await readReceipt(folder)) === null) return null;
  const place = join(folder, use);
  return (await stat(place).catch(() => null)) === null ? null : place;
}

/** What was fetched into a folder, or null when it is not complete or its receipt is damaged. */
export async function readReceipt(folder: string): Promise<Receipt | null> {
  const text = await readFile(join(folder, RECEIPT_FILE), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return receiptSchema.parse(parseJson(text));
  } catch {
    return null;
  }
}
