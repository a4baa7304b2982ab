/** An ONNX file on disk, with the files beside it that hold values of its tensors. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { UserError } from '../../../errors.ts';
import { decodeOnnx, type OnnxModel } from './decode.ts';
import { type ExternalData, noExternalData } from './tensor-values.ts';

/** Reads an ONNX file. @throws UserError when it cannot be read or is no ONNX file. */
export function readOnnxFile(path: string): OnnxModel {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`Cannot read the ONNX file '${path}': ${(error as Error).message}.`);
  }
  return decodeOnnx(bytes, { name: path, external: filesBeside(path) });
}

/** Reads only the range that is asked for, of files that stay in the ONNX file's folder. */
export function filesBeside(path: string): ExternalData {
  return {
    read: (location, offset, length, where) => {
      if (isAbsolute(location) || normalize(location).startsWith('..')) throw noExternalData(where, location);
      const place = join(dirname(path), location);
      const size = statSync(place, { throwIfNoEntry: false })?.size;
      if (size === undefined)
        throw new UserError(
          `${where}: expected its values in '${place}', which does not exist; put that file there.`,
        );
      if (size < offset + length)
        throw new UserError(
          `${where}: expected ${length} bytes from byte ${offset} on in '${place}', found a file of ${size} bytes; it is cut off.`,
        );
      return readRange(place, offset, length, where);
    },
  };
}

function readRange(place: string, offset: number, length: number, where: string): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(place, 'r');
  try {
    // One read takes at most 2 GiB.
    for (let done = 0; done < length; ) {
      const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
      if (read === 0) throw new UserError(`${where}: '${place}' ended before its values did.`);
      done += read;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
