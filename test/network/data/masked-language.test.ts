import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { MaskedLanguageDataset } from '../../../src/network/data/dataset.ts';
import { maskedLanguageDataset } from '../../../src/network/data/masked-language.ts';
import { mobyDick } from '../../../src/network/data/moby-dick.ts';
import { sentencesOf } from '../../../src/network/data/sentences.ts';
import type { TextSource } from '../../../src/network/data/text-source.ts';
import { bertTokenizer } from '../../../src/network/data/tokenizers/bert.ts';

const sourceOf = (...pieces: string[]): TextSource => ({
  name: 'sample',
  description: 'a sample',
  pieces: () => pieces,
});

/** One sequence as the model sees it, and as it was before masking. */
interface Seen {
  readonly tokens: number[];
  readonly original: number[];
  readonly segments: number[];
  readonly maskedPlaces: number[];
  readonly nextLabel: number;
}

function sequencesOf(dataset: MaskedLanguageDataset): Seen[] {
  const { batchSize, contextLength } = dataset;
  return Array.from({ length: dataset.microBatchCount }, (_, index) => {
    const { tensors, weight } = dataset.microBatch(index);
    expect(weight).toBe(batchSize);
    const numbers = (name: string) => Array.from(tensors[name]!.data, Number);
    const [rows, targets] = [numbers('maskedRows'), numbers('maskedTargets')];
    return Array.from({ length: batchSize }, (_, sequence): Seen => {
      const part = (name: string) =>
        numbers(name).slice(sequence * contextLength, (sequence + 1) * contextLength);
      const original = part('tokens');
      const maskedPlaces = rows
        .map((row) => row - sequence * contextLength)
        .filter((place) => place >= 0 && place < contextLength);
      for (const [position, row] of rows.entries())
        if (Math.floor(row / contextLength) === sequence)
          original[row - sequence * contextLength] = targets[position]!;
      return {
        tokens: part('tokens'),
        original,
        segments: part('segments'),
        maskedPlaces,
        nextLabel: numbers('nextLabels')[sequence]!,
      };
    });
  }).flat();
}

/** The text of both segments, without their frame. */
function segmentsOf(dataset: MaskedLanguageDataset, { original, segments }: Seen): [string, string] {
  const second = segments.indexOf(1);
  const { decode } = dataset.tokenizer;
  return [decode(original.slice(1, second - 1)), decode(original.slice(second, -1))];
}

const BOOK = { batchSize: 40, contextLength: 64, microBatches: 10 };
const book = await maskedLanguageDataset(mobyDick(), BOOK);
const all = sequencesOf(book);
const text = [...(mobyDick().pieces() as Iterable<string>)].join('');

describe('a masked-language dataset', () => {
  it('frames every sequence with a classifying token and two separators, and fills it', () => {
    // 81 characters; the three special tokens come after them.
    expect(book).toMatchObject({
      kind: 'masked-language',
      vocabularySize: 84,
      contextLength: 64,
      microBatchCount: 10,
    });
    const [classify, separate] = [81, 82];
    for (const { original, segments } of all) {
      const second = segments.indexOf(1);
      expect(original.length).toBe(64);
      expect([original[0], original[second - 1], original.at(-1)]).toEqual([classify, separate, separate]);
      expect(original.filter((token) => token >= 81).length).toBe(3);
      expect(segments).toEqual(Array.from({ length: 64 }, (_, place) => (place < second ? 0 : 1)));
    }
  });

  it('hides 15 % of the tokens, none of the frame: 80 % behind the mask, 10 % behind others, 10 % not', () => {
    const fates = { masked: 0, kept: 0, other: 0 };
    for (const { tokens, original, maskedPlaces } of all) {
      expect(maskedPlaces.length).toBe(Math.round(0.15 * 64));
      expect(new Set(maskedPlaces).size).toBe(maskedPlaces.length);
      for (const place of maskedPlaces) {
        expect(original[place]).toBeLessThan(81);
        const token = tokens[place];
        fates[token === 83 ? 'masked' : token === original[place] ? 'kept' : 'other'] += 1;
      }
      const touched = tokens.flatMap((token, place) => (token === original[place] ? [] : [place]));
      expect(touched.every((place) => maskedPlaces.includes(place))).toBe(true);
    }
    const total = all.length * 10;
    // A random token is the true one once in 81. Five standard deviations of a binomial share.
    const near = (share: number, found: number) =>
      expect(Math.abs(found / total - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / total));
    near(0.8, fates.masked);
    near(0.1 * (80 / 81), fates.other);
    near(0.1 * (82 / 81), fates.kept);
  });

  it('lets half of the second segments follow the first, which ends with a sentence', () => {
    const following = all.filter(({ nextLabel }) => nextLabel === 0);
    // Five standard deviations of 400 fair coins are 50.
    expect(Math.abs(following.length - 200)).toBeLessThan(50);
    for (const seen of all) {
      const [first, second] = segmentsOf(book, seen);
      expect(first).toMatch(/([.!?]['"\u2019\u201d)\]]*\s+|\n\s*\n\s*)$/);
      expect(text.includes(first + second)).toBe(seen.nextLabel === 0);
      expect(text.includes(second)).toBe(true);
    }
  });

  it('draws each sequence from the seed and its place alone', async () => {
    const again = await maskedLanguageDataset(mobyDick(), BOOK);
    expect(again.microBatch(3)).toEqual(book.microBatch(3));
    const cut = await maskedLanguageDataset(mobyDick(), { ...BOOK, batchSize: 80, microBatches: 5 });
    expect(sequencesOf(cut)).toEqual(all);
    const other = await maskedLanguageDataset(mobyDick(), { ...BOOK, seed: 1 });
    expect(other.microBatch(0)).not.toEqual(book.microBatch(0));
    expect(() => book.microBatch(10)).toThrow(RangeError);
  });

  it("uses BERT's own special tokens with its vocabulary", async () => {
    const tokenizer = await bertTokenizer();
    const dataset = await maskedLanguageDataset(mobyDick(), { ...BOOK, microBatches: 1, tokenizer });
    expect(dataset.vocabularySize).toBe(30_522);
    const [seen] = sequencesOf(dataset);
    expect([seen!.original[0], seen!.original.at(-1)]).toEqual([101, 102]);
    expect(segmentsOf(dataset, seen!)[0]).toBe('call me ishmael.');
  });

  it('begins at the first sentence from the offset on', async () => {
    const dataset = await maskedLanguageDataset(mobyDick(), { ...BOOK, microBatches: 1, offset: 5 });
    // "Call me Ishmael. " has 17 characters, so the second sentence is the first that lies behind the fifth.
    expect(segmentsOf(dataset, sequencesOf(dataset)[0]!)[0]).not.toContain('Ishmael');
  });

  it('says what is missing when the text is too short, and what is too small', async () => {
    const short = sourceOf('One two. Three four. Five six seven. Eight nine ten eleven.');
    const ask = { batchSize: 2, contextLength: 16, microBatches: 20 };
    const error = await maskedLanguageDataset(short, ask).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(
      /expected text for 40 pairs of 16 character tokens from token 0 on, found enough for \d+; ask for at most \d+ micro-batch/,
    );
    await expect(maskedLanguageDataset(short, { ...ask, contextLength: 4 })).rejects.toThrow(
      'context length must be a whole number of at least 5',
    );
    await expect(maskedLanguageDataset(short, { ...ask, offset: 1000 })).rejects.toThrow(
      'found a text of 59 tokens',
    );
  });
});

describe('sentences', () => {
  const collect = async (...pieces: string[]) => {
    const found: string[] = [];
    for await (const sentence of sentencesOf(sourceOf(...pieces))) found.push(sentence);
    return found;
  };

  it('end at full stops, question and exclamation marks before white space, and at empty lines', async () => {
    const sentences = ['“Who?” ', 'She (he said!) ', 'paid 3.50. ', 'A title\n\n', 'And on'];
    expect(await collect(sentences.join(''))).toEqual(sentences);
  });

  it('are the same however the text comes in pieces', async () => {
    const whole = 'One. Two!\n\n Three?" Four\n\n\nfive. six';
    const expected = await collect(whole);
    for (let cut = 1; cut < whole.length; cut++)
      expect(await collect(whole.slice(0, cut), whole.slice(cut))).toEqual(expected);
    expect(expected.join('')).toBe(whole);
  });
});
