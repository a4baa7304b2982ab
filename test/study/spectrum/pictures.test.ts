import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubject } from '../../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'pictures-'));
  for (const [index, name] of ['a/1.png', 'b/1.png'].entries()) {
    const path = join(data, name);
    await mkdir(dirname(path), { recursive: true });
    const background = { r: 100 * index, g: 50, b: 200 };
    const image = sharp({ create: { width: 40 + index, height: 36, channels: 3, background } });
    await writeFile(path, await image.png().toBuffer());
  }
});

afterAll(() => rm(data, { recursive: true }));

const shapeOf = async (request: SpectrumRequestInput) => {
  const subject = await openSubject(parseSpectrumRequest({ data, batch: 2, ...request }));
  return subject.data.microBatch(0).tensors.images?.shape;
};

describe('pictures in files', () => {
  it("are made as large as the model's own, unless another size is asked for", async () => {
    expect(await shapeOf({ model: 'resnet18-cifar' })).toEqual([2, 3 * 32 * 32]);
    expect(await shapeOf({ model: 'resnet18-cifar', imageSize: 16 })).toEqual([2, 3 * 16 * 16]);
    expect(await shapeOf({ model: 'vit-pico', imageSize: 8 })).toEqual([2, 3 * 8 * 8]);
    expect(await shapeOf({ model: 'mlp', imageSize: 4 })).toEqual([2, 3 * 4 * 4]);
  });

  it('of several sizes are refused by a model that takes them as they come', async () => {
    await expect(shapeOf({ model: 'vit-pico' })).rejects.toThrow(/b\/1\.png: expected 40 x 36 pixels/);
  });

  it('alone have a size: other data refuse one', async () => {
    await expect(shapeOf({ model: 'vit-pico', data: 'digits', imageSize: 8 })).rejects.toThrow(
      'an image size does not apply to this source',
    );
  });
});

it("the paper's batch is not that of shorter sequences", async () => {
  const request = {
    model: 'gpt2',
    batch: 16,
    microBatches: 'paper',
    modelOptions: { contextLength: 32 },
  } as const;
  await expect(openSubject(parseSpectrumRequest(request))).rejects.toThrow(
    "The paper's batch has sequences of 1024 tokens, found a contextLength of 32",
  );
});
