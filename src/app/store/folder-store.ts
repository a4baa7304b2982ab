/** A store in a folder, which may be on a disk that many machines mount. */
import { access, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
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

  async upload(name: string, path: string): Promise<void> {
    await copyAside(path, this.path(name));
  }

  async download(name: string, path: string): Promise<void> {
    if (!(await this.has(name))) throw missingFile(this.address, name);
    await copyAside(this.path(name), path);
  }

  private path(name: string): string {
    return join(this.address, name);
  }
}

/** Copies a file so that it is whole or absent under its new name; several may do so at once. */
async function copyAside(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}${PARTIAL_SUFFIX}`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw explainWriteFailure(error, to);
  }
}
