/** A text as a row of tokens that knows where its sentences begin. */
import { UserError } from '../../errors.ts';
import type { TextSource } from './text-source.ts';
import type { Tokenizer } from './tokenizers/tokenizer.ts';

/** Consecutive tokens of a text, cut into sentences. */
export interface TokenizedSentences {
  readonly tokens: readonly number[];
  /** Where each sentence begins among the tokens, ascending; the first one is 0. */
  readonly starts: readonly number[];
}

/** A full stop, question mark or exclamation mark with what closes after it, before white space; or an empty line. */
const SENTENCE_END = /[.!?]['"\u2019\u201d)\]]*\s+|\n\s*\n\s*/g;

/** Characters without the end of a sentence beyond which a text is cut anyway. */
const LONGEST_SENTENCE = 2 ** 16;

/**
 * The sentences of a text one after the other, white space at their ends included; empty ones are passed over. They
 * end at `.`, `?` or `!` before white space and at empty lines: a rule of thumb, which cuts after "Mr." too. A source
 * of conversations knows better, its utterances are its sentences.
 */
export async function* sentencesOf(source: TextSource): AsyncGenerator<string> {
  if (source.sentences) {
    yield* source.sentences();
    return;
  }
  let waiting = '';
  for await (const piece of source.pieces()) {
    waiting += piece;
    // What ends the waiting text may go on in the next piece, so the last end that is seen does not count yet.
    const ends = Array.from(waiting.matchAll(SENTENCE_END), ({ index, 0: end }) => index + end.length);
    if (ends.at(-1) === waiting.length) ends.pop();
    if (ends.length === 0 && waiting.length > LONGEST_SENTENCE) ends.push(waiting.length);
    let start = 0;
    for (const end of ends) {
      yield* nonEmpty(waiting.slice(start, end));
      start = end;
    }
    waiting = waiting.slice(start);
  }
  yield* nonEmpty(waiting);
}

function* nonEmpty(sentence: string): Generator<string> {
  if (sentence.trim() !== '') yield sentence;
}

/**
 * Tokens sentence by sentence, until `isEnough` says that those taken suffice.
 *
 * @param offset tokens left out at the start; the rest of a sentence that they cut is left out too.
 * @throws UserError when the text ends before there are any.
 */
export async function takeSentences(
  source: TextSource,
  tokenizer: Tokenizer,
  offset: number,
  isEnough: (taken: TokenizedSentences) => boolean,
): Promise<TokenizedSentences> {
  const tokens: number[] = [];
  const starts: number[] = [];
  let seen = 0;
  for await (const sentence of sentencesOf(source)) {
    const encoded = tokenizer.encode(sentence);
    seen += encoded.length;
    if (seen - encoded.length < offset || encoded.length === 0) continue;
    starts.push(tokens.length);
    for (const token of encoded) tokens.push(token);
    if (isEnough({ tokens, starts })) break;
  }
  if (starts.length === 0)
    throw new UserError(
      `${source.name}: expected sentences from token ${offset} on, found a text of ${seen} tokens; take a smaller offset or a longer text`,
    );
  return { tokens, starts };
}
