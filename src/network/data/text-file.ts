/** A file of the user's as text. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../errors.ts';
import type { TextSource } from './text-source.ts';

/** Bytes of a file held at once. */
const PIECE_BYTES = 64 * 1024;

/**
 * A file of UTF-8 text, read piece by piece; a byte order mark is left out, line ends stay as they are.
 * Its pieces throw a `UserError` when the bytes are not UTF-8.
 */
export function textFile(path: string): TextSource {
  return {
    name: basename(path),
    description: `the text file ${path}`,
    async *pieces() {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      let byteOffset = 0;
      for await (const bytes of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
        yield decodeOrThrow(path, byteOffset, () => decoder.decode(bytes as Buffer, { stream: true }));
        byteOffset += (bytes as Buffer).length;
      }
      yield decodeOrThrow(path, byteOffset, () => decoder.decode());
    },
  };
}

function decodeOrThrow(path: string, byteOffset: number, decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new UserError(
      `${path}: expected text in UTF-8, found other bytes after byte ${byteOffset}; convert the file or name another`,
    );
  }
}
