/** Finds the folders that hold results, as deep as commands put them. */
import { type Dirent, readdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../runs/failures.ts';
import { RUN_FILE } from '../../runs/layout.ts';
import { idOf, type RunsFolder } from '../runs-folder.ts';
import { hasLostRecord, type RecordFile, recordFileOf } from './kinds.ts';
import { Turns } from './turns.ts';

/** A folder that is an entry, readable or not. */
export interface FoundFolder {
  readonly id: string;
  readonly path: string;
  /** Of the files in it. */
  readonly names: readonly string[];
  /** By which it is known; null for a run whose record is missing. */
  readonly recordFile: RecordFile | null;
}

/** `hesscope reproduce` puts runs four levels deep; a folder of such folders makes one more. */
const DEEPEST = 7;

/**
 * All entries below the runs folder. What is below a run is its own and is not looked at; symbolic links are not
 * followed, so nothing outside the folder is found.
 */
export async function findFolders(folder: RunsFolder): Promise<FoundFolder[]> {
  const found: FoundFolder[] = [];
  const turns = new Turns();
  const look = async (path: string, depth: number): Promise<void> => {
    await turns.give();
    const entries = entriesOf(path);
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    const recordFile = recordFileOf(names);
    if (recordFile !== null || hasLostRecord(names)) {
      const id = idOf(folder, path);
      // A record that came into the runs folder itself while it is served has no address.
      if (id !== '') found.push({ id, path, names, recordFile });
      if (recordFile === RUN_FILE || recordFile === null) return;
    }
    if (depth === DEEPEST) return;
    for (const entry of entries)
      if (entry.isDirectory() && isLookedAt(entry.name)) await look(join(path, entry.name), depth + 1);
  };
  await look(folder.path, 0);
  return found;
}

/** None where the folder was deleted a moment ago, or is not ours to read. */
function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}

function isLookedAt(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

/**
 * The place of a file of an entry, or null when there is none: what a relative path leads to must lie in the entry's
 * folder, links followed.
 *
 * @param path parts joined by `/`, already decoded.
 */
export async function fileInFolder(folder: string, path: string): Promise<string | null> {
  const parts = path.split('/');
  const isOdd = parts.some((part) => part === '' || part === '.' || part === '..' || part.startsWith('.'));
  if (isOdd || /[\\\0]/.test(path)) return null;
  try {
    const [root, place] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))]);
    return place.startsWith(join(root, '/')) ? place : null;
  } catch {
    return null;
  }
}
