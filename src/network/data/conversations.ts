/** Conversations as text: an utterance a line, an empty line between conversations. */
import { BETWEEN_DOCUMENTS, type TextSource } from './text-source.ts';

/** The utterances of one conversation in their order. */
export type Conversation = readonly string[];

/**
 * @param conversations begun anew each time the text is read; empty utterances are passed over.
 */
export function conversationText(
  facts: Pick<TextSource, 'name' | 'description'>,
  conversations: () => AsyncIterable<Conversation>,
): TextSource {
  const kept = async function* () {
    for await (const conversation of conversations()) {
      const utterances = conversation
        .map((text) => text.replace(/\s+/g, ' ').trim())
        .filter((text) => text !== '');
      if (utterances.length > 0) yield utterances;
    }
  };
  return {
    ...facts,
    async *pieces() {
      let isFirst = true;
      for await (const utterances of kept()) {
        yield `${isFirst ? '' : BETWEEN_DOCUMENTS}${utterances.join('\n')}`;
        isFirst = false;
      }
    },
    async *sentences() {
      for await (const utterances of kept()) for (const utterance of utterances) yield `${utterance}\n`;
    },
  };
}
