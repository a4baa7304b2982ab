import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { measurableBlocks, selectBlocks } from '../../../src/network/blocks.ts';
import { type DataShape, MODEL_PRESETS, type ModelOptions } from '../../../src/network/models/index.ts';
import { type Model, parameterCount } from '../../../src/network/models/model.ts';
import { drawParameter } from '../../../src/network/models/parameters.ts';

function create(name: string, data: DataShape = {}, options: ModelOptions = {}): Model {
  const model = MODEL_PRESETS[name]?.create(data, options);
  if (!model) throw new Error(`there is no ${name}`);
  return model;
}

/** `name [shape]` of all parameters, or of those whose name has a prefix. */
const listed = (model: Model, prefix = '') =>
  model.parameters
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, shape }) => `${name} [${shape.join(', ')}]`);

describe('sizes', () => {
  it.each([
    // timm's own counts at 1,000 classes (its results table has them in millions: 86.57, 22.05, 5.72, 59.88, 18.53).
    ['vit-base', 86_567_656],
    ['vit-small', 22_050_664],
    ['vit-tiny', 5_717_416],
    ['mixer-base', 59_880_472],
    ['mixer-small', 18_528_264],
    // bert-base-uncased: 109,482,240 in encoder and pooler; the heads add a transform of 768 x 768 with its norm, a bias
    // of 30,522 and a classifier of 2 x 768.
    ['bert-base', 109_482_240 + (769 * 768 + 2 * 768) + 30_522 + 2 * 769],
  ] as const)('%s has the parameters of its original', (name, count) => {
    expect(parameterCount(create(name))).toBe(count);
  });

  it('bert-40m is bert-base with two layers and sequences of 64', () => {
    const [layers, positions] = [10 * 7_087_872, (512 - 64) * 768];
    expect(parameterCount(create('bert-40m'))).toBe(parameterCount(create('bert-base')) - layers - positions);
  });

  it('neither a fused projection nor its three parts change the count', () => {
    const count = parameterCount(create('vit-base', {}, { qkv: 'fused' }));
    expect(count).toBe(parameterCount(create('vit-base', {}, { qkv: 'apart' })));
  });

  it('an untied output of BERT or GPT is one more matrix', () => {
    const added = (name: string, data: DataShape) =>
      parameterCount(create(name, data, { tied: false })) - parameterCount(create(name, data));
    expect(added('bert-base', {})).toBe(30_522 * 768);
    expect(added('gpt-nano', { vocabularySize: 65 })).toBe(65 * 384);
  });
});

describe('names and shapes', () => {
  it("vit-base's are those of timm's state dictionary", () => {
    const model = create('vit-base', {}, { qkv: 'fused' });
    expect(listed(model).slice(0, 4)).toEqual([
      'cls_token [1, 1, 768]',
      'pos_embed [1, 197, 768]',
      'patch_embed.proj.weight [768, 3, 16, 16]',
      'patch_embed.proj.bias [768]',
    ]);
    expect(listed(model, 'blocks.11.')).toEqual(
      [
        'norm1.weight [768]',
        'norm1.bias [768]',
        'attn.qkv.weight [2304, 768]',
        'attn.qkv.bias [2304]',
        'attn.proj.weight [768, 768]',
        'attn.proj.bias [768]',
        'norm2.weight [768]',
        'norm2.bias [768]',
        'mlp.fc1.weight [3072, 768]',
        'mlp.fc1.bias [3072]',
        'mlp.fc2.weight [768, 3072]',
        'mlp.fc2.bias [768]',
      ].map((name) => `blocks.11.${name}`),
    );
    expect(listed(model).slice(-4)).toEqual([
      'norm.weight [768]',
      'norm.bias [768]',
      'head.weight [1000, 768]',
      'head.bias [1000]',
    ]);
    expect(listed(create('vit-base'), 'blocks.0.attn.query')).toEqual([
      'blocks.0.attn.query.weight [768, 768]',
      'blocks.0.attn.query.bias [768]',
    ]);
  });

  it("mixer-base's are those of timm's state dictionary", () => {
    const model = create('mixer-base');
    expect(listed(model, 'stem')).toEqual(['stem.proj.weight [768, 3, 16, 16]', 'stem.proj.bias [768]']);
    expect(listed(model, 'blocks.0.')).toEqual(
      [
        'norm1.weight [768]',
        'norm1.bias [768]',
        'mlp_tokens.fc1.weight [384, 196]',
        'mlp_tokens.fc1.bias [384]',
        'mlp_tokens.fc2.weight [196, 384]',
        'mlp_tokens.fc2.bias [196]',
        'norm2.weight [768]',
        'norm2.bias [768]',
        'mlp_channels.fc1.weight [3072, 768]',
        'mlp_channels.fc1.bias [3072]',
        'mlp_channels.fc2.weight [768, 3072]',
        'mlp_channels.fc2.bias [768]',
      ].map((name) => `blocks.0.${name}`),
    );
  });

  it("bert-base's are those of Hugging Face's BertForPreTraining", () => {
    const model = create('bert-base');
    expect(listed(model, 'bert.embeddings')).toEqual([
      'bert.embeddings.word_embeddings.weight [30522, 768]',
      'bert.embeddings.position_embeddings.weight [512, 768]',
      'bert.embeddings.token_type_embeddings.weight [2, 768]',
      'bert.embeddings.LayerNorm.weight [768]',
      'bert.embeddings.LayerNorm.bias [768]',
    ]);
    expect(listed(model, 'bert.encoder.layer.11.')).toEqual(
      [
        'attention.self.query.weight [768, 768]',
        'attention.self.query.bias [768]',
        'attention.self.key.weight [768, 768]',
        'attention.self.key.bias [768]',
        'attention.self.value.weight [768, 768]',
        'attention.self.value.bias [768]',
        'attention.output.dense.weight [768, 768]',
        'attention.output.dense.bias [768]',
        'attention.output.LayerNorm.weight [768]',
        'attention.output.LayerNorm.bias [768]',
        'intermediate.dense.weight [3072, 768]',
        'intermediate.dense.bias [3072]',
        'output.dense.weight [768, 3072]',
        'output.dense.bias [768]',
        'output.LayerNorm.weight [768]',
        'output.LayerNorm.bias [768]',
      ].map((name) => `bert.encoder.layer.11.${name}`),
    );
    expect(listed(model).slice(-9)).toEqual([
      'bert.pooler.dense.weight [768, 768]',
      'bert.pooler.dense.bias [768]',
      'cls.predictions.bias [30522]',
      'cls.predictions.transform.dense.weight [768, 768]',
      'cls.predictions.transform.dense.bias [768]',
      'cls.predictions.transform.LayerNorm.weight [768]',
      'cls.predictions.transform.LayerNorm.bias [768]',
      'cls.seq_relationship.weight [2, 768]',
      'cls.seq_relationship.bias [2]',
    ]);
  });
});

describe('initial values', () => {
  const glorot = (fanIn: number, fanOut: number) => Math.sqrt(2 / (fanIn + fanOut));
  it.each([
    // timm: linear weights and positions normal with 0.02, PyTorch's own uniform law (deviation bound / sqrt 3) for the
    // convolution; Mixer: LeCun's for the convolution, Glorot's for linear layers; BERT: normal with 0.02.
    ['vit-tiny', 'blocks.3.attn.query.weight', 0.02, Number.POSITIVE_INFINITY],
    ['vit-tiny', 'head.weight', 0.02, Number.POSITIVE_INFINITY],
    ['vit-tiny', 'pos_embed', 0.02, Number.POSITIVE_INFINITY],
    ['vit-tiny', 'cls_token', 1e-6, Number.POSITIVE_INFINITY],
    ['vit-tiny', 'patch_embed.proj.weight', 1 / Math.sqrt(3 * 768), 1 / Math.sqrt(768)],
    ['mixer-small', 'stem.proj.weight', 1 / Math.sqrt(768), 2 / Math.sqrt(768) / 0.87962566103423978],
    ['mixer-small', 'blocks.0.mlp_tokens.fc1.weight', glorot(196, 256), Math.sqrt(3) * glorot(196, 256)],
    ['mixer-small', 'blocks.0.mlp_channels.fc2.weight', glorot(2048, 512), Math.sqrt(3) * glorot(2048, 512)],
    ['mixer-small', 'blocks.0.mlp_channels.fc1.bias', 1e-6, Number.POSITIVE_INFINITY],
    ['bert-40m', 'bert.encoder.layer.1.intermediate.dense.weight', 0.02, Number.POSITIVE_INFINITY],
    ['bert-40m', 'bert.embeddings.position_embeddings.weight', 0.02, Number.POSITIVE_INFINITY],
    ['bert-40m', 'cls.seq_relationship.weight', 0.02, Number.POSITIVE_INFINITY],
  ] as const)('%s draws %s with deviation %f', (preset, name, deviation, bound) => {
    const values = valuesOf(create(preset), name);
    const count = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    // Five standard errors: sigma / sqrt(n) of a mean; of a deviation sigma / sqrt(2 n) where the values are normal, and
    // less where their tails are cut off.
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(count));
    expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThan((5 * deviation) / Math.sqrt(2 * count));
    const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Rounding in the bound itself.
    expect(greatest).toBeLessThanOrEqual(bound * (1 + 1e-12));
    // 1 of 20 uniform values, and 1 of 60 of a normal cut at two deviations, lies in the outer twentieth.
    if (Number.isFinite(bound)) expect(greatest).toBeGreaterThan(0.95 * bound);
  });

  it.each([
    ['vit-tiny', 'blocks.0.attn.value.bias', 0],
    ['vit-tiny', 'blocks.0.norm1.weight', 1],
    ['mixer-small', 'stem.proj.bias', 0],
    ['mixer-small', 'head.weight', 0],
    ['mixer-small', 'head.bias', 0],
    ['bert-40m', 'cls.predictions.bias', 0],
    ['bert-40m', 'bert.embeddings.LayerNorm.weight', 1],
  ] as const)('%s starts %s at %f', (preset, name, value) => {
    expect(valuesOf(create(preset), name).every((found) => found === value)).toBe(true);
  });

  it('a random head of the Mixer is drawn as its other linear layers', () => {
    const head = create('mixer-small', {}, { head: 'random' }).parameters.find(
      (p) => p.name === 'head.weight',
    );
    expect(head?.initial).toEqual({ kind: 'uniform', bound: Math.sqrt(6 / (512 + 1000)) });
  });

  it('a value redrawn for lying outside depends on its place alone', () => {
    const initial = { kind: 'truncated-normal', standardDeviation: 1 } as const;
    const spec = { name: 'w', kind: 'conv', layer: null, initial } as const;
    const [long, short] = [400, 250].map(
      (size) => drawParameter({ ...spec, shape: [size] }, 3, 'float64').data,
    );
    expect(short).toEqual((long as Float64Array).subarray(0, 250));
  });

  function valuesOf(model: Model, name: string): Float64Array {
    const spec = model.parameters.find((parameter) => parameter.name === name);
    if (!spec) throw new Error(`${model.name} has no ${name}`);
    return drawParameter(spec, 0, 'float64').data as Float64Array;
  }
});

describe("the paper's blocks", () => {
  const selected = (name: string, data: DataShape = {}, options: ModelOptions = {}) =>
    selectBlocks(create(name, data, options), 'paper').map((block) => block.name);

  it('of GPT2 are the tied embedding and the matrices of layers 1, 4, 8 and 12', () => {
    const names = selected('gpt2-paper');
    // 26 operators with the whole Hessian.
    expect(names.length).toBe(25);
    expect(names[0]).toBe('transformer.wte.weight');
    expect(new Set(names.slice(1).map((name) => name.split('.')[2]))).toEqual(new Set(['0', '3', '7', '11']));
    expect(selected('gpt2-paper', {}, { tied: false })).toEqual([...names, 'lm_head.weight']);
  });

  it('of ViT-base are embedding, output, attention and MLP of layers 1, 6 and 12', () => {
    const names = selected('vit-base', {}, { qkv: 'fused' });
    const layer = (index: number) =>
      ['attn.qkv', 'attn.proj', 'mlp.fc1', 'mlp.fc2'].map((part) => `blocks.${index}.${part}`);
    const parts = ['patch_embed.proj', ...[0, 5, 11].flatMap(layer), 'head'];
    expect(names).toEqual(parts.flatMap((part) => [`${part}.weight`, `${part}.bias`]));
  });

  it('of GPT2-nano are the even ones, of BERT all', () => {
    const nano = create('gpt-nano', { vocabularySize: 65 });
    expect(selected('gpt-nano', { vocabularySize: 65 })).toEqual(
      selectBlocks(nano, 'even').map(({ name }) => name),
    );
    const all = measurableBlocks(create('bert-40m')).map(({ name }) => name);
    expect(selected('bert-40m')).toEqual(all);
    expect(all.filter((name) => name.includes('LayerNorm'))).toEqual([]);
  });

  it('of a model that it does not have are refused', () => {
    expect(() => selected('vit-pico')).toThrow('The paper names no blocks that it measured for vit-pico');
  });

  it('and its batches are whole numbers of sequences and images', () => {
    const batches = Object.entries(MODEL_PRESETS).flatMap(([name, { paperBatch }]) =>
      paperBatch === undefined ? [] : [[name, paperBatch]],
    );
    expect(Object.fromEntries(batches)).toEqual({
      'gpt-nano': 163_840 / 256,
      gpt2: 245_760 / 1_024,
      'gpt2-paper': 245_760 / 1_024,
      'bert-40m': 327_680 / 64,
      resnet18: 1_024,
      vgg16: 1_024,
      'vgg16-bn': 1_024,
      'vit-base': 1_024,
      mlp: 128,
    });
  });
});

describe('options', () => {
  it('are kept with their defaults', () => {
    expect(create('vit-pico', {}, { qkv: 'fused' }).options).toEqual({ qkv: 'fused', patch: 4 });
    expect(create('mixer-pico').options).toEqual({ head: 'zero', patch: 4 });
  });

  it.each([
    [
      'vit-pico',
      { qvk: 'fused' },
      /vit-pico has no option 'qvk'; did you mean 'qkv'\? Its options are qkv, patch/,
    ],
    ['vit-pico', { qkv: 'split' }, /vit-pico's option 'qkv': .*"apart"\|"fused", found "split"/],
    ['mixer-pico', { head: 0, patch: 'x' }, /'head': .*found 0; mixer-pico's option 'patch': .*found "x"/],
    ['vit-pico', { patch: 5 }, /patches of 5 x 5 pixels tile, found 28 x 28; set the option 'patch'/],
    ['bert-pico', { tied: 'no' }, /bert-pico's option 'tied': .*expected boolean.*found "no"/],
  ] as const)('%s refuses %j with a sentence that helps', (name, options, message) => {
    const build = () => create(name, { vocabularySize: 9 }, options);
    expect(build).toThrow(message);
    expect(build).toThrow(UserError);
  });

  it('images need a shape, features alone will not do', () => {
    expect(() => create('vit-pico', { featureCount: 784, classCount: 10 })).toThrow(
      /takes pictures .* found 784 features/,
    );
  });

  it('a Mixer says how its head starts', () => {
    expect(create('mixer-pico').notes?.[0]).toContain('zero Hessian');
    expect(create('mixer-pico', {}, { head: 'random' }).notes?.[0]).toContain("not at zero as timm's does");
  });
});
