/** Files that a file cannot be read without. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { externalFilesOf } from '../../tensor/onnx/import/external-files.ts';

/**
 * Names of the files beside a file that belong to it: an ONNX file's values, or the shards of a safetensors index.
 *
 * @throws UserError when the file cannot be read, or names files elsewhere.
 */
export async function companionsOf(path: string): Promise<string[]> {
  const names = /\.onnx$/i.test(path)
    ? externalFilesOf(path)
    : path.endsWith('.safetensors.index.json')
      ? await shardsOf(path)
      : [];
  const astray = names.find((name) => name.split(/[/\\]/).includes('..') || /^([/\\]|[a-z]:)/i.test(name));
  if (astray !== undefined)
    throw new UserError(
      `'${path}' names the file '${astray}', which is not in its folder; keep all in one folder`,
    );
  return names;
}

async function shardsOf(path: string): Promise<string[]> {
  try {
    const { weight_map: shards } = JSON.parse(await readFile(path, 'utf8')) as {
      weight_map: Record<string, string>;
    };
    return [...new Set(Object.values(shards))].sort();
  } catch (error) {
    throw new UserError(`Cannot read the index of weights '${path}': ${(error as Error).message}.`);
  }
}
