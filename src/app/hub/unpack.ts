/** Archives to files beside them. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { UserError } from '../../errors.ts';
import { GREATEST_DEFLATE_RATIO } from '../../network/data/compression.ts';
import { filesOfZip } from '../../network/data/zip.ts';
import { explainWriteFailure, messageOf } from '../runs/failures.ts';

/** On the disk; the largest data set of the catalogue has a hundredth. */
const MOST_TAR_BYTES = 2 ** 35;

const PLAIN_TYPES: ReadonlySet<string> = new Set([
  'File',
  'OldFile',
  'ContiguousFile',
  'Directory',
  'GNUDumpDir',
]);

/**
 * Unpacks an archive into a folder; what is there under the same names is replaced.
 * @throws UserError when it is damaged, or a name in it leads out of the folder.
 */
export async function unpack(path: string, kind: 'tar.gz' | 'zip', folder: string): Promise<void> {
  try {
    await (kind === 'zip' ? unpackZip(path, folder) : unpackTar(path, folder));
  } catch (error) {
    if (error instanceof UserError) throw error;
    const explained = explainWriteFailure(error, folder);
    if (explained instanceof UserError) throw explained;
    throw new UserError(`${path}: cannot be unpacked (${messageOf(error)}); delete it and fetch it again`);
  }
}

async function unpackTar(path: string, folder: string): Promise<void> {
  const { extract } = await import('tar');
  const { size: archiveBytes } = await stat(path);
  const largest = Math.min(GREATEST_DEFLATE_RATIO * archiveBytes, MOST_TAR_BYTES);
  let unpackedBytes = 0;
  // The library does not catch what its filter throws, so the first fault is kept, and all from there on left out.
  let fault: UserError | null = null;
  // Strict: a damaged or cut archive is an error, not a warning.
  await extract({
    file: path,
    cwd: folder,
    strict: true,
    filter: (name, entry) => {
      const type = 'type' in entry ? entry.type : 'File';
      unpackedBytes += entry.size;
      fault ??= faultOfName(path, folder, name);
      // Data sets and weights are files; a link could lead what comes after it out of the folder.
      if (!PLAIN_TYPES.has(type))
        fault ??= new UserError(
          `${path}: expected files and folders, found a ${type} "${name}"; do not use it`,
        );
      if (unpackedBytes > largest)
        fault ??= new UserError(
          `${path}: expected at most ${largest} bytes in an archive of ${archiveBytes}, found that it unpacks to more; do not use it`,
        );
      return fault === null;
    },
  }).catch((error: unknown) => {
    throw fault ?? error;
  });
  if (fault !== null) throw fault;
}

/** The whole archive is held in memory, which suits the few megabytes of a text corpus. */
async function unpackZip(path: string, folder: string): Promise<void> {
  const archive = await readFile(path);
  const files = filesOfZip(archive, path, (name) => !name.startsWith('__MACOSX/'));
  for (const name of files.keys()) {
    const fault = faultOfName(path, folder, name);
    if (fault !== null) throw fault;
  }
  for (const [name, content] of files) {
    if (name.endsWith('/')) continue;
    const destination = resolve(folder, name);
    await mkdir(dirname(destination), { recursive: true });
    await writeFile(destination, content);
  }
}

function faultOfName(path: string, folder: string, name: string): UserError | null {
  const root = resolve(folder);
  const destination = resolve(root, name);
  if (!name.includes('\0') && (destination === root || destination.startsWith(root + sep))) return null;
  return new UserError(
    `${path}: expected names inside of the archive's folder, found "${name.slice(0, 200)}"; do not use it`,
  );
}
