import { describe, expect, it } from 'vitest';
import { kindOfSource, openDataset } from '../../../../src/network/data/index.ts';
import { fixture, refusal, temporaryPlace, textOf } from './places.ts';

const place = temporaryPlace();
const SMALL = { contextLength: 4, batchSize: 1, microBatches: 1 };

describe('JSON lines', () => {
  it('are the texts of a field with an empty line between documents', async () => {
    const path = await place.write(
      'a.jsonl',
      '{"id": 1, "text": "One\\ntwo \\ud83d\\udc33"}\r\n\n{"text": "Three", "n": [1]}\n{"text": "x"}',
    );
    expect(await kindOfSource(path)).toBe('text');
    expect(await textOf(path, 18)).toBe('One\ntwo 🐳\n\nThree\n\n');
    const data = await openDataset({ source: path, ...SMALL });
    expect(data).toMatchObject({ name: 'a.jsonl', description: expect.stringContaining('"text"') });
  });

  it('may have their text in another field', async () => {
    const path = await place.write('b.ndjson', '{"body": "Hello there"}');
    expect(await textOf(path, 5, { field: 'body' })).toBe('Hello');
    expect(await refusal({ source: path, ...SMALL })).toMatch(
      /b\.ndjson, line 1: expected text in the field "text", found none; its fields are body: set 'field'/,
    );
  });

  it.each([
    ['{"text": "a"}\n{"text": ', /line 2: expected a JSON object, found text that does not parse/],
    ['["text"]', /line 1: expected a JSON object, found \["text"\]/],
    ['{"text": 5}', /line 1: expected text in the field "text", found 5/],
    [Uint8Array.of(0x7b, 0xff, 0x0a), /expected text in utf-8, found other bytes after line 0/],
  ])('that read %j are refused, naming the line', async (content, message) => {
    const path = await place.write('broken.jsonl', content);
    expect(await refusal({ source: path, ...SMALL })).toMatch(message);
    expect(await refusal({ source: path, ...SMALL })).toContain(path);
  });
});

describe('a text column of Parquet', () => {
  it('is the texts of its rows, over row groups', async () => {
    expect(await kindOfSource(fixture('text.parquet'))).toBe('text');
    // The texts of oracle/make_data_fixtures.py.
    const texts = ['One.', 'Two,\nin two lines.', 'Drei: Ünïcödé 🐳', 'Four.', 'Five.'].join('\n\n');
    const characters = Array.from(texts);
    expect(await textOf(fixture('text.parquet'), characters.length - 1)).toBe(
      characters.slice(0, -1).join(''),
    );
  });

  it('is refused when there is no such column, or it holds no text', async () => {
    const source = fixture('text.parquet');
    expect(await refusal({ source, field: 'body', ...SMALL })).toMatch(
      /expected a column "body" with text, found the columns id, text; set 'field'/,
    );
    expect(await refusal({ source, field: 'id', ...SMALL })).toMatch(
      /row 1: expected text .*"id", found bigint/,
    );
    expect(await refusal({ source, split: 'train', ...SMALL })).toContain("'split' chooses among the files");
  });

  it('is refused when the file is none', async () => {
    const path = await place.write('fake.parquet', 'PAR1 not at all');
    expect(await refusal({ source: path, ...SMALL })).toMatch(/fake\.parquet: expected a Parquet file/);
  });
});

const LINES = [
  'L1 +++$+++ u0 +++$+++ m0 +++$+++ BIANCA +++$+++ They do not!',
  'L2 +++$+++ u2 +++$+++ m0 +++$+++ CAMERON +++$+++ They do to,  caf\xe9!',
  'L3 +++$+++ u2 +++$+++ m0 +++$+++ CAMERON +++$+++',
  'L4 +++$+++ u0 +++$+++ m0 +++$+++ BIANCA +++$+++ I hope so +++$+++ really.',
];
const CONVERSATIONS = [
  "u0 +++$+++ u2 +++$+++ m0 +++$+++ ['L4', 'L3']",
  "u0 +++$+++ u2 +++$+++ m0 +++$+++ ['L1', 'L2']",
];

async function corpus(name: string, lines: readonly string[], conversations: readonly string[]) {
  await place.write(`${name}/movie_lines.txt`, Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
  await place.write(`${name}/movie_conversations.txt`, `${conversations.join('\n')}\n`);
  return place.path(name);
}

describe('the Cornell Movie-Dialogs Corpus', () => {
  it('is an utterance a line and an empty line between conversations, in their order', async () => {
    const source = await corpus('cornell', LINES, CONVERSATIONS);
    expect(await kindOfSource(source)).toBe('text');
    expect(await textOf(source, 53)).toBe('I hope so +++$+++ really.\n\nThey do not!\nThey do to, c');
    expect(await textOf(source, 3, { offset: 53 })).toBe('afé');
  });

  it("has its utterances as the sentences of BERT's pairs", async () => {
    const questions = Array.from(
      { length: 40 },
      (_, i) => `L${i} +++$+++ u0 +++$+++ m0 +++$+++ A +++$+++ what is ${String(i).padStart(2, '0')}`,
    );
    const talk = `u0 +++$+++ u1 +++$+++ m0 +++$+++ [${questions.map((_, i) => `'L${i}'`).join(', ')}]`;
    const source = await corpus('questions', questions, [talk]);
    const data = await openDataset({
      source,
      contextLength: 3 + 22,
      batchSize: 2,
      microBatches: 1,
      task: 'masked-language',
    });
    const tokens = Array.from(data.microBatch(0).tensors.tokens?.data as BigInt64Array);
    const segments = Array.from(data.microBatch(0).tensors.segments?.data as BigInt64Array);
    // Half of 22 characters holds one utterance of ten and its line end, although no full stop ends it.
    expect(tokens).toHaveLength(2 * 25);
    expect(segments.slice(0, 25).filter((segment) => segment === 0n)).toHaveLength(1 + 11 + 1);
  });

  it('is refused when a file or an utterance is missing, or a line is malformed', async () => {
    const source = await corpus('unknown', LINES, ["u0 +++$+++ u2 +++$+++ m0 +++$+++ ['L9']"]);
    expect(await refusal({ source, ...SMALL })).toMatch(
      /movie_conversations\.txt, line 1: expected an utterance L9 in movie_lines\.txt/,
    );
    const torn = await corpus('torn', ['L1 +++$+++ u0'], CONVERSATIONS);
    expect(await refusal({ source: torn, ...SMALL })).toMatch(
      /movie_lines\.txt, line 1: expected an utterance/,
    );
    const odd = await corpus('odd', LINES, ['u0 u2 m0 L1']);
    expect(await refusal({ source: odd, ...SMALL })).toMatch(
      /movie_conversations\.txt, line 1: expected two/,
    );
    await place.write('half/movie_lines.txt', LINES.join('\n'));
    expect(await refusal({ source: place.path('half'), ...SMALL })).toContain(
      'found no movie_conversations.txt',
    );
  });
});

describe('conversations in JSON', () => {
  it('are a turn a line and an empty line between conversations', async () => {
    const path = await place.write(
      'chat.json',
      JSON.stringify({
        one: {
          messages: [[{ text: 'Hello' }, { text: 'you there?' }], [{ text: 'yes', sender: 'b' }]],
          ratings: [],
        },
        two: { messages: [[{ text: ' ' }]] },
        three: { messages: [[{ text: 'Bye' }]] },
      }),
    );
    expect(await kindOfSource(path)).toBe('text');
    expect(await textOf(path, 24)).toBe('Hello you there?\nyes\n\nBy');
  });

  it('are refused when they are malformed', async () => {
    const torn = await place.write('torn.json', '{"a": {"messages": [[{"text": "x"}]');
    expect(await refusal({ source: torn, ...SMALL })).toMatch(/torn\.json: expected JSON/);
    const odd = await place.write('odd.json', '{"a": {"messages": [{"text": "x"}]}}');
    expect(await refusal({ source: odd, ...SMALL })).toMatch(/odd\.json: .* at a\.messages\.0/);
  });

  it('are told from JSON that is taken as plain text', async () => {
    const path = await place.write('plain.json', '{"a": "messages"}');
    expect(await textOf(path, 6)).toBe('{"a": ');
  });
});
