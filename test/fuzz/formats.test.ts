/** The other formats of data: text, JSON, CIFAR, pictures, movie dialogues, folders. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataRequest } from '../../src/network/data/data-request.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { tokenizerFromJson } from '../../src/network/data/tokenizers/tokenizer-json.ts';
import { deepList, deepObject, jsonMutantsOf } from './json-mutations.ts';
import { joined, mutantsOf } from './mutations.ts';
import { fuzz, readsFileSoundly, readsSoundly, scratchFolder } from './reading.ts';

/** Characters become 64-bit tokens. */
const MULTIPLE = 100;

const TEXT: Partial<DataRequest> = { contextLength: 2 };

async function readAll(source: string, request: Partial<DataRequest> = {}): Promise<void> {
  const data = await openDataset({ source, batchSize: 1, microBatches: 1, ...request });
  data.microBatch(0);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const CONVERSATIONS = {
  a: { messages: [[{ text: 'Hello there', n: 1 }], [{ text: 'General' }, { text: 'Kenobi' }]] },
};
const INSTRUCTIONS = [{ instruction: 'Say it', input: 'now', output: 'It is said' }];
const LINES = '{"text": "One two three"}\n{"text": "four"}\n';

describe.each([
  ['x.jsonl', LINES],
  ['x.txt', 'Now is the winter of our discontent ✓'],
  ['conversations.json', JSON.stringify(CONVERSATIONS)],
  ['instructions.json', JSON.stringify(INSTRUCTIONS)],
])('damaged bytes of %s', (name, text) => {
  test('are read or refused', async () => {
    const path = join(await scratchFolder(), name);
    await fuzz(mutantsOf([bytesOf(text)]), async ({ bytes, how }) => {
      await readsFileSoundly(path, bytes, {
        how,
        names: name,
        multiple: MULTIPLE,
        read: (source) => readAll(source, TEXT),
      });
    });
  });
});

test.each([
  ['conversations.json', [CONVERSATIONS]],
  ['instructions.json', [INSTRUCTIONS]],
  ['x.jsonl', [{ text: 'One two three', more: [1] }]],
])('JSON in %s that does not say what it should', async (name, originals) => {
  const path = join(await scratchFolder(), name);
  await fuzz(jsonMutantsOf(originals), async ({ text, how }) => {
    await readsFileSoundly(path, text, {
      how,
      names: name,
      multiple: MULTIPLE,
      read: (source) => readAll(source, TEXT),
    });
  });
});

test('lists within lists are refused wherever JSON is read', async () => {
  const folder = await scratchFolder();
  const cases: [string, string][] = [
    ['a.jsonl', `{"text": "x", "more": ${deepList()}}`],
    ['b.jsonl', deepObject()],
    ['c.json', `{"a": {"messages": [${deepList()}]}}`],
    ['d.json', `[{"instruction": "x", "output": "y", "more": ${deepList()}}]`],
  ];
  for (const [name, text] of cases) {
    const reading = {
      how: name,
      names: name,
      multiple: MULTIPLE,
      read: (source: string) => readAll(source, TEXT),
    };
    expect((await readsFileSoundly(join(folder, name), text, reading))?.message).toContain('200 levels');
  }
});

describe('movie dialogues', () => {
  const files = {
    'movie_lines.txt':
      'L1 +++$+++ u0 +++$+++ m0 +++$+++ A +++$+++ Hello\nL2 +++$+++ u1 +++$+++ m0 +++$+++ B +++$+++ You\n',
    'movie_conversations.txt': "u0 +++$+++ u1 +++$+++ m0 +++$+++ ['L1', 'L2']\n",
  } as const;
  test.each(Object.keys(files) as (keyof typeof files)[])('with damaged bytes of %s', async (damaged) => {
    const folder = await scratchFolder();
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await fuzz(mutantsOf([bytesOf(files[damaged])]), async ({ bytes, how }) => {
      await writeFile(join(folder, damaged), bytes);
      const read = () => readAll(folder, TEXT);
      await readsSoundly({
        how,
        names: folder.split('/').at(-1) as string,
        fileBytes: 400,
        multiple: MULTIPLE,
        read,
      });
    });
  });
});

describe('CIFAR', () => {
  const record = (label: number) => joined(Uint8Array.of(label), new Uint8Array(3072).fill(label));
  test('with damaged bytes', async () => {
    const folder = await scratchFolder();
    const path = join(folder, 'data_batch_1.bin');
    await fuzz(mutantsOf([joined(record(1), record(2))]), async ({ bytes, how }) => {
      await writeFile(path, bytes);
      await readsSoundly({
        how,
        names: 'fuzz',
        fileBytes: bytes.length,
        multiple: MULTIPLE,
        read: () => readAll(folder),
      });
    });
  });
  test('with a class that there is not, and with half a record', async () => {
    const folder = await scratchFolder();
    for (const bytes of [record(10), record(255), record(1).slice(1), new Uint8Array(0)]) {
      await writeFile(join(folder, 'data_batch_1.bin'), bytes);
      const reading = { how: `${bytes.length}`, names: folder, fileBytes: bytes.length, multiple: MULTIPLE };
      expect(await readsSoundly({ ...reading, read: () => readAll(folder) })).not.toBeNull();
    }
  });
});

/** A grey PNG of one color that says it has so many pixels, and holds the rows that it is given. */
function png(width: number, height: number, rows: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = joined(bytesOf(type), data);
    const [length, sum] = [new Uint8Array(4), new Uint8Array(4)];
    new DataView(length.buffer).setUint32(0, data.length);
    new DataView(sum.buffer).setUint32(0, crc32(body));
    return joined(length, body, sum);
  };
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = 8;
  const content = deflateSync(new Uint8Array(rows * (width + 1)));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  return joined(signature, chunk('IHDR', header), chunk('IDAT', content), chunk('IEND', new Uint8Array(0)));
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

describe('pictures in folders', () => {
  async function pictureFolder(content: Uint8Array): Promise<string> {
    const folder = await scratchFolder();
    for (const name of ['cats', 'dogs']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'a.png'), content);
    }
    return folder;
  }
  const reading = (folder: string, how: string, request: Partial<DataRequest> = {}) =>
    readsSoundly({
      how,
      names: folder,
      fileBytes: 2000,
      multiple: 2000,
      read: () => readAll(folder, request),
    });

  test('with damaged bytes', async () => {
    const folder = await pictureFolder(png(4, 4, 4));
    const jpeg = await readFile(new URL('../fixtures/data/smooth.jpg', import.meta.url));
    await fuzz(mutantsOf([png(4, 4, 4), Uint8Array.from(jpeg)]), async ({ bytes, how }) => {
      await writeFile(join(folder, 'cats', 'a.png'), bytes);
      await reading(folder, how, { pictureShape: { height: 4, width: 4 } });
    });
  });

  test.each([
    [2 ** 20, 2 ** 10],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [0, 0],
    [20_000, 20_000],
  ])('of %i x %i pixels are refused before they are decoded', async (width, height) => {
    expect(await reading(await pictureFolder(png(width, height, 0)), `${width} x ${height}`)).not.toBeNull();
  });

  test('that are folders, links to nowhere, or empty', async () => {
    const folder = await pictureFolder(new Uint8Array(0));
    expect(await reading(folder, 'empty')).not.toBeNull();
    await mkdir(join(folder, 'birds', 'b.png'), { recursive: true });
    await symlink('nowhere/at/all', join(folder, 'cats', 'c.png'));
    await symlink('nowhere/at/all', join(folder, 'nowhere'));
    expect(await reading(folder, 'odd')).not.toBeNull();
  });
});

describe('tokenizer.json', () => {
  test.each(['byte-pairs', 'word-pieces'])('of %s that does not say what it should', async (kind) => {
    const sound = JSON.parse(
      await readFile(new URL(`../fixtures/huggingface/${kind}/tokenizer.json`, import.meta.url), 'utf8'),
    );
    // The vocabulary is one place among a thousand: what else stands there is tried far more often without most of it.
    const vocab = Object.fromEntries(Object.entries(sound.model.vocab).slice(0, 4));
    const small = {
      ...sound,
      model: { ...sound.model, vocab, merges: (sound.model.merges ?? []).slice(0, 2) },
    };
    const path = join(await scratchFolder(), 'tokenizer.json');
    await fuzz(jsonMutantsOf([sound, small, small]), async ({ text, how }) => {
      await readsFileSoundly(path, text, {
        how,
        multiple: MULTIPLE,
        read: async (place) => {
          const tokenizer = await tokenizerFromJson(place);
          tokenizer.decode(tokenizer.encode('Hello there ✓, the winter of 1984'));
        },
      });
    });
  });
});

test('a source that is no file, or of odd names, is refused', async () => {
  const folder = await scratchFolder();
  await fuzz(fc.string({ maxLength: 40 }), async (name) => {
    await readsSoundly({
      how: name,
      names: '',
      fileBytes: 0,
      multiple: 1,
      read: () => readAll(join(folder, name), TEXT),
    });
  });
  for (const source of ['/dev/null', '/dev/zero', 'a\0b', '', 'x'.repeat(300), folder])
    expect(
      await readsSoundly({
        how: source,
        names: '',
        fileBytes: 0,
        multiple: 1,
        read: () => readAll(source, TEXT),
      }),
    ).not.toBeNull();
});
