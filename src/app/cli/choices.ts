/** Options of the command line that are the keys of a request, and a file of them. */
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { UserError } from '../../errors.ts';
import { shown } from '../../json-text.ts';
import { readYaml } from '../../network/yaml-file.ts';

/** An option for one key of a request. */
export interface ChoiceOption<Key extends string = string> {
  readonly key: Key;
  readonly flags: string;
  /** How the text becomes a value, with what the option was given before; text when left out. */
  readonly parse?: (text: string, previous: unknown) => unknown;
  /** What the option says where it is not what its key says. */
  readonly description?: string;
}

/** Text that should be a number; what is not is left for the request's own check, which names the key. */
export const numeric = (text: string): unknown =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** Numbers between commas. */
export const numbers = (text: string): unknown => text.split(',').map(numeric);

/** `name=value`, joined to what was set before; values that read as numbers or truth values become such. */
export function setting(text: string, previous: unknown): unknown {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new UserError(`Expected a setting as name=value, such as head=random, found '${text}'.`);
  const value = text.slice(equals + 1);
  const read = value === 'true' || value === 'false' ? value === 'true' : numeric(value);
  return { ...(previous as object | undefined), [text.slice(0, equals)]: read };
}

/** The options by which every request chooses model and data. */
export const MODEL_OPTIONS = [
  { key: 'model', flags: '-m, --model <name>' },
  { key: 'weights', flags: '-w, --weights <place>' },
  { key: 'data', flags: '-d, --data <source>' },
  { key: 'tokenizer', flags: '--tokenizer <name>' },
  { key: 'labels', flags: '--labels <file>' },
  { key: 'split', flags: '--split <name>' },
  { key: 'field', flags: '--field <name>' },
  { key: 'imageSize', flags: '--image-size <pixels>', parse: numeric },
  { key: 'outputScale', flags: '--output-scale <c>', parse: numeric },
  { key: 'modelOptions', flags: '--set <option=value>', parse: setting },
  { key: 'seed', flags: '--seed <number>', parse: numeric },
  { key: 'precision', flags: '--precision <format>' },
  { key: 'device', flags: '--device <name>' },
  { key: 'threads', flags: '--threads <count>', parse: numeric },
] as const satisfies readonly ChoiceOption[];

/** Those of one matrix: of what, and where. */
export const MATRIX_OPTIONS = [
  ...MODEL_OPTIONS,
  { key: 'curvature', flags: '--curvature <kind>' },
  { key: 'offset', flags: '--offset <count>', parse: numeric },
  { key: 'blocks', flags: '-b, --blocks <selection>' },
  { key: 'batch', flags: '--batch <count>', parse: numeric },
  { key: 'microBatches', flags: '--micro-batches <count>', parse: numeric },
] as const satisfies readonly ChoiceOption[];

/** Adds one option for each key of a request. Defaults live in the request alone. */
export function addChoices(command: Command, options: readonly ChoiceOption[], schema: z.ZodObject): Command {
  const defaults = schema.parse({}) as Readonly<Record<string, unknown>>;
  for (const { key, flags, parse, description } of options) {
    const option = new Option(flags, description ?? describe(schema, key, defaults[key])).default(undefined);
    if (parse) option.argParser(parse);
    command.addOption(option);
  }
  return command.option(
    '-c, --config <file>',
    'a JSON or YAML file with any of these choices; options given here win',
  );
}

/**
 * The request that options and configuration file make together, not yet checked.
 * @param given what commander read.
 * @throws UserError when the file cannot be read or is not an object of choices.
 */
export async function choicesOf(
  given: Readonly<Record<string, unknown>>,
  options: readonly ChoiceOption[],
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> =
    typeof given.config === 'string' ? await readConfiguration(given.config) : {};
  for (const { key, flags } of options) {
    const value = given[optionName(flags)];
    // Commander sets the opposite of a `--no-` option where it is not given; that is nobody's choice.
    const isGiven = flags.startsWith('--no-') ? value === false : value !== undefined;
    if (isGiven) input[key] = isObject(value) && isObject(input[key]) ? { ...input[key], ...value } : value;
  }
  return input;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name under which commander keeps an option. */
function optionName(flags: string): string {
  const long = (/--(?:no-)?([a-z-]+)/.exec(flags) as RegExpExecArray)[1] as string;
  return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function describe({ shape }: z.ZodObject, key: string, fallback: unknown): string {
  const isTold =
    fallback !== undefined && typeof fallback !== 'boolean' && !(isObject(fallback) && isEmpty(fallback));
  return `${(shape[key] as z.ZodType).description}${isTold ? ` (default: ${fallback})` : ''}`;
}

const isEmpty = (value: object) => Object.keys(value).length === 0;

async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  const value = await readYaml(path, 'the configuration');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(
      `The configuration '${path}' should be an object of choices such as 'model: gpt-nano', found ${shown(value)}.`,
    );
  return { ...value };
}
