/** Files of text, line by line. */
import { createReadStream } from 'node:fs';
import { UserError } from '../../errors.ts';

/** One line without its end, and its number, counted from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/** Characters of a line beyond which a file is taken for something else. */
const LONGEST_LINE = 2 ** 28;

/**
 * The lines of a file, which end at `\n` or `\r\n` and nowhere else; the last one may lack its end.
 *
 * @param encoding of the file; where bytes are not of it, a `UserError` says after which line.
 */
export async function* linesOf(
  path: string,
  encoding: 'utf-8' | 'windows-1252' = 'utf-8',
): AsyncGenerator<Line> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let waiting = '';
  let number = 0;
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new UserError(
        `${path}: expected text in ${encoding}, found other bytes after line ${number}; convert the file or name another`,
      );
    }
  };
  for await (const bytes of createReadStream(path)) {
    waiting += decode(bytes as Buffer);
    const lines = waiting.split('\n');
    waiting = lines.pop() as string;
    for (const line of lines) yield { text: withoutReturn(line), number: ++number };
    if (waiting.length > LONGEST_LINE)
      throw new UserError(
        `${path}: expected lines, found none that ends after line ${number}; name a text file`,
      );
  }
  waiting += decode();
  if (waiting !== '') yield { text: withoutReturn(waiting), number: ++number };
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
