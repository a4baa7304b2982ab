/** A folder whose finished files have a hash, by which damage is found before they are used. */
import { rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HashLedger, hashFile, readHashes } from './hashes.ts';
import { type DiskCalls, type RecordPlace, writeAside } from './write.ts';

/** What is written follows what was asked for before. */
export class HashedFolder implements RecordPlace {
  readonly path: string;
  /** The hashes of its files. */
  readonly ledger: HashLedger;
  readonly #disk: DiskCalls | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, ledger: HashLedger, disk?: DiskCalls) {
    this.path = path;
    this.ledger = ledger;
    this.#disk = disk;
  }

  /** Reads the hashes that stand in a folder; one that is not there yet has none. */
  static async open(path: string, disk?: DiskCalls): Promise<HashedFolder> {
    return new HashedFolder(path, new HashLedger(path, await readHashes(path), disk), disk);
  }

  /** @throws UserError when the disk does not take it. */
  write(path: string, content: Uint8Array | string, finished: boolean): Promise<void> {
    const written = this.#last.then(() => this.#writeNow(path, content, finished));
    // The next in turn starts also after a failure, which only its own caller is told.
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #writeNow(path: string, content: Uint8Array | string, finished: boolean): Promise<void> {
    if (finished && this.ledger.holds(path, content) && (await isFile(join(this.path, path)))) return;
    await this.ledger.open(path);
    await writeAside(join(this.path, path), content, this.#disk);
    if (finished) await this.ledger.seal(path, content);
  }

  /**
   * Takes away finished files that are not as they were written, so that nobody uses them and whoever made them makes them
   * again.
   *
   * @param isKept tells of a file that it is left as it is.
   * @returns a sentence for each of them.
   */
  async discardDamaged(isKept: (path: string) => boolean = () => false): Promise<string[]> {
    const told: string[] = [];
    for (const { path, sha256 } of this.ledger.sealed()) {
      // Whoever made the folder may have written any path into its hashes.
      if (isKept(path) || isAbsolute(path) || path.split(/[/\\]/).includes('..')) continue;
      const file = join(this.path, path);
      const found = await hashFile(file).catch(() => null);
      if (found?.sha256 === sha256) continue;
      await this.ledger.open(path);
      await rm(file, { force: true });
      told.push(`${path} ${found ? 'is not as it was written' : 'is missing'}; it is made again`);
    }
    return told;
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}
