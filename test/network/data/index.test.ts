import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { DataRequest } from '../../../src/network/data/index.ts';
import { openDataset } from '../../../src/network/data/index.ts';
import { idxBytes } from './idx-bytes.ts';

let folder: string;
let mnist: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-'));
  await writeFile(
    join(folder, 'shakespeare.txt'),
    'First Citizen:\nBefore we proceed any further, hear me speak.\n',
  );
  mnist = join(folder, 'mnist');
  await mkdir(mnist);
  const train = idxBytes(
    [4, 2, 2],
    Array.from({ length: 16 }, (_, i) => i),
  );
  await writeFile(join(mnist, 'train-images-idx3-ubyte.gz'), gzipSync(train));
  await writeFile(join(mnist, 'train-labels-idx1-ubyte'), idxBytes([4], [3, 0, 2, 1]));
  await writeFile(join(mnist, 't10k-images-idx3-ubyte'), idxBytes([2, 2, 2], [9, 9, 9, 9, 8, 8, 8, 8]));
  await writeFile(join(mnist, 't10k-labels-idx1-ubyte.gz'), gzipSync(idxBytes([2], [1, 0])));
});
afterAll(() => rm(folder, { recursive: true }));

const ONE = { batchSize: 2, microBatches: 1 };

async function refusal(request: DataRequest): Promise<string> {
  const error = await openDataset(request).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('openDataset', () => {
  it('refuses an unknown tokenizer', async () => {
    const tokenizer = 'unigram' as 'gpt2';
    expect(await refusal({ source: 'moby-dick', contextLength: 8, tokenizer, ...ONE })).toContain(
      'gpt2 or bert, or the path of a tokenizer.json, found "unigram"',
    );
  });

  it('knows the embedded book', async () => {
    const dataset = await openDataset({ source: 'moby-dick', contextLength: 8, ...ONE });
    if (dataset.kind !== 'text') return expect.fail('expected text');
    expect(dataset.tokenizer.decode(dataset.microBatch(0).tensors.tokens!.data as BigInt64Array)).toBe(
      'Call me Ishmael.',
    );
    const gpt2 = await openDataset({ source: 'moby-dick', contextLength: 8, tokenizer: 'gpt2', ...ONE });
    expect(gpt2).toMatchObject({ kind: 'text', vocabularySize: 50_257 });
  });

  it('knows the embedded digits', async () => {
    const dataset = await openDataset({ source: 'digits', batchSize: 10, microBatches: 2 });
    expect(dataset).toMatchObject({ kind: 'images', classCount: 10, featureCount: 784 });
    expect(dataset.microBatch(1).tensors.labels!.data).toEqual(
      BigInt64Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], BigInt),
    );
  });

  it('opens a text file', async () => {
    const dataset = await openDataset({ source: join(folder, 'shakespeare.txt'), contextLength: 7, ...ONE });
    expect(dataset).toMatchObject({ kind: 'text', name: 'shakespeare.txt' });
  });

  it('opens a folder of IDX files, train or test', async () => {
    const train = await openDataset({ source: mnist, batchSize: 4, microBatches: 1, normalise: false });
    expect(train).toMatchObject({ kind: 'images', classCount: 4, featureCount: 4 });
    expect(train.microBatch(0).tensors.labels!.data).toEqual(BigInt64Array.of(3n, 0n, 2n, 1n));
    const test = await openDataset({ source: mnist, split: 'test', normalise: false, ...ONE });
    expect(test.microBatch(0).tensors.images!.data).toEqual(
      Float32Array.of(...Array(4).fill(9 / 255), ...Array(4).fill(8 / 255)),
    );
  });

  it('finds the labels of an images file beside it, or where told', async () => {
    const source = join(mnist, 'train-images-idx3-ubyte.gz');
    expect((await openDataset({ source, ...ONE })).microBatch(0).tensors.labels!.data).toEqual(
      BigInt64Array.of(3n, 0n),
    );
    const labels = join(folder, 'elsewhere');
    await writeFile(labels, idxBytes([4], [0, 1, 0, 1]));
    const told = await openDataset({ source, labels, ...ONE });
    expect(told.microBatch(0).tensors.labels!.data).toEqual(BigInt64Array.of(0n, 1n));
    const lonely = join(folder, 'lonely.idx3-ubyte');
    await writeFile(lonely, idxBytes([1, 1, 1], [0]));
    expect(await refusal({ source: lonely, ...ONE })).toContain('lonely.idx1-ubyte or lonely.idx1-ubyte.gz');
    expect(await refusal({ source: join(mnist, 'train-labels-idx1-ubyte'), ...ONE })).toContain(
      'found one of labels',
    );
  });

  it('refuses images and labels of different numbers', async () => {
    const labels = join(mnist, 't10k-labels-idx1-ubyte.gz');
    const message = await refusal({ source: join(mnist, 'train-images-idx3-ubyte.gz'), labels, ...ONE });
    expect(message).toMatch(/expected a label for each of the 4 images .* found 2/);
  });

  it('names what is near a source that does not exist', async () => {
    const message = await refusal({ source: join(folder, 'shakespear.text'), contextLength: 4, ...ONE });
    expect(await refusal({ source: 'mobydick', contextLength: 4, ...ONE })).toContain('nearest: moby-dick');
    expect(message).toContain('moby-dick, countries, digits');
    expect(message).toContain(`found "${join(folder, 'shakespear.text')}"`);
    expect(message).toMatch(/nearest in .*: shakespeare\.txt/);
    expect(await refusal({ source: join(folder, 'no', 'x.txt'), ...ONE })).toContain(
      `folder ${join(folder, 'no')} does not exist`,
    );
  });

  it('refuses a folder without images, and options that would be ignored', async () => {
    const text = { source: join(folder, 'shakespeare.txt'), ...ONE };
    expect(await refusal({ source: folder, ...ONE })).toMatch(
      /expected train-images-idx3-ubyte.* found .*mnist/,
    );
    expect(await refusal({ ...text })).toContain('expected a context length');
    expect(await refusal({ ...text, contextLength: 4, split: 'test' })).toContain('a split does not apply');
    expect(await refusal({ source: 'digits', contextLength: 4, ...ONE })).toContain(
      'a context length does not apply',
    );
    expect(await refusal({ source: '/dev/null', contextLength: 4, ...ONE })).toContain(
      'expected a file or folder',
    );
  });
});
