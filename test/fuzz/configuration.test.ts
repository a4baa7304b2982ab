/** What is asked for: YAML and JSON of requests, rules for blocks, and a model's own configuration. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requestInput } from '../../src/app/cli/request-options.ts';
import { readBlocksFile } from '../../src/network/models/blocks-file.ts';
import { openPreset } from '../../src/network/models/open.ts';
import { parseSpectrumRequest } from '../../src/study/spectrum/request.ts';
import { deepList, deepObject, jsonMutantsOf, PROTOTYPE_KEYS } from './json-mutations.ts';
import { mutantsOf } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';

/** Requests are small, whatever is asked for; nothing is made of the numbers in them before they are checked. */
const MULTIPLE = 30;

const REQUEST = {
  model: 'gpt-nano',
  data: 'text.txt',
  options: { qkv: 'fused', tied: false },
  blocks: 'even',
  probes: 4,
  steps: 20,
  seed: 3,
  full: false,
};

const RULES = {
  blocks: [
    {
      match: 'fc(\\d)\\..*',
      name: 'layer$1',
      kind: 'linear',
      layer: 1,
      split: { axis: 0, names: ['a', 'b'] },
    },
    { match: 'x', constant: true },
  ],
};

const YAML = `model: gpt-nano # a comment
options: {qkv: fused}
blocks: "even"
probes: 4
anchors: &a [1, 2]
again: *a
text: |
  lines
  of text
`;

async function readRequest(config: string): Promise<void> {
  parseSpectrumRequest(await requestInput({ config }));
}

/** What is wrong with the values of a request is told without the file, which options may have completed. */
const request = (path: string, text: string | Uint8Array, how: string) =>
  readsFileSoundly(path, text, { how, names: '', multiple: MULTIPLE, read: readRequest });

const rules = (path: string, text: string | Uint8Array, how: string) =>
  readsFileSoundly(path, text, { how, multiple: MULTIPLE, read: readBlocksFile });

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe.each([
  ['a request', request, [YAML, JSON.stringify(REQUEST)], REQUEST],
  ['rules for blocks', rules, [JSON.stringify(RULES), 'blocks:\n  - match: "a.*"\n    name: b\n'], RULES],
] as const)('%s', (_, read, texts, value) => {
  test('with damaged bytes', async () => {
    const path = join(await scratchFolder(), 'x.yaml');
    await fuzz(mutantsOf(texts.map(bytesOf)), async ({ bytes, how }) => {
      await read(path, bytes, how);
    });
  });

  test('that does not say what it should', async () => {
    const path = join(await scratchFolder(), 'x.yaml');
    // The deepest parts are larger than a configuration may be, and are refused for that; see below for smaller ones.
    await fuzz(jsonMutantsOf([value]), async ({ text, how }) => {
      await read(path, text, how);
    });
  });

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij', (key, i) => `${key}: &${key} [${new Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`).join('\n')}`;
  test.each<[string, string]>([
    ['a list within itself', 'blocks: &a [*a]'],
    ['lists that hold each other ninefold', bomb],
    ['lists within lists', deepList(30_000)],
    ['lists that do not end', '['.repeat(60_000)],
    ['objects within objects', deepObject(8000)],
    ['lists on one line', `${'- '.repeat(30_000)}x`],
    ['maps on one line', `${'? '.repeat(30_000)}x`],
    ['maps within maps', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['six thousand keys', Array.from({ length: 6000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['more than it may hold', `a: ${'x'.repeat(70_000)}`],
    ['a hundred megabytes', 'x'.repeat(1e8)],
    ['zeros', '\0'.repeat(1000)],
    ['tags of code', 'a: !!js/function "function () {}"\nb: !!python/object:os.system x'],
    ['a date, a binary and a set', 'a: 2001-12-14\nb: !!binary aGVsbG8=\nc: !!set {x, y}'],
    ...PROTOTYPE_KEYS.map((key): [string, string] => [
      `the key ${key}`,
      `${key}: {polluted: true}\n<<: {polluted: true}`,
    ]),
  ])('of %s is refused', async (how, text) => {
    expect(await read(join(await scratchFolder(), 'x.yaml'), text, how)).not.toBeNull();
  });
});

test('no option takes a value from the prototype of a configuration', async () => {
  const path = join(await scratchFolder(), 'x.yaml');
  await writeFile(path, '__proto__: {model: mlp}');
  expect(Object.keys(await requestInput({ config: path }))).toEqual(['__proto__']);
  expect((await requestInput({ config: path })).model).toBeUndefined();
});

describe("a model's own configuration", () => {
  test.each(['gpt2', 'bert', 'vit'])('of %s that does not say what it should', async (family) => {
    const folder = join(await scratchFolder(), 'model');
    await mkdir(folder);
    const path = join(folder, 'config.json');
    const sound: unknown = JSON.parse(
      await readFile(new URL(`../fixtures/huggingface/${family}/config.json`, import.meta.url), 'utf8'),
    );
    await fuzz(jsonMutantsOf([sound]), async ({ text, how }) => {
      await readsFileSoundly(path, text, {
        how,
        names: folder,
        multiple: MULTIPLE,
        read: async () => {
          const preset = await openPreset(folder);
          preset.create({});
        },
      });
    });
  });
});
