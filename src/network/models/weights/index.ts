/** Pretrained models: what a `config.json` describes, and where its weights are stored. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../../errors.ts';
import type { FloatDType } from '../../../tensor/graph/type.ts';
import { cachedModel } from '../../catalogue/index.ts';
import type { TokenizerName } from '../../data/tokenizers/tokenizer.ts';
import type { Model } from '../model.ts';
import type { ModelPreset } from '../preset.ts';
import { BERT_LAYOUT, bertPreset } from './bert.ts';
import { type HashedFile, hashCheckpoint, isFile, openCheckpoint } from './checkpoint.ts';
import { GPT2_LAYOUT, gpt2Preset } from './gpt2.ts';
import {
  CONFIG_FILE,
  type HuggingFaceConfig,
  readHuggingFaceConfig,
  readJsonObject,
} from './huggingface-config.ts';
import type { WeightLayout } from './layout.ts';
import { type LoadedParameters, loadParameters } from './load.ts';
import type { PretrainedFacts } from './pretrained.ts';
import { TIMM_VIT_LAYOUT, VIT_LAYOUT, vitPreset } from './vit.ts';

export { hashFile } from './checkpoint.ts';

/** A family of Hugging Face models: how its configuration becomes a model, and how its weights are stored. */
interface Family {
  readonly preset: (config: HuggingFaceConfig, facts: PretrainedFacts) => ModelPreset;
  readonly layout: WeightLayout;
}

/** By `model_type`. */
const FAMILIES: Readonly<Record<string, Family>> = {
  gpt2: { preset: gpt2Preset, layout: GPT2_LAYOUT },
  bert: { preset: bertPreset, layout: BERT_LAYOUT },
  vit: { preset: vitPreset, layout: VIT_LAYOUT },
};

const LAYOUTS: readonly WeightLayout[] = [
  ...Object.values(FAMILIES).map(({ layout }) => layout),
  TIMM_VIT_LAYOUT,
];

/** Files beside `config.json`. */
const TOKENIZER_FILE = 'tokenizer.json';
const PREPROCESSOR_FILE = 'preprocessor_config.json';

/** True when a model is named by a place on disk and not by a preset's name: a folder, or a `config.json`. */
export async function isModelPlace(model: string): Promise<boolean> {
  return model.endsWith(CONFIG_FILE) || (await isFile(join(model, CONFIG_FILE)));
}

/**
 * The model that a folder's `config.json` describes; its weights are not read.
 * @throws UserError when there is no configuration, or it is of a family that hesscope does not have.
 */
export async function presetOfPlace(place: string): Promise<ModelPreset> {
  const path = place.endsWith(CONFIG_FILE) ? place : join(place, CONFIG_FILE);
  const config = await readHuggingFaceConfig(path);
  const beside = async (name: string) => {
    const found = join(dirname(path), name);
    return (await isFile(found)) ? found : undefined;
  };
  const preprocessorPath = await beside(PREPROCESSOR_FILE);
  return familyOf(config).preset(config, {
    name: basename(dirname(resolve(path))),
    tokenizer: (await beside(TOKENIZER_FILE)) as TokenizerName | undefined,
    preprocessor: preprocessorPath === undefined ? undefined : await readJsonObject(preprocessorPath),
  });
}

function familyOf(config: HuggingFaceConfig): Family {
  const family = Object.hasOwn(FAMILIES, config.modelType) ? FAMILIES[config.modelType] : undefined;
  if (family) return family;
  throw new UserError(
    `${config.path}: expected "model_type" to be one of ${Object.keys(FAMILIES).join(', ')}, found "${config.modelType}"; export the model to ONNX, or take one of these`,
  );
}

/** Weights as a run records them: which files, and what became of them. */
export interface WeightsRecord {
  /** As the user named them. */
  readonly source: string;
  readonly layout: string;
  readonly files: readonly HashedFile[];
  /** Parameters that the files lack, drawn at random as at initialisation. */
  readonly drawn: readonly string[];
  /** Tensors of the files that the model has no use for. */
  readonly unused: readonly string[];
}

/** What a reader of a run must know of its weights, one sentence each. */
export function weightsNotes({ source, layout, drawn, unused }: WeightsRecord): string[] {
  const list = (names: readonly string[]) =>
    names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return [
    `The parameters are those of ${source}, in ${layout} layout.`,
    ...(drawn.length > 0 ? [`It lacks ${list(drawn)}: drawn at random, as at initialisation.`] : []),
    ...(unused.length > 0 ? [`Of its tensors the model has no use for ${list(unused)}.`] : []),
  ];
}

/**
 * Reads a model's parameters from a `.safetensors` file, an index of several, a folder with either, or a fetched model.
 *
 * @param seed of the parameters that the weights may lack.
 * @throws UserError when the weights are not there, not sound, or not those of this model.
 */
export async function loadWeights(
  model: Model,
  source: string,
  seed: number,
  dtype: FloatDType,
): Promise<{ readonly values: LoadedParameters['values']; readonly record: WeightsRecord }> {
  const place = (await exists(source)) ? source : ((await cachedModel(source)) ?? source);
  const { tensors, config } = await openCheckpoint(place);
  try {
    if (config !== null) requireSameArchitecture(model, config, source);
    const { values, ...rest } = await loadParameters(model, tensors, LAYOUTS, seed, dtype);
    return { values, record: { source, files: await hashCheckpoint(tensors), ...rest } };
  } finally {
    await tensors.close();
  }
}

/** Settings that say how a model starts, trains or is cut into blocks, or whose tensors are compared anyway. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'dropout',
  'scaledProjections',
  'qkv',
  'contextLength',
  'classes',
]);

/** Weights of equal shapes may still want another number of heads, another activation or another epsilon. */
function requireSameArchitecture(model: Model, config: HuggingFaceConfig, source: string): void {
  const family = Object.hasOwn(FAMILIES, config.modelType) ? FAMILIES[config.modelType] : undefined;
  if (!family) return;
  const described = family.preset(config, { name: model.name }).create({}).config;
  const differing = Object.keys(described).filter(
    (key) =>
      !WITHOUT_EFFECT.has(key) &&
      key in model.config &&
      !isDeepStrictEqual(described[key], model.config[key]),
  );
  if (differing.length === 0) return;
  const phrases = differing.map(
    (key) =>
      `${key} ${JSON.stringify(model.config[key])} in the model, ${JSON.stringify(described[key])} there`,
  );
  throw new UserError(
    `${config.path}: the weights belong to another model than ${model.name}: ${phrases.join('; ')}. Take the model that they belong to: --model ${source}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
