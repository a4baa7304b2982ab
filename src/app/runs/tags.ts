/** Tags: words that people put on a folder of results to find it again. They are no part of what was measured. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { errorCode, explainReadFailure } from './failures.ts';
import { TAGS_FILE } from './layout.ts';
import { writeJson } from './write.ts';

/** Tags of one folder: short, none twice. */
export const tagsSchema = z
  .array(z.string().trim().min(1, 'a tag has at least one letter').max(40, 'a tag has at most 40 letters'))
  .max(20, 'a folder has at most 20 tags');

/** The tags of a folder in the order given; none where nobody has put any. @throws UserError when the file holds something else. */
export async function readTags(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, TAGS_FILE), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '[]';
    throw explainReadFailure(error, join(folder, TAGS_FILE));
  });
  try {
    return tagsSchema.parse(parseJson(text));
  } catch {
    throw new UserError(`${join(folder, TAGS_FILE)} should be a list of words in JSON; delete it or mend it`);
  }
}

/** Puts tags on a folder in place of those that it had. @throws UserError when the disk does not take them. */
export async function writeTags(folder: string, tags: readonly string[]): Promise<void> {
  const path = join(folder, TAGS_FILE);
  if (tags.length === 0) await rm(path, { force: true });
  else await writeJson(path, [...new Set(tags)]);
}
