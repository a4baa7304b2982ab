import { describe, expect, it } from 'vitest';
import { ModelCurvature } from '../../../src/curvature/model-curvature.ts';
import { parseBlockRules } from '../../../src/network/models/blocks-file.ts';
import { checkInputs, networkOf } from '../../../src/network/models/imported.ts';
import { importNetwork } from '../../../src/network/models/imported-file.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { decodeOnnx } from '../../../src/tensor/onnx/import/decode.ts';
import {
  floatTensor,
  modelBytes,
  type SmallModel,
  type SmallNode,
} from '../../tensor/onnx/import/small-models.ts';
import {
  EXPORTED_FOLDER,
  EXPORTERS,
  type ExportedCase,
  exportedCases,
  exportedErrors,
  readExportedCase,
} from './exported-case.ts';

const engine = onnxRuntimeEngine({ threads: 1 });
const fileOf = (name: string, exporter: string) => `${EXPORTED_FOLDER}${name}.${exporter}.onnx`;

/**
 * In float64 the file's own numbers are the same as PyTorch's but for epsilons and slopes, which ONNX keeps as float32
 * attributes: their rounding of 6e-8 is scaled by an epsilon of 1e-5. Float32 rounds at 6e-8, over sums of some hundred
 * terms through a dozen layers.
 */
const TOLERANCE = { float64: 1e-8, float32: 1e-4 } as const;

it('at least fifteen exported networks are there', () => {
  expect(exportedCases().length).toBeGreaterThanOrEqual(15);
});

describe.each(exportedCases().flatMap((name) => EXPORTERS.map((exporter) => [name, exporter] as const)))(
  '%s, exported by %s, agrees with PyTorch',
  (name, exporter) => {
    it.each(['float64', 'float32'] as const)('in %s: loss, gradient, Hessian product', async (precision) => {
      const exported = await readExportedCase(name);
      const { absent, ...errors } = await exportedErrors(exported, fileOf(name, exporter), engine, precision);
      for (const [what, error] of Object.entries(errors))
        expect(error, what).toBeLessThan(TOLERANCE[precision]);
      // An exporter leaves out what the output does not depend on, and nothing else.
      expect(absent).toBe(name === 'wavenet' ? 42 : 0);
    });
  },
);

describe('blocks', () => {
  it.each(EXPORTERS)('get the names of modules from %s, also where weights were folded', (exporter) => {
    const { model } = importNetwork(fileOf('distil_encoder', exporter), { loss: 'cross-entropy' });
    const kinds = Object.fromEntries(model.parameters.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject({
      'word_embeddings.weight': 'embedding',
      'layer.0.q_lin.weight': 'query',
      'layer.0.k_lin.weight': 'key',
      'layer.1.v_lin.weight': 'value',
      'layer.1.out_lin.weight': 'attention-projection',
      'layer.0.lin1.weight': 'mlp-fc',
      'layer.0.lin2.weight': 'mlp-projection',
      'layer.0.lin2.bias': 'bias',
      'layer.0.sa_layer_norm.weight': 'norm',
      'vocab_projector.weight': 'output',
    });
    expect(model.parameters.length).toBe(38);
    expect(model.parameters.find(({ name }) => name === 'layer.1.v_lin.weight')?.layer).toBe(2);
  });

  it('are those of the network, not its statistics, masks and tables', () => {
    const names = (file: string, exporter: string) =>
      importNetwork(fileOf(file, exporter), { loss: 'cross-entropy' }).model.parameters.map(
        ({ name }) => name,
      );
    for (const exporter of EXPORTERS) {
      expect(names('mobilenet_v2', exporter).filter((name) => name.includes('running'))).toEqual([]);
      expect(names('llama_decoder', exporter).filter((name) => /rotary|cos|sin/.test(name))).toEqual([]);
      expect(names('swin', exporter)).toContain('block1.bias_table');
    }
  });

  it.each(EXPORTERS)('of a fresh network are apart where %s has stored equal tensors once', (exporter) => {
    const { model } = importNetwork(fileOf('fresh_encoder', exporter), { loss: 'cross-entropy' });
    const names = model.parameters.map(({ name }) => name);
    // PyTorch's state_dict has 12 tensors for each of the two layers, and 4 around them.
    expect(names.length).toBe(28);
    const ofLayer = (layer: number) =>
      names
        .filter((name) => name.startsWith(`1.layers.${layer}.`))
        .map((name) => name.split('.').slice(3).join('.'));
    expect(ofLayer(0).sort()).toEqual(ofLayer(1).sort());
    expect(model.parameters.filter(({ kind }) => kind === 'norm').length).toBe(8);
  });

  it('whose weights a file shares since they are equal are apart, an embedding that is the output too is one', () => {
    const copy = { op: 'Identity', inputs: ['first.weight'], outputs: ['second.weight'] };
    const names = (use: readonly [SmallNode, SmallNode], dtype: 'float32' | 'int64') => {
      const model: SmallModel = {
        nodes: [copy, ...use],
        inputs: { x: { dtype, shape: [2] } },
        outputs: ['y'],
        initialisers: { 'first.weight': floatTensor([2, 2]) },
      };
      return networkOf(decodeOnnx(modelBytes(model)), 'shared', { loss: 'mse' }).model.parameters.map(
        ({ name }) => name,
      );
    };
    const product = (input: string, weight: string, output: string): SmallNode => ({
      op: 'MatMul',
      inputs: [input, weight],
      outputs: [output],
    });
    const lookUp: SmallNode = { op: 'Gather', inputs: ['first.weight', 'x'], outputs: ['a'] };
    const last = product('a', 'second.weight', 'y');
    expect(names([product('x', 'first.weight', 'a'), last], 'float32')).toEqual([
      'first.weight',
      'second.weight',
    ]);
    expect(names([lookUp, last], 'int64')).toEqual(['first.weight']);
  });
});

describe('notes', () => {
  const notes = (name: string, exporter = 'torchscript') =>
    importNetwork(fileOf(name, exporter), { loss: 'mse' }).model.notes;
  it('say that the exporter has left out biases that were zero', () => {
    const node = { op: 'MatMul', inputs: ['x', 'fc.weight'], outputs: ['y'], name: 'product' };
    const model: SmallModel = {
      nodes: [{ ...node, metadata: { 'pkg.onnxscript.rewriter.rule_name': 'RemoveOptionalBiasFromGemm' } }],
      inputs: { x: { dtype: 'float32', shape: [2, 2] } },
      outputs: ['y'],
      initialisers: { 'fc.weight': floatTensor([2, 2]) },
    };
    const { model: shorn } = networkOf(decodeOnnx(modelBytes(model)), 'shorn', { loss: 'mse' });
    expect(shorn.notes?.join()).toMatch(/left out biases that were zero, in product/);
  });

  it('say that dropout is left out and which statistics BatchNorm uses', () => {
    expect(notes('dropout_left_on')?.join()).toMatch(/Dropout is left out/);
    expect(notes('densenet')?.join()).toMatch(/running statistics of the file/);
    expect(notes('lenet')).toEqual([]);
  });
});

describe('a blocks file', () => {
  const rules = (blocks: unknown) => parseBlockRules({ blocks }, 'The rules');
  const open = (blocks: unknown) =>
    importNetwork(fileOf('torch_encoder', 'torchscript'), { loss: 'cross-entropy', rules: rules(blocks) });

  it('renames, gives kinds and layers', () => {
    const { model } = open([
      { match: 'encoder\\.layers\\.(\\d)\\.linear1\\.(.*)', name: 'up$1.$2', kind: 'mlp-fc', layer: 7 },
    ]);
    expect(model.parameters.find(({ name }) => name === 'up0.weight')).toMatchObject({
      kind: 'mlp-fc',
      layer: 7,
    });
  });

  it('cuts, joins and holds fixed; the Hessian stays that of the same network', async () => {
    const exported = await readExportedCase('torch_encoder');
    const regrouped = rules([
      {
        match: '(.*)\\.in_proj_weight',
        split: { axis: 1, names: ['$1.query', '$1.key', '$1.value'], kinds: ['query', 'key', 'value'] },
      },
      { match: 'encoder\\.layers\\.0\\.linear.*', name: 'mlp' },
    ]);
    const path = fileOf('torch_encoder', 'torchscript');
    const { model } = importNetwork(path, { loss: 'cross-entropy', rules: regrouped });
    const shapes = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, shape]));
    expect(shapes['encoder.layers.0.self_attn.key']).toEqual([16, 16]);
    expect(shapes.mlp).toEqual([16 * 20 + 20 + 20 * 16 + 16]);
    const { absent, ...errors } = await exportedErrors(exported, path, engine, 'float64', {
      rules: regrouped,
    });
    for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(TOLERANCE.float64);
    expect(absent).toBe(0);
  });

  it('holds tensors fixed, and says so', async () => {
    const { model } = open([{ match: 'patch_embed\\..*', constant: true }]);
    expect(model.parameters.map(({ name }) => name)).not.toContain('patch_embed.weight');
    expect(model.notes?.join()).toMatch(/Held fixed.*patch_embed\.weight/);
    const exported = await readExportedCase('torch_encoder');
    expect(await lossAt(exported, [{ match: 'patch_embed\\..*', constant: true }])).toBeCloseTo(
      exported.loss,
      10,
    );
  });

  async function lossAt({ data, config }: ExportedCase, blocks: unknown): Promise<number> {
    const network = importNetwork(fileOf('torch_encoder', 'torchscript'), {
      loss: config.loss,
      rules: rules(blocks),
    });
    const curvature = new ModelCurvature({
      model: network.model,
      parameters: network.weights('float64'),
      data,
      engine,
      precision: 'float64',
    });
    const loss = await curvature.loss();
    await curvature.release();
    return loss;
  }

  it('that says something else or matches nothing is refused', () => {
    expect(() => open([{ match: 'nothing.*', name: 'x' }])).toThrow(/'nothing\.\*' matches no parameter/);
    expect(() => open([{ match: 'head\\.weight', split: { axis: 0, names: ['a', 'b', 'c'] } }])).toThrow(
      /3 equal parts/,
    );
    expect(() => rules([{ match: '(' }])).toThrow(/no regular expression/);
    expect(() => rules([{ match: 'a', colour: 'red' }])).toThrow(/The rules should hold rules/);
  });
});

describe('a mistake about the file is told', () => {
  it('an output that it does not have', () => {
    expect(() => importNetwork(fileOf('lenet', 'dynamo'), { loss: 'mse', output: 'probs' })).toThrow(
      /no output 'probs'; its outputs are/,
    );
  });

  it('data of another shape than it declares', () => {
    const inputs = [
      { name: 'a', dtype: 'float32', dims: ['batch', 3] },
      { name: 'b', dtype: 'float32', dims: ['batch'] },
    ] as const;
    const a = { dtype: 'float32', shape: [2, 3] } as const;
    expect(() => checkInputs(inputs, { a, b: { dtype: 'float32', shape: [2] } })).not.toThrow();
    expect(() => checkInputs(inputs, { a, b: { dtype: 'float32', shape: [3] } })).toThrow(
      /'b': expected \[batch\], found float32\[3\]/,
    );
    expect(() => checkInputs(inputs, { a: { dtype: 'float32', shape: [2, 4] } })).toThrow(
      /give data of that shape/,
    );
    expect(() => checkInputs([{ name: 'a', dtype: 'float32', dims: [4, 3] }], { a })).toThrow(
      /set 'batch' to 4/,
    );
  });

  it('a file without weights', () => {
    const model: SmallModel = {
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      inputs: { x: { dtype: 'float32', shape: [2] } },
      outputs: ['y'],
    };
    expect(() => networkOf(decodeOnnx(modelBytes(model)), 'bare', { loss: 'mse' })).toThrow(
      /holds no weights/,
    );
    const masked: SmallModel = {
      ...model,
      nodes: [{ op: 'Add', inputs: ['x', 'attn_mask'], outputs: ['y'] }],
      initialisers: { attn_mask: floatTensor([2]) },
    };
    expect(() => networkOf(decodeOnnx(modelBytes(masked)), 'masked', { loss: 'mse' })).toThrow(
      /holds no weights/,
    );
  });
});
