/** What to say when a data source is not there: what is there, nearest names first. */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';

/**
 * The error for a source that is neither an embedded data set nor an existing path, with the names nearest
 * to it among the embedded sets and in the folder where it was looked for.
 */
export async function missingSource(source: string, embedded: readonly string[]): Promise<UserError> {
  const folder = dirname(source);
  const names = await readdir(folder).catch(() => null);
  // A bare name may be meant as an embedded set, a path cannot.
  const candidates = folder === '.' ? [...embedded, ...(names ?? [])] : (names ?? []);
  const there =
    names === null
      ? `the folder ${folder} does not exist either`
      : `${folder === '.' ? 'nearest' : `nearest in ${folder}`}: ${nearMatches(basename(source), candidates).join(', ') || 'nothing, it is empty'}`;
  return new UserError(
    `expected the data set ${embedded.join(', ')}, or the path of a file or folder, found "${source}", which does not exist; ${there}`,
  );
}
