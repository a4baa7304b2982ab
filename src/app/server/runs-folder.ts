/** The folder that is served, and the way from the paths in it to the addresses of entries. */
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { UserError } from '../../errors.ts';
import { errorCode, messageOf } from '../runs/failures.ts';
import { RUN_FILE } from '../runs/layout.ts';
import { isEntryFolder } from './entries/kinds.ts';

/** Where entries are looked for. */
export interface RunsFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** What addresses are relative to: `path`, or the folder above it where `path` is itself an entry. */
  readonly base: string;
  /** Whether new runs may go into it: not into a run. */
  readonly takesRuns: boolean;
}

/**
 * Opens the folder, and makes it where there is none.
 *
 * @throws UserError when it is no folder or cannot be made.
 */
export async function openRunsFolder(given: string): Promise<RunsFolder> {
  await mkdir(given, { recursive: true }).catch((error: unknown) => {
    throw new UserError(
      `Cannot serve '${given}': expected a folder${errorCode(error) === 'EEXIST' ? ', found a file' : `, but ${messageOf(error)}`}; name the folder that holds your runs.`,
    );
  });
  const path = await realpath(given);
  const names = await readdir(path);
  return {
    path,
    base: isEntryFolder(names) ? dirname(path) : path,
    takesRuns: !names.includes(RUN_FILE),
  };
}

/** The address of a folder: its path below the base with `/` between its parts. */
export function idOf({ base }: RunsFolder, path: string): string {
  return relative(base, resolve(path)).split(sep).join('/');
}
