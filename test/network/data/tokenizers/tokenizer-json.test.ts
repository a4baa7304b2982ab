import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import { tokenizerFromJson } from '../../../../src/network/data/tokenizers/tokenizer-json.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/huggingface/${name}`, import.meta.url));

/** What Hugging Face's tokenizers made of some texts: oracle/make_huggingface_fixtures.py. */
interface Expected {
  readonly vocabularySize: number;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
}

describe.each(['word-pieces', 'byte-pairs'])('a tokenizer.json of %s', (name) => {
  const path = join(fixture(name), 'tokenizer.json');

  it("gives the ids of Python's library, without frame, truncation and padding", async () => {
    const expected = JSON.parse(await readFile(join(fixture(name), 'expected.json'), 'utf8')) as Expected;
    const { encode, vocabularySize } = await tokenizerFromJson(path);
    expect(vocabularySize).toBe(expected.vocabularySize);
    for (const [index, text] of expected.texts.entries())
      expect(encode(text), text).toEqual(expected.ids[index]);
    expect(encode('')).toEqual([]);
  });

  it('names only cuts that change no token', async () => {
    const { encode, lastCut } = await tokenizerFromJson(path);
    const parts = [
      'a',
      'the',
      "'s",
      ' ',
      '  ',
      '\n',
      '12',
      '-',
      '.',
      'é',
      '東',
      '😀',
      '[CLS]',
      '<|endoftext|>',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (words) => {
        const text = words.join('');
        const cut = lastCut(text);
        expect([...encode(text.slice(0, cut)), ...encode(text.slice(cut))]).toEqual(encode(text));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses numbers that are no tokens', async () => {
    const { decode, vocabularySize } = await tokenizerFromJson(path);
    expect(() => decode([vocabularySize])).toThrow(
      `from 0 to ${vocabularySize - 1}, found ${vocabularySize}`,
    );
    expect(decode([])).toBe('');
  });
});

describe('a tokenizer.json', () => {
  it('of byte pairs decodes to the text, and its special token to its name', async () => {
    const { encode, decode, specialTokens } = await tokenizerFromJson(
      join(fixture('byte-pairs'), 'tokenizer.json'),
    );
    const text = 'Naïve  CAFÉ,\n\n東京!';
    expect(decode(encode(text))).toBe(text);
    expect(decode([0])).toBe('<|endoftext|>');
    expect(specialTokens).toBeUndefined();
  });

  it("of word pieces knows BERT's special tokens", async () => {
    const { specialTokens } = await tokenizerFromJson(join(fixture('word-pieces'), 'tokenizer.json'));
    expect(specialTokens).toEqual({ classify: 2, separate: 3, mask: 4 });
  });

  it.each([
    ['{', /expected JSON/],
    ['{}', /at model/],
    ['{"model": {"vocab": [["a", -1.5]]}}', /at model\.vocab/],
    ['{"model": {"vocab": {"a": 0}}}', /expected the pre_tokenizer .* found null/],
    [
      '{"model": {"vocab": {"a": 0}}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true}}',
      /without a space in front/,
    ],
    [
      '{"model": {"vocab": {"a": 0}}, "pre_tokenizer": {"type": "Metaspace"}}',
      /found "Metaspace"; take the tokenizer of a GPT-2 or a BERT/,
    ],
    [
      '{"model": {"vocab": {"a": 0}}, "normalizer": {"type": "Prepend"}, "pre_tokenizer": {"type": "ByteLevel"}}',
      /found Prepend/,
    ],
  ])('%s is refused', async (content, message) => {
    const path = join(folder, 'tokenizer.json');
    await writeFile(path, content);
    const error = await tokenizerFromJson(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).message).toContain(path);
  });

  it('that is not there is refused', async () => {
    await expect(tokenizerFromJson(join(folder, 'none.json'))).rejects.toThrow('cannot read the tokenizer');
  });
});
