/** A model by name, with what a user may set about it. */
import type { z } from 'zod';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import type { ImageShape } from '../data/dataset.ts';
import type { ImageInput } from '../data/images.ts';
import type { TokenizerName } from '../data/tokenizers/tokenizer.ts';
import type { DataKind, Model, ModelOptionValue } from './model.ts';

/** What a preset takes from the data it will see. */
export interface DataShape {
  /** Number of distinct tokens; text only. */
  readonly vocabularySize?: number;
  /** Values of one image, its extents if it is a picture, and the number of classes; images only. */
  readonly featureCount?: number;
  readonly imageShape?: ImageShape | undefined;
  readonly classCount?: number;
}

/** Options of a model by name, as users give them. */
export type ModelOptions = Readonly<Record<string, unknown>>;

/** The schema of a preset's options: each has a default and a description. */
type OptionSchema = z.ZodObject<Readonly<Record<string, z.ZodType<ModelOptionValue>>>, z.core.$strict>;

/** What presets have in common, however they are built. */
interface PresetFacts {
  /** One line for help and tables. */
  readonly summary: string;
  readonly dataKind: Exclude<DataKind, 'arrays'>;
  /** Tokens in one sequence; null for images. */
  readonly contextLength: number | null;
  /** The tokenizer that the model is made for; text only. */
  readonly tokenizer?: TokenizerName;
  /** Sequences or images in the batch of the paper's spectra; left out where the paper names none. */
  readonly paperBatch?: number;
  /** How the model wants images; left out where it takes them as they come. */
  readonly imageInput?: ImageInput;
}

export interface ModelPreset extends PresetFacts {
  /** What may be set, each with its default and description. */
  readonly options: OptionSchema;
  /**
   * @param data what the data look like; where something is left out, the model's original decides.
   * @param options those that differ from their defaults.
   * @throws UserError when the options are not the preset's, or the data do not fit the model.
   */
  create(data: DataShape, options?: ModelOptions): Model;
}

/** A preset whose options are checked against its schema before the model is built; the model keeps them. */
export function definePreset<Options extends OptionSchema>(
  name: string,
  facts: PresetFacts & {
    readonly options: Options;
    build(data: DataShape, options: z.output<Options>): Model;
  },
): ModelPreset {
  const { build, ...rest } = facts;
  return {
    ...rest,
    create: (data, given = {}) => {
      const options = parseOptions(name, facts.options, given);
      return { ...build(data, options), options };
    },
  };
}

/** What may be set about a preset, one phrase for each option: name, values, default. */
export function describeOptions({ options }: ModelPreset): string[] {
  return Object.entries(options.shape).map(
    ([name, option]) => `${name} (${option.description}; default ${String(option.parse(undefined))})`,
  );
}

function parseOptions<Options extends OptionSchema>(
  model: string,
  schema: Options,
  given: ModelOptions,
): z.output<Options> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const known = Object.keys(schema.shape);
  const explained = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownOption(model, key, known))
      : [`${model}'s option '${issue.path.join('.')}': ${issue.message}, found ${shown(given, issue.path)}`],
  );
  throw new UserError(`${explained.join('; ')}.`);
}

function unknownOption(model: string, key: string, known: readonly string[]): string {
  if (known.length === 0) return `${model} has no options, found '${key}'; leave it out`;
  const [nearest] = nearMatches(key, known, 1);
  return `${model} has no option '${key}'; did you mean '${nearest}'? Its options are ${known.join(', ')}`;
}

function shown(given: ModelOptions, path: readonly PropertyKey[]): string {
  return JSON.stringify(given[String(path[0])]);
}
