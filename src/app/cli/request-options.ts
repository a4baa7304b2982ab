/** The options of a spectrum request: one for each key of the request, a file of them, and their order of precedence. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { parse as parseYaml } from 'yaml';
import { UserError } from '../../errors.ts';
import { type SpectrumRequestInput, spectrumRequestSchema } from '../../study/spectrum/request.ts';

type Key = keyof SpectrumRequestInput;

interface OptionSpec {
  readonly key: Key;
  readonly flags: string;
  /** How the text becomes a value, with what the option was given before; text when left out. */
  readonly parse?: (text: string, previous: unknown) => unknown;
}

/** Text that should be a number; what is not is left for the request's own check, which names the key. */
const numeric = (text: string): unknown =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** `name=value`, joined to what was set before; values that read as numbers or truth values become such. */
function setting(text: string, previous: unknown): unknown {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new UserError(
      `Expected --set to be followed by option=value, such as head=random, found '${text}'.`,
    );
  const value = text.slice(equals + 1);
  const read = value === 'true' || value === 'false' ? value === 'true' : numeric(value);
  return { ...(previous as object | undefined), [text.slice(0, equals)]: read };
}

const OPTIONS: readonly OptionSpec[] = [
  { key: 'model', flags: '-m, --model <name>' },
  { key: 'weights', flags: '-w, --weights <place>' },
  { key: 'data', flags: '-d, --data <source>' },
  { key: 'tokenizer', flags: '--tokenizer <name>' },
  { key: 'inputs', flags: '--inputs <files...>' },
  { key: 'targets', flags: '--targets <file>' },
  { key: 'loss', flags: '--loss <name>' },
  { key: 'output', flags: '--output <name>' },
  { key: 'blocksFile', flags: '--blocks-file <file>' },
  { key: 'labels', flags: '--labels <file>' },
  { key: 'split', flags: '--split <name>' },
  { key: 'field', flags: '--field <name>' },
  { key: 'imageSize', flags: '--image-size <pixels>', parse: numeric },
  { key: 'offset', flags: '--offset <count>', parse: numeric },
  { key: 'outputScale', flags: '--output-scale <c>', parse: numeric },
  { key: 'modelOptions', flags: '--set <option=value>', parse: setting },
  { key: 'blocks', flags: '-b, --blocks <selection>' },
  { key: 'full', flags: '--no-full' },
  { key: 'probes', flags: '-p, --probes <count>', parse: numeric },
  { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
  { key: 'tolerance', flags: '--tolerance <share>', parse: numeric },
  { key: 'probeKind', flags: '--probe-kind <kind>' },
  { key: 'exactUpTo', flags: '--exact-up-to <size>', parse: numeric },
  { key: 'reorthogonalize', flags: '--reorthogonalize' },
  { key: 'batch', flags: '--batch <count>', parse: numeric },
  { key: 'microBatches', flags: '--micro-batches <count>', parse: numeric },
  { key: 'seed', flags: '--seed <number>', parse: numeric },
  { key: 'precision', flags: '--precision <format>' },
  { key: 'device', flags: '--device <name>' },
  { key: 'threads', flags: '--threads <count>', parse: numeric },
  { key: 'memoryMiB', flags: '--memory <MiB>', parse: numeric },
];

/** Adds one option for each key of a request. Defaults live in the request alone. */
export function addRequestOptions(command: Command): Command {
  for (const { key, flags, parse } of OPTIONS) {
    const option = new Option(flags, describe(key)).default(undefined);
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
 * @throws UserError when the file cannot be read or is not an object of choices.
 */
export async function requestInput(
  options: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> =
    typeof options.config === 'string' ? await readConfiguration(options.config) : {};
  for (const { key, flags } of OPTIONS) {
    const value = options[optionName(flags)];
    // Commander sets the opposite of a `--no-` option where it is not given; that is nobody's choice.
    const isGiven = flags.startsWith('--no-') ? value === false : value !== undefined;
    if (isGiven) input[key] = isObject(value) && isObject(input[key]) ? { ...input[key], ...value } : value;
  }
  return input;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The name under which commander keeps an option. */
function optionName(flags: string): string {
  const long = (/--(?:no-)?([a-z-]+)/.exec(flags) as RegExpExecArray)[1] as string;
  return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function describe(key: Key): string {
  // The option says the opposite of the key.
  if (key === 'full') return 'leave out the whole Hessian';
  const fallback = spectrumRequestSchema.parse({})[key];
  const note = fallback === undefined || typeof fallback === 'boolean' ? '' : ` (default: ${fallback})`;
  return `${spectrumRequestSchema.shape[key].description}${note}`;
}

async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`Cannot read the configuration '${path}': ${error.message}.`);
  });
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new UserError(
      `The configuration '${path}' is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(
      `The configuration '${path}' should be an object of choices such as 'model: gpt-nano', found ${JSON.stringify(value)}.`,
    );
  return { ...value };
}
