/** JSON files whole, and the beginnings by which their formats are told. */
import { open, readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';

/** Bytes at the start of a file in which its format shows. */
const HEAD_BYTES = 4096;

/** The first 4,096 bytes of a file as text. */
export async function headOf(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** What a JSON file holds. @throws UserError when it does not parse. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return parseJson(text);
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON, found text that does not parse (${(error as Error).message}); copy it again`,
    );
  }
}
