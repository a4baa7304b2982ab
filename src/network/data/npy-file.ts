/** Arrays in numpy's formats on disk. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { decodeArrays, type NamedArray } from './npy.ts';

/**
 * Reads a `.npy` file (one array, named '') or a `.npz` file (its arrays in the archive's order).
 * @throws UserError when the file cannot be read or is not sound, or its elements are of another kind.
 */
export async function readArrays(path: string): Promise<NamedArray[]> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UserError(`Cannot read the array file '${path}': ${error.message}.`);
  });
  return decodeArrays(bytes, path);
}
