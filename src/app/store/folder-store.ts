/** A store in a folder, which may be on a disk that many machines mount. */
import { randomUUID } from 'node:crypto';
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, explainWriteFailure } from '../runs/failures.ts';
import { PARTIAL_SUFFIX, writeAside } from '../runs/write.ts';
import { missingFile, type Store } from './store.ts';

export class FolderStore implements Store {
  readonly address: string;

  /** @param folder made when something is first written. */
  constructor(folder: string) {
    this.address = folder;
  }

  async has(name: string): Promise<boolean> {
    return access(this.path(name)).then(
      () => true,
      () => false,
    );
  }

  async read(name: string): Promise<Uint8Array | null> {
    return readFile(this.path(name)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
  }

  async write(name: string, content: Uint8Array): Promise<void> {
    await writeAside(this.path(name), content);
  }

  async lend(name: string, content: Uint8Array): Promise<void> {
    await placeAside(this.path(name), (partial) => writeFile(partial, content));
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }

  async removeFolder(folder: string): Promise<void> {
    // Someone may be writing there still.
    await rm(this.path(folder), { recursive: true, force: true, maxRetries: 3 });
  }

  async upload(name: string, path: string): Promise<void> {
    await placeAside(this.path(name), (partial) => copyFile(path, partial));
  }

  async download(name: string, path: string): Promise<void> {
    if (!(await this.has(name))) throw missingFile(this.address, name);
    await placeAside(path, (partial) => copyFile(this.path(name), partial));
  }

  private path(name: string): string {
    return join(this.address, name);
  }
}

/** Makes a file so that it is whole or absent under its name; several may do so at once. */
async function placeAside(to: string, make: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${to}.${randomUUID()}${PARTIAL_SUFFIX}`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await make(partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw explainWriteFailure(error, to);
  }
}
