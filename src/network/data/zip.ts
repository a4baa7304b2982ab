/**
 * Zip archives, by the library fflate. It believes what an archive says of the sizes and number of its files, so both
 * are held against the archive's own size before anything is unpacked.
 */
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { UserError } from '../../errors.ts';
import { GREATEST_DEFLATE_RATIO, MAX_UNPACKED_BYTES } from './compression.ts';

/** Bytes that a file takes in the directory of an archive, without its name. */
const DIRECTORY_ENTRY_BYTES = 46;

/**
 * The files of an archive by name, in the archive's order.
 *
 * @param where names the archive in messages.
 * @param isWanted whether a file is unpacked; all are unless given.
 * @throws UserError when it is no archive, is damaged, lists a name twice, or would unpack to more than it can hold.
 */
export function filesOfZip(
  archive: Uint8Array,
  where: string,
  isWanted: (name: string) => boolean = () => true,
): Map<string, Uint8Array> {
  const directory = new Directory(archive.length, where);
  let unpacked: Readonly<Record<string, Uint8Array>>;
  try {
    unpacked = unzipSync(archive, {
      filter: (file) => {
        directory.check(file);
        return isWanted(file.name);
      },
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${where}: cannot be unpacked, expected a zip archive, found bytes that are none (${(error as Error).message.slice(0, 200)}); copy or fetch it again`,
    );
  }
  const files = new Map(Object.entries(unpacked));
  for (const [name, content] of files) directory.checkContent(name, content);
  return files;
}

/** What an archive says of its files, held against what it can hold. */
class Directory {
  readonly #sizes = new Map<string, number>();
  readonly #archiveBytes: number;
  readonly #where: string;
  #unpackedBytes = 0;
  #packedBytes = 0;

  constructor(archiveBytes: number, where: string) {
    this.#archiveBytes = archiveBytes;
    this.#where = where;
  }

  check({ name, size, originalSize }: UnzipFileInfo): void {
    // The library keeps files by name in a plain object, where this one would not be seen.
    if (name === '__proto__') throw this.#fault(`a file named "${name}"`);
    if (this.#sizes.has(name)) throw this.#fault(`two files named "${name.slice(0, 80)}"`);
    this.#sizes.set(name, originalSize);
    if (this.#sizes.size * DIRECTORY_ENTRY_BYTES > this.#archiveBytes)
      throw this.#fault('more files than its size has room for');
    this.#packedBytes += size;
    this.#unpackedBytes += originalSize;
    const largest = Math.min(GREATEST_DEFLATE_RATIO * this.#archiveBytes, MAX_UNPACKED_BYTES);
    if (this.#packedBytes > this.#archiveBytes || this.#unpackedBytes > largest)
      throw this.#fault(
        `one of ${this.#archiveBytes} bytes that unpacks to ${this.#unpackedBytes} and more, where at most ${largest} are read`,
      );
  }

  checkContent(name: string, content: Uint8Array): void {
    if (content.length !== this.#sizes.get(name))
      throw this.#fault(`"${name.slice(0, 80)}" of another size than it says`);
  }

  #fault(found: string): UserError {
    return new UserError(
      `${this.#where}: expected a sound zip archive, found ${found}; copy or fetch it again`,
    );
  }
}
