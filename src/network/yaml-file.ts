/** Small YAML files of the user's, JSON among them, by the library yaml. */
import { open } from 'node:fs/promises';
import { Lexer, Parser, parse } from 'yaml';
import { UserError } from '../errors.ts';
import { refuseDepth } from '../json-text.ts';

/** Far above any configuration. The library compares each key with all others, so time grows with the square. */
export const LARGEST_YAML_BYTES = 2 ** 16;

/** Of the library's stack, which has two places for a list or map within another; its next step calls itself for each. */
const DEEPEST_STACK = 200;

/**
 * What a YAML file holds.
 * @param what it is, for messages: `the configuration`.
 * @throws UserError when it cannot be read, is larger than {@link LARGEST_YAML_BYTES}, or is no YAML.
 */
export async function readYaml(path: string, what: string): Promise<unknown> {
  const text = await readSmall(path).catch((error: Error) => {
    throw new UserError(`Cannot read ${what} '${path}': ${error.message.slice(0, 300)}.`);
  });
  try {
    refuseDeepText(text);
    const value: unknown = parse(text, { logLevel: 'error' });
    refuseDepth(value);
    return value;
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new UserError(`${sentenceCase(what)} '${path}' is neither JSON nor YAML: ${reason.slice(0, 300)}.`);
  }
}

async function readSmall(path: string): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(LARGEST_YAML_BYTES + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (bytesRead > LARGEST_YAML_BYTES)
      throw new Error(`expected at most ${LARGEST_YAML_BYTES} bytes, found more`);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What is nested deeply would exhaust the stack within the library, in a place that ends the process. */
function refuseDeepText(text: string): void {
  const parser = new Parser();
  for (const token of new Lexer().lex(text)) {
    for (const _ of parser.next(token)) {
      // What is parsed is thrown away: only the depth counts.
    }
    if (parser.stack.length > DEEPEST_STACK) throw new Error('lists and maps lie too deep in each other');
  }
}

const sentenceCase = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
