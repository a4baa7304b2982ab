/** Archives to files beside them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { UserError } from '../../errors.ts';
import { explainWriteFailure, messageOf } from '../runs/failures.ts';

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
  // Strict: a damaged or cut archive is an error, not a warning.
  await extract({
    file: path,
    cwd: folder,
    strict: true,
    filter: (name) => {
      destinationOf(path, folder, name);
      return true;
    },
  });
}

/** The whole archive is held in memory, which suits the few megabytes of a text corpus. */
async function unpackZip(path: string, folder: string): Promise<void> {
  const { unzip } = await import('fflate');
  const archive = await readFile(path);
  const files = await new Promise<Record<string, Uint8Array>>((done, fail) => {
    unzip(archive, { filter: ({ name }) => !name.startsWith('__MACOSX/') }, (error, found) =>
      error ? fail(error) : done(found),
    );
  });
  for (const [name, content] of Object.entries(files)) {
    const destination = destinationOf(path, folder, name);
    if (name.endsWith('/')) continue;
    await mkdir(dirname(destination), { recursive: true });
    await writeFile(destination, content);
  }
}

function destinationOf(path: string, folder: string, name: string): string {
  const root = resolve(folder);
  const destination = resolve(root, name);
  if (destination === root || destination.startsWith(root + sep)) return destination;
  throw new UserError(
    `${path}: expected names inside of the archive's folder, found "${name}"; do not use it`,
  );
}
