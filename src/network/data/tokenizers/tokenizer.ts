/** Text to numbers and back. */

/** The tokenizers by the names that a request uses, or the path of a `tokenizer.json`. */
export type TokenizerName = 'character' | 'byte' | 'gpt2' | 'bert' | `${string}.json`;

/** Tokens that stand for no text. */
export interface SpecialTokens {
  /** Starts a sequence; its row is what a classifier of sequences sees. */
  readonly classify: number;
  /** Ends a segment. */
  readonly separate: number;
  /** Stands where a token is hidden. */
  readonly mask: number;
}

export interface Tokenizer {
  readonly name: TokenizerName;
  /** Tokens are whole numbers from 0 to `vocabularySize - 1`. */
  readonly vocabularySize: number;
  /** Those of the vocabulary itself; left out where it has none. */
  readonly specialTokens?: SpecialTokens;
  /** The token of the vocabulary that ends a text; left out where it has none. */
  readonly endOfText?: number;
  /** @throws UserError when the text holds something outside the vocabulary. */
  encode(text: string): number[];
  /** @throws UserError for a number that is not a token. */
  decode(tokens: Iterable<number | bigint>): string;
  /**
   * The last place before which the text may be cut such that both pieces, whatever follows the second,
   * encode to the same tokens as the uncut text; 0 when there is none. Long files are encoded in pieces.
   */
  lastCut(text: string): number;
}
