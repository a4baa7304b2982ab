/** Files that a file cannot be read without. */
import { UserError } from '../../errors.ts';
import { INDEX_SUFFIX, shardNames } from '../../tensor/files/sharded-safetensors.ts';
import { externalFilesOf } from '../../tensor/onnx/import/read-file.ts';

/**
 * Names of the files beside a file that belong to it: an ONNX file's values, or the shards of a safetensors index.
 *
 * @throws UserError when the file cannot be read, or names files elsewhere.
 */
export async function companionsOf(path: string): Promise<string[]> {
  if (path.endsWith(INDEX_SUFFIX)) return shardNames(path);
  if (!/\.onnx$/i.test(path)) return [];
  const names = externalFilesOf(path);
  const astray = names.find((name) => name.split(/[/\\]/).includes('..') || /^([/\\]|[a-z]:)/i.test(name));
  if (astray !== undefined)
    throw new UserError(
      `'${path}' names the file '${astray}', which is not in its folder; keep all in one folder`,
    );
  return names;
}
