/**
 * The Cornell Movie-Dialogs Corpus (Danescu-Niculescu-Mizil and Lee 2011): `movie_lines.txt` with an utterance a line
 * and `movie_conversations.txt` with the utterances of each conversation, their fields separated by ` +++$+++ `.
 */
import { basename, join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { type Conversation, conversationText } from '../conversations.ts';
import type { DataFormat } from '../format.ts';
import { linesOf } from '../lines.ts';

const LINES_FILE = 'movie_lines.txt';
const CONVERSATIONS_FILE = 'movie_conversations.txt';
const SEPARATOR = ' +++$+++ ';

export const MOVIE_DIALOGS: DataFormat = {
  title: 'the Cornell Movie-Dialogs Corpus',
  options: [],
  matches: ({ names }) => names.includes(LINES_FILE) || names.includes(CONVERSATIONS_FILE),
  read: async ({ path, names }) => {
    for (const name of [LINES_FILE, CONVERSATIONS_FILE])
      if (!names.includes(name))
        throw new UserError(
          `${path}: expected ${LINES_FILE} and ${CONVERSATIONS_FILE}, found no ${name}; take the whole corpus`,
        );
    return {
      kind: 'text',
      open: async () =>
        conversationText({ name: basename(path), description: `the conversations of ${path}` }, () =>
          conversationsOf(path),
        ),
    };
  },
};

async function* conversationsOf(folder: string): AsyncGenerator<Conversation> {
  const utterances = await readUtterances(join(folder, LINES_FILE));
  const path = join(folder, CONVERSATIONS_FILE);
  for await (const { text, number } of linesOf(path, 'windows-1252')) {
    if (text.trim() === '') continue;
    const fields = text.split(SEPARATOR);
    const names = [...(fields[3] ?? '').matchAll(/'([^']+)'/g)].map(([, name]) => name as string);
    if (fields.length !== 4 || names.length === 0)
      throw new UserError(
        `${path}, line ${number}: expected two characters, a film and a list of utterances such as ['L1', 'L2'], separated by '${SEPARATOR}', found ${JSON.stringify(text.slice(0, 80))}`,
      );
    yield names.map((name) => {
      const utterance = utterances.get(name);
      if (utterance !== undefined) return utterance;
      throw new UserError(
        `${path}, line ${number}: expected an utterance ${name} in ${LINES_FILE}, found none; take both files from one corpus`,
      );
    });
  }
}

/** The words of each utterance by its name; the corpus has some without words. */
async function readUtterances(path: string): Promise<ReadonlyMap<string, string>> {
  const utterances = new Map<string, string>();
  for await (const { text, number } of linesOf(path, 'windows-1252')) {
    if (text.trim() === '') continue;
    // A trailing separator without words after it loses its space in some copies.
    const fields = `${text} `.split(SEPARATOR);
    const [name] = fields;
    if (fields.length < 5 || name === undefined)
      throw new UserError(
        `${path}, line ${number}: expected an utterance, a character, a film, a name and words, separated by '${SEPARATOR}', found ${JSON.stringify(text.slice(0, 80))}`,
      );
    utterances.set(name, fields.slice(4).join(SEPARATOR).trim());
  }
  return utterances;
}
