/**
 * Tensors spread over several safetensors files, as large checkpoints are: an index names the file of each.
 *
 * Layout (https://huggingface.co/docs/transformers/big_models#sharded-checkpoints): JSON with `weight_map`, from the
 * name of a tensor to the name of a file beside the index, and `metadata`, of which nothing is needed.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import type { HostTensor } from '../graph/type.ts';
import { SafetensorsFile, type TensorEntry, type TensorStore } from './safetensors.ts';
import { checkName } from './safetensors-header.ts';

/** What the name of an index ends in. */
export const INDEX_SUFFIX = '.safetensors.index.json';

/**
 * Opens one safetensors file, or an index of several. Only headers are read.
 *
 * @throws UserError when a file is missing or not sound, or an index names a tensor that its file has not.
 */
export async function openSafetensors(path: string): Promise<TensorStore> {
  return path.endsWith(INDEX_SUFFIX) ? ShardedSafetensors.open(path) : SafetensorsFile.open(path);
}

/**
 * The files that an index names, each once, in order.
 *
 * @throws UserError when the index cannot be read, is not sound, or names a file elsewhere.
 */
export async function shardNames(index: string): Promise<string[]> {
  return shardsOf(await readWeightMap(index));
}

function shardsOf(weightMap: ReadonlyMap<string, string>): string[] {
  return [...new Set(weightMap.values())].sort();
}

class ShardedSafetensors implements TensorStore {
  readonly path: string;
  readonly files: readonly string[];
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly #shards: ReadonlyMap<string, SafetensorsFile>;
  readonly #shardOf: ReadonlyMap<string, SafetensorsFile>;

  private constructor(
    path: string,
    shards: ReadonlyMap<string, SafetensorsFile>,
    shardOf: ReadonlyMap<string, SafetensorsFile>,
  ) {
    this.path = path;
    this.#shards = shards;
    this.#shardOf = shardOf;
    this.files = [...shards.values()].map((shard) => shard.path);
    this.entries = new Map(
      [...shardOf].map(([name, shard]) => [name, shard.entries.get(name) as TensorEntry]),
    );
  }

  static async open(path: string): Promise<ShardedSafetensors> {
    const weightMap = await readWeightMap(path);
    const shards = new Map<string, SafetensorsFile>();
    try {
      for (const file of shardsOf(weightMap))
        shards.set(file, await SafetensorsFile.open(join(dirname(path), file)));
      const shardOf = new Map<string, SafetensorsFile>();
      for (const [name, file] of weightMap) {
        const shard = shards.get(file) as SafetensorsFile;
        if (!shard.entries.has(name))
          throw new UserError(
            `${path}: expected the tensor "${name}" in ${file}, as the index says, found none; fetch index and files again, from one place`,
          );
        shardOf.set(name, shard);
      }
      return new ShardedSafetensors(path, shards, shardOf);
    } catch (error) {
      await closeAll(shards.values());
      throw error;
    }
  }

  async read(name: string): Promise<HostTensor> {
    const shard = this.#shardOf.get(name);
    if (shard === undefined)
      throw new UserError(
        `${this.path}: expected a tensor "${name}", found none of that name among ${this.entries.size}`,
      );
    return shard.read(name);
  }

  async close(): Promise<void> {
    await closeAll(this.#shards.values());
  }
}

async function closeAll(shards: Iterable<SafetensorsFile>): Promise<void> {
  for (const shard of shards) await shard.close();
}

async function readWeightMap(path: string): Promise<ReadonlyMap<string, string>> {
  const { weight_map: weightMap } = await readObject(path);
  if (typeof weightMap !== 'object' || weightMap === null || Array.isArray(weightMap))
    throw new UserError(
      `${path}: expected "weight_map", an object from tensor names to file names, found ${JSON.stringify(weightMap)?.slice(0, 60)}`,
    );
  const pairs = Object.entries(weightMap);
  if (pairs.length === 0) throw new UserError(`${path}: expected tensors in "weight_map", found none`);
  for (const [name, file] of pairs) {
    checkName(path, name);
    // An index from elsewhere must not reach files outside its folder.
    if (typeof file !== 'string' || file !== basename(file) || /[\\\0]/.test(file) || /^\.*$/.test(file))
      throw new UserError(
        `${path}: tensor "${name}": expected the name of a file beside the index, found ${JSON.stringify(file)}`,
      );
  }
  return new Map(pairs as [string, string][]);
}

async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file; check the path' : error.message;
    throw new UserError(`${path}: cannot open the index of safetensors files: ${reason}`);
  });
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON, found text that does not parse (${(error as Error).message})`,
    );
  }
  if (typeof value !== 'object' || value === null)
    throw new UserError(`${path}: expected a JSON object, found ${JSON.stringify(value)}`);
  return value as Readonly<Record<string, unknown>>;
}
