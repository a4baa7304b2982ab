/**
 * Conversations in one JSON file, as the PyPI package chitchat-dataset has them: an object of conversations, each with
 * `messages`, a list of turns, each a list of messages with a `text`.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { type Conversation, conversationText } from '../conversations.ts';
import type { DataFormat } from '../format.ts';
import { headOf, readJson } from '../json-files.ts';

const schema = z.record(
  z.string(),
  z.looseObject({ messages: z.array(z.array(z.looseObject({ text: z.string() }))) }),
);

export const CONVERSATION_JSON: DataFormat = {
  title: 'conversations in JSON',
  options: [],
  matches: async ({ path, isFolder }) =>
    !isFolder &&
    path.toLowerCase().endsWith('.json') &&
    /^\s*\{.*"messages"\s*:\s*\[/s.test(await headOf(path)),
  read: async ({ path }) => ({
    kind: 'text',
    open: async () =>
      conversationText({ name: basename(path), description: `the conversations of ${path}` }, () =>
        conversationsOf(path),
      ),
  }),
};

/** Messages of one turn are one utterance. */
async function* conversationsOf(path: string): AsyncGenerator<Conversation> {
  const result = schema.safeParse(await readJson(path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UserError(
      `${path}: expected conversations with "messages", lists of turns of messages with a "text": at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
    );
  }
  for (const { messages } of Object.values(result.data))
    yield messages.map((turn) => turn.map(({ text }) => text).join(' '));
}
