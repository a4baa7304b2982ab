import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import type { Model } from '../../../../src/network/models/model.ts';
import { openPreset } from '../../../../src/network/models/open.ts';
import { initialiseParameters } from '../../../../src/network/models/parameters.ts';
import { vit } from '../../../../src/network/models/vit.ts';
import { loadWeights, weightsNotes } from '../../../../src/network/models/weights/index.ts';
import { readSafetensors, writeSafetensors } from '../../../../src/tensor/files/safetensors.ts';
import type { HostTensor } from '../../../../src/tensor/graph/type.ts';
import { expectedOf, folderOf, lossOf } from './checkpoints.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

const modelOf = async (name: string, options = {}) => (await openPreset(folderOf(name))).create({}, options);

/** A copy of a checkpoint in one file, with other tensors. */
async function altered(
  name: string,
  change: (tensors: Map<string, HostTensor>) => Iterable<readonly [string, HostTensor]>,
): Promise<string> {
  const { tensors } = await readSafetensors(join(folderOf(name), 'model.safetensors'));
  const path = join(folder, `${name}-${Math.random().toString(36).slice(2)}.safetensors`);
  await writeSafetensors(path, change(tensors));
  return path;
}

/** A copy of a folder whose config.json says something else. */
async function reconfigured(name: string, changes: Readonly<Record<string, unknown>>): Promise<string> {
  const copy = await mkdtemp(join(folder, `${name}-`));
  await cp(folderOf(name), copy, { recursive: true });
  const path = join(copy, 'config.json');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }));
  return copy;
}

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

const load = (model: Model, place: string) => loadWeights(model, place, 0, 'float64');

/**
 * Both sides compute in float64 from the same float32 weights: a few thousand operations on numbers near 1 leave 1e-13.
 * Another activation, an epsilon of 1e-5 for 1e-12, or two tensors exchanged move the loss by 1e-6 and more.
 */
const TOLERANCE = 1e-12;

const GPT2_BYTES = 10080;
const GPT2_SHA256 = 'd400d25a1d5d2b1dbd45e0608226b3c0d1bb10f7bcca2a7bbb5632e38a4bd212';

describe('a checkpoint of Hugging Face', () => {
  it.each([
    ['gpt2', {}],
    ['gpt2-sharded', {}],
    ['bert', {}],
    ['vit', {}],
    ['vit', { qkv: 'fused' }],
  ])("gives %s with %o the loss that the library's own model has", async (name, options) => {
    const model = await modelOf(name, options);
    const { values, record } = await load(model, folderOf(name));
    const { batch, loss } = await expectedOf(name);
    expect(Math.abs((await lossOf(model, values, batch)) - loss)).toBeLessThan(TOLERANCE);
    expect(record).toMatchObject({ drawn: [], unused: [] });
  });

  it('is recorded with the size and sha256 of each file', async () => {
    const { record } = await load(await modelOf('gpt2-sharded'), folderOf('gpt2-sharded'));
    expect(record.files.map(({ name }) => name)).toEqual([
      'model.safetensors.index.json',
      'model-00001-of-00003.safetensors',
      'model-00002-of-00003.safetensors',
      'model-00003-of-00003.safetensors',
    ]);
    const { files } = (await load(await modelOf('gpt2'), folderOf('gpt2'))).record;
    // sha256sum test/fixtures/huggingface/gpt2/model.safetensors
    expect(files).toEqual([{ name: 'model.safetensors', bytes: GPT2_BYTES, sha256: GPT2_SHA256 }]);
  });

  it('may be that of a body without prefix, with causal masks among its tensors', async () => {
    const mask: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(0) };
    const place = await altered('gpt2', (tensors) => [
      ...[...tensors].map(([name, tensor]) => [name.replace('transformer.', ''), tensor] as const),
      ['h.0.attn.bias', mask],
      ['h.0.attn.masked_bias', mask],
    ]);
    const model = await modelOf('gpt2');
    const { values, record } = await load(model, place);
    const { batch, loss } = await expectedOf('gpt2');
    expect(Math.abs((await lossOf(model, values, batch)) - loss)).toBeLessThan(TOLERANCE);
    expect(record.unused).toEqual([]);
  });

  it("may call LayerNorm's tensors gamma and beta, as those from TensorFlow do", async () => {
    const place = await altered('bert', (tensors) =>
      [...tensors].map(([name, tensor]) => [
        name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
        tensor,
      ]),
    );
    const model = await modelOf('bert');
    const { values } = await load(model, place);
    const { batch, loss } = await expectedOf('bert');
    expect(Math.abs((await lossOf(model, values, batch)) - loss)).toBeLessThan(TOLERANCE);
  });

  it('of an encoder alone gets heads that are drawn, and says so', async () => {
    const place = await altered('bert', (tensors) =>
      [...tensors]
        .filter(([name]) => name.startsWith('bert.'))
        .map(([name, tensor]) => [name.replace('bert.', ''), tensor] as const),
    );
    const model = await modelOf('bert');
    const { values, record } = await load(model, place);
    expect(record.drawn).toContain('cls.seq_relationship.weight');
    expect(record.drawn.every((name) => name.startsWith('cls.'))).toBe(true);
    expect(values['cls.seq_relationship.weight']).toEqual(
      initialiseParameters(model, 0, 'float64')['cls.seq_relationship.weight'],
    );
    expect(weightsNotes(record).join(' ')).toMatch(/It lacks cls\.predictions\.bias.* drawn at random/);
  });

  it('serves a model of fewer positions, whose loss is that of the first ones', async () => {
    const model = await modelOf('gpt2', { contextLength: 3 });
    const { values } = await load(model, folderOf('gpt2'));
    const { batch, loss } = await expectedOf('gpt2', 3);
    expect(Math.abs((await lossOf(model, values, batch)) - loss)).toBeLessThan(TOLERANCE);
  });

  it("of timm's layout splits its fused projection", async () => {
    const fused = await modelOf('vit', { qkv: 'fused' });
    const { values } = await load(fused, folderOf('vit'));
    const place = join(folder, 'timm.safetensors');
    await writeSafetensors(place, Object.entries(values));
    const apart = await modelOf('vit');
    const loaded = await load(apart, place);
    const { batch, loss } = await expectedOf('vit');
    expect(loaded.record.layout).toBe("timm's ViT");
    expect(Math.abs((await lossOf(apart, loaded.values, batch)) - loss)).toBeLessThan(TOLERANCE);
  });

  it('is rounded to float32 where that is asked for', async () => {
    const model = await modelOf('gpt2');
    const { values } = await loadWeights(model, folderOf('gpt2'), 0, 'float32');
    const stored = await readSafetensors(join(folderOf('gpt2'), 'model.safetensors'));
    expect(values['transformer.wte.weight']).toEqual(stored.tensors.get('transformer.wte.weight'));
  });
});

describe('weights that do not belong to the model', () => {
  it('are refused by name when a tensor is missing', async () => {
    const place = await altered('gpt2', (tensors) =>
      [...tensors].filter(([name]) => name !== 'transformer.h.1.attn.c_attn.weight'),
    );
    expect(await refusal(load(await modelOf('gpt2'), place))).toMatch(
      /none for transformer\.h\.1\.attn\.query\.weight \(stored as transformer\.h\.1\.attn\.c_attn\.weight\)/,
    );
  });

  it('are refused when a shape is another one', async () => {
    const model = (await openPreset('gpt-pico')).create({ vocabularySize: 11 });
    const biasless = await altered('gpt2', (tensors) => tensors);
    expect(await refusal(load(model, biasless))).toMatch(
      /"transformer\.wte\.weight".*expected the shape \[11, 64\].*found \[11, 8\]/,
    );
  });

  it('are refused when their configuration says another number of heads or another activation', async () => {
    const place = await reconfigured('gpt2', { n_head: 4, activation_function: 'gelu' });
    expect(await refusal(load(await modelOf('gpt2'), place))).toMatch(
      /heads 2 in the model, 4 there; gelu "tanh" in the model, "none" there.*--model /,
    );
  });

  it('may belong to a preset that is the same model, whatever the order of its settings', async () => {
    const described = (await modelOf('vit')).config as unknown as Parameters<typeof vit>[1];
    const image = { width: 6, height: 6, channels: 3 };
    const { record } = await load(vit('same', { ...described, image }), folderOf('vit'));
    expect(record.drawn).toEqual([]);
    expect(await refusal(load(vit('other', { ...described, epsilon: 1e-6 }), folderOf('vit')))).toMatch(
      /epsilon 0\.000001 in the model, 1e-12 there/,
    );
  });

  it('are refused when a number is not finite', async () => {
    const place = await altered('gpt2', (tensors) => {
      (tensors.get('transformer.ln_f.bias')?.data as Float32Array)[3] = Number.NaN;
      return tensors;
    });
    expect(await refusal(load(await modelOf('gpt2'), place))).toMatch(
      /transformer\.ln_f\.bias: expected finite numbers, found NaN at 3/,
    );
  });

  it('are looked for with a sentence about what there is', async () => {
    const model = await modelOf('gpt2');
    expect(await refusal(load(model, join(folder, 'nowhere')))).toContain('hesscope model get');
    const empty = await mkdtemp(join(folder, 'empty-'));
    expect(await refusal(load(model, empty))).toContain('found an empty folder');
    await writeFile(join(empty, 'pytorch_model.bin'), '');
    expect(await refusal(load(model, empty))).toMatch(/found pytorch_model\.bin; .*safetensors/);
    expect(await refusal(load(model, join(empty, 'pytorch_model.bin')))).toContain('another kind of file');
    for (const name of ['a', 'b']) await writeSafetensors(join(empty, `${name}.safetensors`), []);
    expect(await refusal(load(model, empty))).toMatch(/one checkpoint, found a\.safetensors, b\.safetensors/);
  });
});

describe('a configuration', () => {
  it('makes the model that it describes', async () => {
    expect((await modelOf('gpt2')).config).toMatchObject({
      layers: 2,
      heads: 2,
      width: 8,
      gelu: 'tanh',
      tied: true,
    });
    expect((await modelOf('gpt2-sharded')).config).toMatchObject({ gelu: 'none', tied: false });
    expect((await modelOf('bert')).config).toMatchObject({
      hiddenWidth: 10,
      epsilon: 1e-12,
      contextLength: 6,
    });
    const preset = await openPreset(folderOf('vit'));
    expect(preset.create({}).config).toMatchObject({
      image: { channels: 3, height: 6, width: 6 },
      patch: 2,
      classes: 5,
    });
    expect(preset.imageInput).toEqual({
      shape: { channels: 3, height: 6, width: 6 },
      mean: [0.5, 0.4, 0.3],
      deviation: [0.5, 0.25, 0.125],
    });
    expect((await openPreset(join(folderOf('bert'), 'config.json'))).contextLength).toBe(6);
  });

  it.each([
    ['gpt2', { scale_attn_by_inverse_layer_idx: true }, /'scale_attn_by_inverse_layer_idx'.*found true/],
    ['gpt2', { n_inner: 20 }, /'n_inner': expected four times n_embd, found 20/],
    ['gpt2', { n_head: 3 }, /'n_embd': expected a multiple of n_head, found 8/],
    ['gpt2', { activation_function: 'relu' }, /'activation_function'.*found "relu"/],
    ['bert', { position_embedding_type: 'relative_key' }, /'position_embedding_type'.*found "relative_key"/],
    ['bert', { hidden_act: 'gelu_new' }, /'hidden_act'/],
    ['vit', { qkv_bias: false }, /'qkv_bias'.*found false/],
    ['vit', { model_type: 'llama' }, /one of gpt2, bert, vit, found "llama"; export the model to ONNX/],
    ['vit', { model_type: undefined }, /expected "model_type"/],
  ])('of %s with %o is refused, naming the key', async (name, changes, message) => {
    const place = await reconfigured(name, changes);
    expect(await refusal(openPreset(place))).toMatch(message);
    expect(await refusal(openPreset(place))).toContain(join(place, 'config.json'));
  });

  it('that is no JSON is refused', async () => {
    const place = await mkdtemp(join(folder, 'broken-'));
    await writeFile(join(place, 'config.json'), '{');
    expect(await refusal(openPreset(place))).toContain('expected JSON');
    await writeFile(join(place, 'config.json'), '[]');
    expect(await refusal(openPreset(place))).toContain('expected a JSON object');
  });

  it('is not found where there is none: the nearest presets are named', async () => {
    expect(await refusal(openPreset('gpt-nona'))).toMatch(/no model 'gpt-nona'; did you mean 'gpt-nano'/);
  });

  it('of a ViT refuses images of another size and more classes than it has', async () => {
    const { create } = await openPreset(folderOf('vit'));
    expect(() => create({ imageShape: { channels: 1, height: 6, width: 6 } })).toThrow(
      /expected images of 3 x 6 x 6.*found 1 x 6 x 6/,
    );
    expect(() => create({ classCount: 6 })).toThrow('expected at most 5 classes, found 6');
  });
});
