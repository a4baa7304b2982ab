/** Files that are read once for each state they are in. */
import { readFileSync, type Stats, statSync } from 'node:fs';

/** What changes whenever a file does: writing aside gives it another inode too. */
export function fileStamp({ ino, size, mtimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}`;
}

/** What was made of small files, for as long as they stay as they are. */
export class ReadFiles<Content> {
  readonly #make: (text: string, path: string) => Content | null;
  readonly #known = new Map<string, { readonly stamp: string; readonly content: Content | null }>();

  /** @param make of the text of a file; null, or what it throws, is for a file that holds nothing to be used. */
  constructor(make: (text: string, path: string) => Content | null) {
    this.#make = make;
  }

  /** Null where there is no such file, or nothing in it that can be used. */
  read(path: string): Content | null {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return null;
    const stamp = fileStamp(stats);
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.content;
    const content = this.#attempt(path);
    this.#known.set(path, { stamp, content });
    return content;
  }

  #attempt(path: string): Content | null {
    try {
      return this.#make(readFileSync(path, 'utf8'), path);
    } catch {
      return null;
    }
  }
}
