/** Weights on disk: which files they are, what their configuration says, and their hashes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { TensorStore } from '../../../tensor/files/safetensors.ts';
import { INDEX_SUFFIX, openSafetensors } from '../../../tensor/files/sharded-safetensors.ts';
import { CONFIG_FILE, type HuggingFaceConfig, readHuggingFaceConfig } from './huggingface-config.ts';

/** An open checkpoint. Its tensors are read one at a time; close it when done. */
export interface Checkpoint {
  readonly tensors: TensorStore;
  /** What stands in `config.json` beside the weights, or null. */
  readonly config: HuggingFaceConfig | null;
}

/** A file as it was read. */
export interface HashedFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Opens weights: a `.safetensors` file, an index of several, or a folder that holds either.
 * @throws UserError when there are none, several to choose from, or they are not sound.
 */
export async function openCheckpoint(place: string): Promise<Checkpoint> {
  const path = await weightsFile(place);
  const configPath = join(dirname(path), CONFIG_FILE);
  const config = (await isFile(configPath)) ? await readHuggingFaceConfig(configPath) : null;
  return { tensors: await openSafetensors(path), config };
}

/** Size and sha256 of every file of a checkpoint, an index first. */
export async function hashCheckpoint({ path, files }: TensorStore): Promise<HashedFile[]> {
  return Promise.all([...new Set([path, ...files])].map(hashFile));
}

/** Size and sha256 of a file. */
export async function hashFile(path: string): Promise<HashedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { name: basename(path), bytes, sha256: hash.digest('hex') };
}

async function weightsFile(place: string): Promise<string> {
  const stats = await stat(place).catch(() => null);
  if (stats === null)
    throw new UserError(
      `${place}: expected weights, a .safetensors file or a folder with one, found nothing of that name; check the path, or fetch them with 'hesscope model get'`,
    );
  if (!stats.isDirectory()) {
    if (place.endsWith('.safetensors') || place.endsWith(INDEX_SUFFIX)) return place;
    throw new UserError(
      `${place}: expected weights as .safetensors or ${INDEX_SUFFIX}, found another kind of file; ${CONVERT}`,
    );
  }
  const names = (await readdir(place)).sort();
  for (const ending of [INDEX_SUFFIX, '.safetensors']) {
    const found = names.filter((name) => name.endsWith(ending));
    const chosen = found.length === 1 ? found[0] : found.find((name) => name === `model${ending}`);
    if (chosen !== undefined) return join(place, chosen);
    if (found.length > 1)
      throw new UserError(
        `${place}: expected one checkpoint, found ${found.slice(0, 8).join(', ')}; name one of these files`,
      );
  }
  const shown = names.length === 0 ? 'an empty folder' : names.slice(0, 8).join(', ');
  throw new UserError(
    `${place}: expected model.safetensors or model${INDEX_SUFFIX}, found ${shown}; ${CONVERT}`,
  );
}

const CONVERT =
  'PyTorch saves this format with save_pretrained(folder) or safetensors.torch.save_file(model.state_dict(), path)';

/** Whether there is a file at a path. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
