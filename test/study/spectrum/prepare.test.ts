import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { openSubject } from '../../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';

const open = (request: SpectrumRequestInput) => openSubject(parseSpectrumRequest(request));

describe('a subject', () => {
  it('is the model with the options that were set, on its kind of the embedded data', async () => {
    const vit = await open({
      model: 'vit-pico',
      modelOptions: { qkv: 'fused' },
      blocks: 'kind:query-key-value',
    });
    expect(vit.data).toMatchObject({ kind: 'images', name: 'digits' });
    expect(vit.model.options).toEqual({ qkv: 'fused', patch: 4 });
    expect(vit.selected.map(({ name }) => name)).toEqual([
      'blocks.0.attn.qkv.weight',
      'blocks.1.attn.qkv.weight',
    ]);
    const bert = await open({ model: 'bert-pico' });
    expect(bert.data).toMatchObject({ kind: 'masked-language', name: 'moby-dick', vocabularySize: 84 });
  });

  it('has masks of its seed', async () => {
    const batches = await Promise.all(
      [0, 0, 1].map(async (seed) => (await open({ model: 'bert-pico', seed })).data.microBatch(0)),
    );
    expect(batches[0]).toEqual(batches[1]);
    expect(batches[0]).not.toEqual(batches[2]);
  });

  it('takes the constant c under either name, once', async () => {
    const scaleOf = async (request: SpectrumRequestInput) =>
      (await open({ model: 'mlp', ...request })).model.config.outputScale;
    expect(await scaleOf({ outputScale: 5 })).toBe(5);
    expect(await scaleOf({ modelOptions: { outputScale: 5 } })).toBe(5);
    await expect(scaleOf({ outputScale: 5, modelOptions: { outputScale: 6 } })).rejects.toThrow(
      "'outputScale' is given as 5 and among the model's options as 6",
    );
  });

  it("has as many micro-batches as make up the paper's batch", async () => {
    // D.3: 128 images; D.1: 163,840 tokens of GPT2-nano in sequences of 256.
    const mlp = await open({ model: 'mlp', batch: 32, microBatches: 'paper' });
    expect(mlp.data.microBatchCount * mlp.data.batchSize).toBe(128);
    const nano = await open({ model: 'gpt-nano', batch: 16, microBatches: 'paper' });
    expect(nano.data.microBatchCount * nano.data.batchSize * 256).toBe(163_840);
  });

  it.each([
    [
      { model: 'mlp', batch: 48, microBatches: 'paper' },
      /128 images, which .* of 48 do not divide; set 'batch' to 32 or 64/,
    ],
    [
      { model: 'gpt-nano', batch: 7, microBatches: 'paper' },
      /640 sequences \(163,840 tokens\).*set 'batch' to 5 or 8/,
    ],
    [{ model: 'gpt-nano', batch: 700, microBatches: 'paper' }, /set 'batch' to 640\./],
    [{ model: 'vit-pico', microBatches: 'paper' }, /The paper names no batch for vit-pico/],
    [{ model: 'bert-pico', data: 'digits' }, /bert-pico takes text, found images in 'digits'/],
    [{ model: 'vit-pico', modelOptions: { outputScale: 2 } }, /vit-pico has no option 'outputScale'/],
    [{ model: 'vit-base' }, /patches of 16 x 16 pixels tile, found 28 x 28/],
  ] as const)('is refused for %j', async (request, message) => {
    const opening = open(request);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(UserError);
  });
});
