/** `config.json` of a Hugging Face checkpoint: which family it is of, and its numbers. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { parseJson, shown } from '../../../json-text.ts';

/** The name of the file beside the weights. */
export const CONFIG_FILE = 'config.json';

/** A configuration as it stands in its file; each family checks its own keys. */
export interface HuggingFaceConfig {
  readonly path: string;
  /** `gpt2`, `bert`, `vit` and so on. */
  readonly modelType: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads a `config.json`.
 * @throws UserError when it cannot be read, is not a JSON object or does not say its `model_type`.
 */
export async function readHuggingFaceConfig(path: string): Promise<HuggingFaceConfig> {
  const values = await readJsonObject(path);
  const { model_type: modelType } = values;
  if (typeof modelType !== 'string')
    throw new UserError(
      `${path}: expected "model_type", as Hugging Face's configurations have it, found ${shown(modelType)}`,
    );
  return { path, modelType, values };
}

/** @throws UserError when the file cannot be read or is not a JSON object. */
export async function readJsonObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`${path}: cannot be read (${error.message}); check the path`);
  });
  let values: unknown;
  try {
    values = parseJson(text);
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON, found text that does not parse (${(error as Error).message}); fetch it again`,
    );
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new UserError(
      `${path}: expected a JSON object, found ${JSON.stringify(values)?.slice(0, 60)}; fetch it again`,
    );
  return values as Record<string, unknown>;
}

/**
 * Checks the keys that a family needs and fills in the defaults of Hugging Face's library.
 * @throws UserError naming the file, the key and what was found.
 */
export function parseConfig<S extends z.ZodType>(config: HuggingFaceConfig, schema: S): z.output<S> {
  const result = schema.safeParse(config.values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = issue?.path.join('.') ?? '';
  throw new UserError(
    `${config.path}: '${key}': ${issue?.message}, found ${shown(config.values[key])}; hesscope has no such ${config.modelType}`,
  );
}
