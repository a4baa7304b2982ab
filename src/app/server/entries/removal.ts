/** Deletes the folder of an entry, unless somebody works in it. */
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { acquireLock, isHeld, type RunLock } from '../../runs/lock.ts';
import { ApiError } from '../api-error.ts';
import type { Entry, EntryCatalogue } from './catalogue.ts';

/**
 * Deletes an entry and all entries below it. Their locks are held meanwhile, so that nobody begins to write there.
 *
 * @returns the addresses that are gone.
 * @throws ApiError when a living process has one of them open, or a folder above them: that of a series.
 */
export async function removeEntry(catalogue: EntryCatalogue, entry: Entry): Promise<string[]> {
  await catalogue.refresh();
  const { id, path } = entry.folder;
  if (path === catalogue.folder.path)
    throw new ApiError(409, `'${id}' is the folder that is served; stop the server and delete it by hand.`);
  await refuseWithinHeld(dirname(path), catalogue.folder.path, id);
  const gone = catalogue.entries.filter(({ folder }) => folder.id === id || folder.id.startsWith(`${id}/`));
  const locks: RunLock[] = [];
  try {
    for (const { folder } of gone) locks.push(await acquireLock(folder.path));
    await deleteFolder(path);
  } catch (error) {
    if (error instanceof UserError) throw new ApiError(409, `'${id}' cannot be deleted: ${error.message}.`);
    throw error;
  } finally {
    for (const lock of locks) await lock.release();
  }
  await catalogue.refresh();
  return gone.map(({ folder }) => folder.id);
}

/** Moved aside first, so that a folder which is half deleted never looks like a run. */
async function deleteFolder(path: string): Promise<void> {
  const aside = join(dirname(path), `.deleted-${process.pid}-${basename(path)}`);
  await rename(path, aside);
  await rm(aside, { recursive: true, force: true });
}

async function refuseWithinHeld(path: string, root: string, id: string): Promise<void> {
  if (await isHeld(await readdir(path)))
    throw new ApiError(
      409,
      `'${id}' cannot be deleted: a process works in '${basename(path)}', the folder it is in.`,
    );
  if (path !== root) await refuseWithinHeld(dirname(path), root, id);
}
