import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LOSS_TARGETS } from '../../../src/network/data/dataset.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { npyBytes } from '../../network/data/npy-bytes.ts';
import { EXPORTED_FOLDER, EXPORTERS, readExportedCase } from '../../network/models/exported-case.ts';
import { modelBytes } from '../../tensor/onnx/import/small-models.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));
afterEach(() => vi.restoreAllMocks());

const DESCR = { float32: '<f4', float64: '<f8', int64: '<i8', bool: '|b1' } as const;

/** Writes a case's batch as numpy files. @returns the options that name them, in the order of the inputs. */
async function arraysOf(name: string, folder: string): Promise<string[]> {
  const { data, config } = await readExportedCase(name);
  const { tensors } = data.microBatch(0);
  const save = (tensor: HostTensor, as: string) => {
    const path = join(folder, `${as}.npy`);
    writeFileSync(path, npyBytes(DESCR[tensor.dtype], tensor.shape, tensor.data));
    return path;
  };
  const inputs = config.inputs.map((input) => save(tensors[input] as HostTensor, input));
  const targets = tensors[LOSS_TARGETS];
  const given = targets ? ['--targets', save(targets, 'targets')] : [];
  return ['--inputs', ...inputs, ...given, '--loss', config.loss, '--batch', String(data.batchSize)];
}

const BRIEF = ['--probes', '2', '--steps', '5'];

describe('hesscope spectrum on an ONNX file', () => {
  test.each(
    ['mlp_plain', 'distil_encoder'].flatMap((name) => EXPORTERS.map((exporter) => [name, exporter] as const)),
  )('%s, exported by %s: spectra, JS0 and a heat map', async (name, exporter) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'run');
    const model = `${EXPORTED_FOLDER}${name}.${exporter}.onnx`;
    const exported = await readExportedCase(name);
    const options = ['--model', model, ...(await arraysOf(name, folder)), ...BRIEF, '--out', path];
    const { code, stdout, stderr } = await hesscope('spectrum', ...options);
    expect([code, stderr.match(/bug|Error/)]).toEqual([0, null]);
    expect(stdout).toContain('JS0');
    expect(existsSync(join(path, 'figures', 'heatmap-jsd.png'))).toBe(true);
    const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
    expect(run.model.parameterCount).toBe(exported.parameters.length);
    expect(run.loss).toBeCloseTo(exported.loss, 5);
    expect((await hesscope('verify', path)).code).toBe(0);
  });

  test('a network whose output is the loss needs no targets', async () => {
    const folder = await temporaryFolder();
    const arrays = await arraysOf('loss_inside', folder);
    const model = `${EXPORTED_FOLDER}loss_inside.dynamo.onnx`;
    const { code, stdout } = await hesscope(
      'spectrum',
      '--model',
      model,
      ...arrays,
      ...BRIEF,
      '--no-report',
      '--json',
      '--out',
      join(folder, 'run'),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).loss).toBeCloseTo((await readExportedCase('loss_inside')).loss, 5);
  });

  test('mistakes are told in one sentence', async () => {
    const folder = await temporaryFolder();
    const arrays = await arraysOf('mlp_plain', folder);
    const model = `${EXPORTED_FOLDER}mlp_plain.dynamo.onnx`;
    const mistakes: readonly [readonly string[], RegExp][] = [
      [['--model', model], /Expected arrays for the inputs 'features'/],
      [['--model', 'absent.onnx', ...arrays], /Cannot read the ONNX file/],
      [['--model', model, ...arrays, '--data', 'digits'], /'data' belongs to hesscope's own models/],
      [['--model', 'mlp', '--inputs', 'x.npy'], /'inputs' belongs to networks from ONNX files/],
      [
        [
          '--model',
          `${EXPORTED_FOLDER}loss_inside.dynamo.onnx`,
          ...(await arraysOf('loss_inside', folder)),
          '--batch',
          '3',
        ],
        /exported for 7 rows at once: set 'batch' to 7/,
      ],
    ];
    for (const [options, message] of mistakes) {
      const { code, stderr } = await hesscope('spectrum', ...options, '--out', join(folder, 'none'));
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });
});

describe('hesscope inspect', () => {
  test('prints blocks, counts and cost of an ONNX file without data', async () => {
    const { code, stdout } = await hesscope(
      'inspect',
      `${EXPORTED_FOLDER}unet.torchscript.onnx`,
      '--batch',
      '2',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('1,843 parameters in 12 tensors');
    expect(stdout).toMatch(/middle\.weight +conv +8 × 6 × 3 × 3 +432/);
    expect(stdout).toMatch(/One Hessian product .*MFLOP in \d+ operations/);
  });

  test('prints the same of a preset', async () => {
    const { code, stdout } = await hesscope('inspect', 'mlp', '--batch', '8', '--json');
    expect(code).toBe(0);
    const { parameterCount, cost, blocks } = JSON.parse(stdout);
    expect([parameterCount, blocks.length]).toEqual([282_934, 8]);
    // Three products with each weight for the gradient's tangent (forward, and two backward), the first layer one less,
    // two of them twice: at least two flops for each weight and row, at most a dozen.
    const perRow = 2 * 282_934 * 8;
    expect(cost.flops).toBeGreaterThan(perRow);
    expect(cost.flops).toBeLessThan(8 * perRow);
  });

  test('lists all operators that keep a file from being measured', async () => {
    const path = join(await temporaryFolder(), 'strange.onnx');
    const nodes = [
      { op: 'MatMul', inputs: ['x', 'fc.weight'], outputs: ['a'] },
      { op: 'TopK', inputs: ['a', 'k'], outputs: ['b', 'i'], name: 'best' },
      { op: 'Det', inputs: ['b'], outputs: ['y'], name: 'volume' },
    ];
    writeFileSync(
      path,
      modelBytes({
        nodes,
        inputs: { x: { dtype: 'float32', shape: [2, 2] }, k: { dtype: 'int64', shape: [1] } },
        outputs: ['y'],
        initialisers: { 'fc.weight': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } },
      }),
    );
    const { code, stdout } = await hesscope('inspect', path);
    expect(code).toBe(2);
    expect(stdout).toContain('TopK is not supported (1: best)');
    expect(stdout).toContain('Det is not supported (1: volume)');
    expect(stdout).toContain('fc.weight');
  });

  test('asks for extents that a file leaves open', async () => {
    const path = join(await temporaryFolder(), 'open.onnx');
    writeFileSync(
      path,
      modelBytes({
        nodes: [{ op: 'MatMul', inputs: ['x', 'fc.weight'], outputs: ['y'] }],
        inputs: { x: { dtype: 'float32', shape: ['batch', 'length', 2] } },
        outputs: ['y'],
        initialisers: { 'fc.weight': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } },
      }),
    );
    const refused = await hesscope('inspect', path);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/leaves 'length' open; give it by --dim length=16/),
    ]);
    expect((await hesscope('inspect', path, '--dim', 'length=5')).code).toBe(0);
  });
});

describe('hesscope export', () => {
  test('writes a preset that ONNX Runtime evaluates to the same loss, and that comes back as the same network', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'pico.onnx');
    const choices = [
      '--batch',
      '2',
      '--seed',
      '3',
      '--blocks',
      'kind:query',
      '--no-full',
      ...BRIEF,
      '--no-report',
      '--json',
    ];
    const written = await hesscope(
      'export',
      '--model',
      'gpt-pico',
      '--batch',
      '2',
      '--seed',
      '3',
      '--out',
      path,
    );
    expect(written.stdout).toMatch(
      /tokens int64\[128\], targets int64\[128\] to logits float32\[128, \d+\], loss float32\[\]/,
    );
    const own = await hesscope('spectrum', '--model', 'gpt-pico', ...choices, '--out', join(folder, 'own'));
    const { loss, blocks } = JSON.parse(own.stdout);

    const session = await ort.InferenceSession.create(readFileSync(path));
    const { tokens, targets } = await mobyDickBatch();
    const results = await session.run({
      tokens: new ort.Tensor('int64', tokens.data as BigInt64Array, [128]),
      targets: new ort.Tensor('int64', targets.data as BigInt64Array, [128]),
    });
    expect(Number(results.loss?.data[0])).toBeCloseTo(loss, 5);

    const save = (tensor: HostTensor, as: string) => {
      writeFileSync(join(folder, as), npyBytes('<i8', tensor.shape, tensor.data));
      return join(folder, as);
    };
    const arrays = [
      '--inputs',
      save(tokens, 'x.npy'),
      '--targets',
      save(targets, 'y.npy'),
      '--loss',
      'cross-entropy',
    ];
    const back = await hesscope(
      'spectrum',
      '--model',
      path,
      ...arrays,
      ...choices,
      '--batch',
      '128',
      '--out',
      join(folder, 'back'),
    );
    const returned = JSON.parse(back.stdout);
    expect(returned.loss).toBeCloseTo(loss, 5);
    expect(returned.blocks.map(({ name }: { name: string }) => name)).toEqual(
      blocks.map(({ name }: { name: string }) => name),
    );
    for (const [i, { largest }] of returned.blocks.entries())
      expect(largest.mean).toBeCloseTo(blocks[i].largest.mean, 4);
  });

  test('wants a name that ends in .onnx', async () => {
    const { code, stderr } = await hesscope('export', '--model', 'mlp', '--out', 'model.bin');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/ends in \.onnx/)]);
  });
});

/** The batch that gpt-pico sees: two sequences of 64 tokens. */
async function mobyDickBatch(): Promise<{ tokens: HostTensor; targets: HostTensor }> {
  const { openDataset } = await import('../../../src/network/data/index.ts');
  const data = await openDataset({
    source: 'moby-dick',
    batchSize: 2,
    microBatches: 1,
    contextLength: 64,
    tokenizer: 'character',
  });
  const { tensors } = data.microBatch(0);
  return { tokens: tensors.tokens as HostTensor, targets: tensors.targets as HostTensor };
}
