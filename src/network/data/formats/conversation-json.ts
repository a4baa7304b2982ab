/**
 * Conversations in one JSON file, as the PyPI package chitchat-dataset has them: an object of conversations, each with
 * `messages`, a list of turns, each a list of messages with a `text`.
 */
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { type Conversation, conversationText } from '../conversations.ts';
import type { DataFormat } from '../format.ts';

const schema = z.record(
  z.string(),
  z.looseObject({ messages: z.array(z.array(z.looseObject({ text: z.string() }))) }),
);

/** Bytes at the start of a file in which the format shows. */
const HEAD_BYTES = 4096;

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
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UserError(
      `${path}: expected JSON, found text that does not parse (${(error as Error).message}); copy it again`,
    );
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UserError(
      `${path}: expected conversations with "messages", lists of turns of messages with a "text": at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
    );
  }
  for (const { messages } of Object.values(result.data))
    yield messages.map((turn) => turn.map(({ text }) => text).join(' '));
}

async function headOf(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}
