/** An ONNX file on disk, with the files beside it that hold values of its tensors. */
import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { UserError } from '../../../errors.ts';
import { decodeOnnx, modelMessage, type OnnxModel } from './decode.ts';
import { type ExternalData, noExternalData } from './tensor-values.ts';

/** Reads an ONNX file. @throws UserError when it cannot be read or is no ONNX file. */
export function readOnnxFile(path: string): OnnxModel {
  return decodeOnnx(bytesOf(path), { name: path, external: filesBeside(path) });
}

/**
 * The files beside an ONNX file that hold values of its stored tensors, as it names them, each once.
 *
 * @throws UserError when it cannot be read or is no ONNX file.
 */
export function externalFilesOf(path: string): string[] {
  const { graph } = modelMessage(bytesOf(path), ` in '${path}'`);
  const locations = (graph?.initializer ?? []).flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => value),
  );
  return [...new Set(locations)].sort();
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`Cannot read the ONNX file '${path}': ${(error as Error).message}.`);
  }
}

/** Reads only the range that is asked for, of files that stay in the ONNX file's folder. */
export function filesBeside(path: string): ExternalData {
  return {
    read: (location, offset, length, where) => {
      if (isAbsolute(location) || normalize(location).startsWith('..') || location.includes('\0'))
        throw noExternalData(where, location.slice(0, 200));
      const place = join(dirname(path), location);
      const stats = statsOf(place, where);
      if (!stats?.isFile())
        throw new UserError(
          `${where}: expected its values in '${place}', which ${stats ? 'is no file' : 'does not exist'}; put that file there.`,
        );
      if (!isBeside(place, path)) throw noExternalData(where, location);
      const { size } = stats;
      if (size < offset + length)
        throw new UserError(
          `${where}: expected ${length} bytes from byte ${offset} on in '${place}', found a file of ${size} bytes; it is cut off.`,
        );
      return readRange(place, offset, length, where);
    },
  };
}

function statsOf(place: string, where: string) {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    throw new UserError(`${where}: cannot read its values (${(error as Error).message.slice(0, 300)}).`);
  }
}

/**
 * Whether a file lies where the ONNX file does, links followed. A cache that keeps all files in one place and links to
 * them has both there.
 */
function isBeside(place: string, path: string): boolean {
  const real = realPlace(place);
  return [realPlace(dirname(path)), dirname(realPlace(path))].some((folder) =>
    real.startsWith(folder.endsWith(sep) ? folder : folder + sep),
  );
}

/** A place with links followed; the place itself where it cannot be, as when there is no file yet. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
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
