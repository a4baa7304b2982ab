import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folderOf } from '../../network/models/weights/checkpoints.ts';
import { type FileServer, startFileServer } from '../hub/file-server.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));

let server: FileServer;
let cache: string;
beforeEach(async () => {
  server = await startFileServer();
  cache = await temporaryFolder();
  vi.stubEnv('HESSCOPE_CACHE', cache);
  vi.stubEnv('HF_ENDPOINT', server.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

/** Serves the small ViT of the fixtures in place of the one whose hashes nobody has published. */
async function serveVit(): Promise<void> {
  for (const name of ['config.json', 'preprocessor_config.json', 'model.safetensors'])
    server.files.set(
      `/google/vit-base-patch16-224/resolve/3f49326eb077187dfe1c2a2bb15fbd74e6ab91e3/${name}`,
      await readFile(join(folderOf('vit'), name)),
    );
}

/** Two classes of two pictures, of other sizes than the model's 6 x 6. */
async function pictureFolder(): Promise<string> {
  const folder = await temporaryFolder();
  for (const [index, name] of ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'].entries()) {
    const background = { r: 60 * index, g: 200 - 40 * index, b: 90 };
    const image = sharp({ create: { width: 9 + index, height: 8, channels: 3, background } });
    const path = join(folder, name);
    await import('node:fs/promises').then(({ mkdir }) => mkdir(join(path, '..'), { recursive: true }));
    await image.png().toFile(path);
  }
  return folder;
}

const NAME = 'vit-base-patch16-224';
const SMALL = [
  '--blocks',
  'head.bias',
  '--no-full',
  '--probes',
  '1',
  '--steps',
  '2',
  '--batch',
  '4',
  '--no-report',
];

describe('hesscope model get', () => {
  test('fetches a model that --model and --weights then find by its name', async () => {
    await serveVit();
    const { code, stdout, stderr } = await hesscope('model', 'get', NAME);
    expect(code).toBe(0);
    expect(stdout).toContain(`Place: ${join(cache, 'models', NAME)}`);
    expect(stdout).toContain(`Use:   hesscope spectrum --model ${NAME} --weights ${NAME}`);
    expect(stderr).toMatch(/config\.json is there; no hash of it has been published.*sha256 [0-9a-f]{64}/);
    expect((await hesscope('model', 'get', NAME)).stdout).toContain('is there already');
    expect((await hesscope('model', 'list')).stdout).toMatch(/vit-base-patch16-224 .*\(fetched\)/);

    const out = join(await temporaryFolder(), 'run');
    const data = await pictureFolder();
    const run = await hesscope(
      'spectrum',
      '--model',
      NAME,
      '--weights',
      NAME,
      '--data',
      data,
      ...SMALL,
      '--out',
      out,
    );
    expect(run).toMatchObject({ code: 0 });
    const { model, data: described } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(described.description).toContain('as 3 x 6 x 6 values');
    // The mean and deviation of the fixture's preprocessor_config.json.
    expect(described.description).toContain('(0.5, 0.4, 0.3; 0.5, 0.25, 0.125)');
    expect(model.weights).toMatchObject({ source: NAME, drawn: [], unused: [] });
    expect(model.weights.files[0]).toMatchObject({ name: 'model.safetensors' });
  });

  test('refuses other bytes than those published', async () => {
    const path = '/openai-community/gpt2/resolve/607a30d783dfa663caf39e06633721c8d4cfcd7e/config.json';
    server.files.set(path, Buffer.from('{"model_type": "gpt2"}'));
    const { code, stdout, stderr } = await hesscope('model', 'get', 'gpt2');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^hesscope: http.*config\.json: expected 665 bytes, found 22; .*nothing was kept/);
  });

  test('says so where there is no network, with exit code 2', async () => {
    await server.close();
    const { code, stdout, stderr } = await hesscope('model', 'get', NAME);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^hesscope: cannot reach 127\.0\.0\.1:\d+: it refuses connections/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('knows what there is', async () => {
    const { code, stderr } = await hesscope('data', 'get', 'tiny-shakespear');
    expect(code).toBe(2);
    expect(stderr).toContain(
      "no data set 'tiny-shakespear' in the catalogue; did you mean 'tiny-shakespeare'",
    );
    const listed = await hesscope('data', 'list');
    expect(listed.stdout).toMatch(/cornell-movie-dialogs +220,579 exchanges/);
    expect(listed.stdout).toContain(`Cache: ${cache}`);
    expect(listed.stdout).not.toContain('(fetched)');
  });
});

test('data that were not fetched yet are named with the command that fetches them', async () => {
  const { code, stderr } = await hesscope('spectrum', '--data', 'tiny-shakespeare', ...SMALL);
  expect(code).toBe(2);
  expect(stderr).toContain("'hesscope data get tiny-shakespeare'");
});

describe('a run with weights', () => {
  const GPT2 = [
    '--blocks',
    'transformer.h.0.mlp.fc.bias',
    '--no-full',
    '--probes',
    '1',
    '--steps',
    '2',
    '--batch',
    '1',
    '--no-report',
  ];

  /** A copy of the fixture, whose weights may change, and a text of few characters. */
  async function places() {
    const folder = await temporaryFolder();
    cpSync(folderOf('gpt2'), folder, { recursive: true });
    const text = join(folder, 'text.txt');
    writeFileSync(text, 'abcdefghij abcdefghij abcdefghij');
    return { folder, text, out: join(folder, 'run') };
  }

  test('is not resumed with other weights under the same name', async () => {
    const { folder, text, out } = await places();
    const options = [
      '--model',
      folder,
      '--weights',
      folder,
      '--data',
      text,
      '--tokenizer',
      'character',
      ...GPT2,
    ];
    expect(await hesscope('spectrum', ...options, '--out', out)).toMatchObject({ code: 0 });
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(record.request).toMatchObject({ weights: folder });
    expect(record.model.notes[0]).toContain("Hugging Face's GPT-2 layout");

    const weights = join(folder, 'model.safetensors');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    const { code, stderr } = await hesscope('spectrum', '--out', out, '--resume', '--no-report');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /was made with other weights: model\.safetensors has another sha256 now, [0-9a-f]{64}/,
    );
  });

  test('is not resumed on other data under the same name', async () => {
    const { text, out } = await places();
    const short = ['--blocks', 'none', '--probes', '1', '--steps', '2', '--batch', '1', '--no-report'];
    writeFileSync(text, 'abcdefghij '.repeat(20));
    expect(await hesscope('spectrum', '--data', text, ...short, '--out', out)).toMatchObject({
      code: 0,
    });
    // As many tokens and the same characters: only the values of the micro-batch differ.
    writeFileSync(text, 'bacdefghij '.repeat(20));
    const { code, stderr } = await hesscope('spectrum', '--out', out, '--resume', '--no-report');
    expect(code).toBe(2);
    expect(stderr).toContain('was made with other data');
  });

  test('differs from one at initialisation, and from one of fewer positions', async () => {
    const { folder, text } = await places();
    const options = ['--model', folder, '--data', text, '--tokenizer', 'character', ...GPT2];
    const lossOf = async (name: string, ...more: string[]) => {
      const out = join(folder, name);
      const { code, stderr } = await hesscope('spectrum', ...options, ...more, '--out', out);
      expect(code, stderr).toBe(0);
      return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).loss as number;
    };
    const drawn = await lossOf('drawn');
    const trained = await lossOf('trained', '--weights', folder);
    const short = await lossOf('short', '--weights', folder, '--set', 'contextLength=2');
    // Drawn, all logits are near zero: the loss is that of a guess among 11 tokens.
    expect(drawn).toBeCloseTo(Math.log(11), 1);
    expect(new Set([drawn, trained, short]).size).toBe(3);
  });
});
