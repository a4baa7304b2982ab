/** Where text comes from: a stream of pieces that can be begun again. */

/** What a model is given and what it should go on with; the text is both, one after the other. */
export interface Exchange {
  readonly prompt: string;
  readonly answer: string;
}

export interface TextSource {
  /** A short name, for example `moby-dick` or the file's. */
  readonly name: string;
  /** A phrase for descriptions. */
  readonly description: string;
  /** The text from its start, in pieces of bounded length that split no character. */
  pieces(): AsyncIterable<string> | Iterable<string>;
  /** Its prompts with their answers, where it is made of such. */
  exchanges?(): AsyncIterable<Exchange>;
  /** Its sentences, where the source knows where they end; else they are found by their punctuation. */
  sentences?(): AsyncIterable<string>;
}

/** What stands between two documents of a source: an empty line. */
export const BETWEEN_DOCUMENTS = '\n\n';
