/** ONNX files, damaged in every way, read as far as a measurement reads them before its first product. */

import { readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { importNetwork } from '../../src/network/models/imported-file.ts';
import { inputTypes, outputType } from '../../src/network/models/placeholder-arrays.ts';
import {
  bools,
  floatTensor,
  ints,
  modelBytes,
  type SmallModel,
  type SmallNode,
} from '../tensor/onnx/import/small-models.ts';
import { joined, mutantsOf, varint } from './mutations.ts';
import { fuzz, readsFileSoundly, scratchFolder } from './reading.ts';

/** Decoding makes copies of weights; integers of one byte become eight, beside the file itself. */
const MULTIPLE = 30;

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/onnx/${name}.onnx`, import.meta.url)));

const SOUND = [
  'dropout_left_on.torchscript',
  'loss_inside.torchscript',
  'mlp_plain.dynamo',
  'einsum_mixer.torchscript',
  'gru_classifier.torchscript',
  'mlp_batch_norm.torchscript',
].map(fixture);

function readAll(path: string): void {
  const network = importNetwork(path, { loss: 'mse' });
  network.weights('float32');
  // Extents that the file leaves open are asked of the user.
  const open = network.inputs.flatMap(({ dims }) => dims ?? []).filter((dim) => typeof dim === 'string');
  const isStated = network.inputs.every(({ dims }) => dims !== null && !dims.slice(1).includes(null));
  const extents = Object.fromEntries(open.map((dim) => [dim, 2]));
  if (isStated) outputType(network, inputTypes(network, 2, extents));
}

const readAt = (path: string, bytes: Uint8Array, how: string, multiple = MULTIPLE) =>
  readsFileSoundly(path, bytes, { how, multiple, read: readAll });

const read = async (bytes: Uint8Array, how: string) =>
  readAt(join(await scratchFolder(), 'x.onnx'), bytes, how);

test('damaged bytes', async () => {
  const path = join(await scratchFolder(), 'x.onnx');
  await fuzz(mutantsOf(SOUND), async ({ bytes, how }) => {
    await readAt(path, bytes, how);
  });
});

/** y = x w, and what is given. */
const small = (more: Partial<SmallModel> = {}, nodes: readonly SmallNode[] = []): SmallModel => ({
  nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }, ...nodes],
  inputs: { x: { dtype: 'float32', shape: [2, 3] } },
  outputs: ['y'],
  ...more,
  initialisers: { w: floatTensor([3, 4]), ...more.initialisers },
});

const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: SmallNode['attributes'] = {},
): SmallNode => ({ op, inputs, outputs, attributes });

/** A small model whose stored form was changed. */
function changed(change: (graph: GraphProto) => void, model = small()): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, modelBytes(model));
  change(proto.graph as GraphProto);
  return toBinary(ModelProtoSchema, proto);
}

describe('stored tensors', () => {
  test.each([
    ['of 2^40 elements', [2n ** 40n]],
    ['of 2^62 elements', [2n ** 31n, 2n ** 31n]],
    ['of -1', [-1n, 12n]],
    ['of -3 times -4, which are as many as there are', [-3n, -4n]],
    ['of 2^63 - 1', [2n ** 63n - 1n]],
    ['of 0 times 2^60', [0n, 2n ** 60n]],
    ['of a thousand axes', new Array(1000).fill(2n)],
  ])('%s are refused', async (how, dims) => {
    const bytes = changed((graph) => {
      (graph.initializer[0] as { dims: bigint[] }).dims = dims as bigint[];
    });
    expect(await read(bytes, how)).not.toBeNull();
  });

  test('of values of another kind than they say are refused', async () => {
    for (const dataType of [0, 7, 8, 11, 13, 14, 17, 100, -1])
      for (const fields of [
        { floatData: [0.5, 1, Number.NaN] },
        { int64Data: [1n, 2n, 3n] },
        { doubleData: [1e300, 1.5, 2] },
        { stringData: [new Uint8Array(3)] },
      ]) {
        const bytes = changed((graph) => {
          const tensor = { name: 'w', dims: [3n, 1n], dataType, ...fields };
          graph.initializer = [create(TensorProtoSchema, tensor as object)];
        });
        await read(bytes, `type ${dataType} with ${Object.keys(fields)}`);
      }
  });

  test('of bytes that are no whole number of elements are refused', async () => {
    const bytes = changed((graph) => {
      (graph.initializer[0] as { rawData: Uint8Array }).rawData = new Uint8Array(47);
    });
    expect((await read(bytes, '47 bytes'))?.message).toContain('damaged');
  });
});

describe('values beside the file', () => {
  const external = (entries: Readonly<Record<string, string>>) =>
    changed((graph) => {
      graph.initializer = [
        create(TensorProtoSchema, {
          name: 'w',
          dims: [3n, 4n],
          dataType: 1,
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: Object.entries(entries).map(([key, value]) =>
            create(StringStringEntryProtoSchema, { key, value }),
          ),
        }),
      ];
    });

  test.each([
    ['/etc/passwd'],
    ['../secret.bin'],
    ['inner/../../secret.bin'],
    ['..'],
    ['.'],
    [''],
    ['folder'],
    ['missing.bin'],
    ['short.bin'],
    ['a\0b'],
    ['x'.repeat(5000)],
    ['link.bin'],
  ])('at %j are not read', async (location) => {
    const root = await scratchFolder();
    const folder = join(root, 'models');
    await mkdir(join(folder, 'folder'), { recursive: true });
    await writeFile(join(root, 'secret.bin'), new Uint8Array(48));
    await writeFile(join(folder, 'short.bin'), new Uint8Array(40));
    await symlink('../secret.bin', join(folder, 'link.bin'));
    expect(await readAt(join(folder, 'x.onnx'), external({ location }), location)).not.toBeNull();
  });

  test.each([
    '-1',
    '1.5',
    '1e3',
    'NaN',
    'x',
    '-9223372036854775808',
    '9007199254740993',
    '99999999999999999999',
    'Infinity',
    '0x10',
    ' ',
  ])('from byte %j on are not read', async (offset) => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'w.bin'), new Uint8Array(5000));
    expect(
      await readAt(join(folder, 'x.onnx'), external({ location: 'w.bin', offset }), offset),
    ).not.toBeNull();
  });

  test('are read where all is well', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'w.bin'), new Uint8Array(5000));
    expect(
      await readAt(
        join(folder, 'x.onnx'),
        external({ location: 'w.bin', offset: '4096', length: '48' }),
        'sound',
      ),
    ).toBeNull();
  });
});

describe('graphs', () => {
  test.each<[string, SmallModel]>([
    [
      'two nodes that need each other',
      small({ outputs: ['b'] }, [node('Add', ['y', 'b'], ['a']), node('Add', ['a', 'y'], ['b'])]),
    ],
    ['a node that needs itself', small({ outputs: ['a'] }, [node('Add', ['a', 'y'], ['a'])])],
    [
      'views that need each other',
      small({ outputs: ['a'] }, [
        node('Identity', ['b'], ['a']),
        node('Identity', ['a'], ['b']),
        node('MatMul', ['x', 'b'], ['c']),
      ]),
    ],
    ['an input that is nowhere', small({ outputs: ['a'] }, [node('Add', ['y', 'nowhere'], ['a'])])],
    ['an output that is nowhere', small({ outputs: ['nowhere'] })],
    ['no output', small({ outputs: [] })],
    ['an output without a name', small({ outputs: [''] })],
    ['an operator without inputs', small({ outputs: ['a'] }, [node('Add', [], ['a'])])],
    ['a required input left out', small({ outputs: ['a'] }, [node('Add', ['', 'y'], ['a'])])],
    ['shapes that do not fit', small({ outputs: ['a'] }, [node('MatMul', ['y', 'w'], ['a'])])],
    ['an operator of no set', small({ outputs: ['a'] }, [node('constructor', ['y'], ['a'])])],
    ['an operator named __proto__', small({ outputs: ['a'] }, [node('__proto__', ['y'], ['a'])])],
    ['inputs of 2^40 elements', small({ inputs: { x: { dtype: 'float32', shape: [2 ** 40, 3] } } })],
    ['inputs of -1 rows', small({ inputs: { x: { dtype: 'float32', shape: [-1, 3] } } })],
    ['inputs of 2^60 rows', small({ inputs: { x: { dtype: 'float32', shape: [2 ** 60, 3] } } })],
  ])('with %s are refused', async (how, model) => {
    expect(await read(modelBytes(model), how)).not.toBeNull();
  });

  test('whose names are those of prototypes are read as any others', async () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      await read(
        modelBytes({
          nodes: [node('MatMul', [name, 'w'], ['y'])],
          inputs: { [name]: { dtype: 'float32', shape: [2, 3] } },
          outputs: ['y'],
          initialisers: { w: floatTensor([3, 4]) },
        }),
        name,
      );
    const weights = (name: string) => {
      const bytes = changed((graph) => {
        (graph.initializer[0] as { name: string }).name = name;
        (graph.node[0] as { input: string[] }).input = ['x', name];
      });
      return read(bytes, `weight ${name}`);
    };
    for (const name of ['__proto__', 'constructor', 'prototype', '../../x', 'a/b', '']) await weights(name);
  });

  test.each<[string, SmallModel]>([
    [
      'ConstantOfShape',
      small({ outputs: ['z'], initialisers: { n: ints([2 ** 20, 2 ** 20]) } }, [
        node('ConstantOfShape', ['n'], ['c']),
        node('Add', ['y', 'c'], ['z']),
      ]),
    ],
    [
      'ConstantOfShape below zero',
      small({ outputs: ['z'], initialisers: { n: ints([-2]) } }, [
        node('ConstantOfShape', ['n'], ['c']),
        node('Add', ['y', 'c'], ['z']),
      ]),
    ],
    [
      'Range',
      small(
        { outputs: ['z'], initialisers: { a: ints([0], []), n: ints([2 ** 40], []), d: ints([1], []) } },
        [node('Range', ['a', 'n', 'd'], ['c']), node('Gather', ['y', 'c'], ['z'])],
      ),
    ],
    [
      'Range by steps of 0',
      small({ outputs: ['z'], initialisers: { a: ints([0], []), n: ints([5], []), d: ints([0], []) } }, [
        node('Range', ['a', 'n', 'd'], ['c']),
        node('Gather', ['y', 'c'], ['z']),
      ]),
    ],
    [
      'Slice by steps of 0',
      small({ outputs: ['z'], initialisers: { s: ints([0]), e: ints([2]), a: ints([0]), d: ints([0]) } }, [
        node('Slice', ['y', 's', 'e', 'a', 'd'], ['z']),
      ]),
    ],
    [
      'Expand and its sum',
      small({ outputs: ['z'], initialisers: { one: floatTensor([1]), n: ints([2 ** 20, 2 ** 20]) } }, [
        node('Expand', ['one', 'n'], ['c']),
        node('ReduceSum', ['c'], ['s'], { keepdims: 0 }),
        node('Add', ['y', 's'], ['z']),
      ]),
    ],
    [
      'Tile',
      small({ outputs: ['z'], initialisers: { n: ints([2 ** 31, 2 ** 31]) } }, [
        node('Tile', ['y', 'n'], ['z']),
      ]),
    ],
    [
      'Tile of known values',
      small({ outputs: ['z'], initialisers: { one: ints([1, 2]), n: ints([2 ** 40]) } }, [
        node('Tile', ['one', 'n'], ['c']),
        node('Gather', ['y', 'c'], ['z']),
      ]),
    ],
    [
      'Pad',
      small({ outputs: ['z'], initialisers: { n: ints([0, 2 ** 40, 0, 0]) } }, [
        node('Pad', ['y', 'n'], ['z'], { mode: 'edge' }),
      ]),
    ],
    [
      'Pad of known values',
      small({ outputs: ['z'], initialisers: { one: ints([1, 2]), n: ints([2 ** 40, 0]) } }, [
        node('Pad', ['one', 'n'], ['c']),
        node('Gather', ['y', 'c'], ['z']),
      ]),
    ],
    [
      'OneHot',
      small(
        { outputs: ['z'], initialisers: { i: ints([0, 1]), n: ints([2 ** 40], []), v: floatTensor([2]) } },
        [node('OneHot', ['i', 'n', 'v'], ['c']), node('Add', ['y', 'c'], ['z'])],
      ),
    ],
    [
      'EyeLike',
      small({ outputs: ['z'], initialisers: { n: ints([2 ** 20, 2 ** 20]), one: floatTensor([1]) } }, [
        node('Expand', ['one', 'n'], ['c']),
        node('EyeLike', ['c'], ['e']),
        node('Add', ['y', 'e'], ['z']),
      ]),
    ],
    [
      'Trilu',
      small({ outputs: ['z'], initialisers: { n: ints([2 ** 20, 2 ** 20]), one: floatTensor([1]) } }, [
        node('Expand', ['one', 'n'], ['c']),
        node('Trilu', ['c'], ['e']),
        node('Add', ['y', 'e'], ['z']),
      ]),
    ],
    [
      'Shape and Gather of the sum of an outer product',
      small(
        {
          outputs: ['z'],
          initialisers: { n: ints([2 ** 20, 1]), m: ints([1, 2 ** 20]), one: floatTensor([1]) },
        },
        [
          node('Expand', ['one', 'n'], ['c']),
          node('Expand', ['one', 'm'], ['d']),
          node('Mul', ['c', 'd'], ['e']),
          node('ReduceSum', ['e'], ['s'], { keepdims: 0 }),
          node('Add', ['y', 's'], ['z']),
        ],
      ),
    ],
    [
      'known integers that broadcast',
      small(
        {
          outputs: ['z'],
          initialisers: {
            a: ints(new Array(5000).fill(1), [5000, 1]),
            b: ints(new Array(5000).fill(1), [1, 5000]),
          },
        },
        [
          node('Add', ['a', 'b'], ['c']),
          node('ReduceSum', ['c'], ['s'], { keepdims: 0 }),
          node('Gather', ['y', 's'], ['z']),
        ],
      ),
    ],
  ])('that make much of little by %s are refused, or leave it to the runtime', async (how, model) => {
    await read(modelBytes(model), how);
  });

  test('that make a little again and again are refused once it is much', async () => {
    const count = 200;
    const nodes = Array.from({ length: count }, (_, i) => [
      node('ConstantOfShape', ['n'], [`c${i}`]),
      node('Add', [i === 0 ? 'start' : `s${i - 1}`, `c${i}`], [`s${i}`]),
    ]).flat();
    const model = small(
      { outputs: ['z'], initialisers: { n: ints([2 ** 10, 2 ** 11]), start: floatTensor([1]) } },
      [
        ...nodes,
        node('ReduceSum', [`s${count - 1}`], ['s'], { keepdims: 0 }),
        node('Add', ['y', 's'], ['z']),
      ],
    );
    const bytes = modelBytes(model);
    // What is made of shapes may be 2^26 elements of eight bytes, whatever the size of the file.
    const allowed = 2 ** 29 / bytes.length;
    const error = await readAt(join(await scratchFolder(), 'x.onnx'), bytes, 'again and again', allowed);
    expect(error?.message).toContain('expected constants of at most');
  });
});

describe('functions', () => {
  const called = (op: string, domain = 'own') =>
    create(NodeProtoSchema, { opType: op, domain, input: ['x'], output: ['y'] });
  const model = (functions: { name: string; calls: string[] }[], first: string) =>
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        opsetImport: [{ domain: '', version: 20n }],
        graph: { name: 'g', node: [called(first)], output: [{ name: 'y' }] },
        functions: functions.map(({ name, calls }) =>
          create(FunctionProtoSchema, {
            name,
            domain: 'own',
            input: ['x'],
            output: ['y'],
            node: calls.map((call) => called(call)),
          }),
        ),
      }),
    );

  test('that call themselves are refused', async () => {
    expect((await read(model([{ name: 'F', calls: ['F'] }], 'F'), 'itself'))?.message).toContain("'F'");
    expect(
      await read(
        model(
          [
            { name: 'F', calls: ['G'] },
            { name: 'G', calls: ['F'] },
          ],
          'F',
        ),
        'each other',
      ),
    ).not.toBeNull();
  });

  test('that call others twice, and those others again, are refused before they are written out', async () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `F${i}`,
      calls: i === 0 ? [] : [`F${i - 1}`, `F${i - 1}`],
    }));
    expect(await read(model(functions, 'F39'), 'doubling')).not.toBeNull();
  });
});

test.each([20, 60])('branches within branches, %i deep, are read or refused', async (depth) => {
  let graph: SmallModel = { nodes: [node('Identity', ['y'], ['z'])], inputs: {}, outputs: ['z'] };
  const other = { graph };
  for (let level = 0; level < depth; level++)
    graph = { ...graph, nodes: [node('If', ['yes'], ['z'], { then_branch: { graph }, else_branch: other })] };
  const [branch] = graph.nodes as [SmallNode];
  const bytes = modelBytes(small({ outputs: ['z'], initialisers: { yes: bools([1], []) } }, [branch]));
  expect((await read(bytes, `${depth} branches`)) === null).toBe(depth === 20);
});

test('messages within messages are refused before the stack ends', async () => {
  // Field 6 of an attribute is a graph, field 1 of a graph a node, field 5 of a node an attribute.
  const fields = [6, 1, 5].map((field) => (field << 3) | 2);
  let inner: Uint8Array = new Uint8Array(0);
  for (let depth = 0; depth < 5000; depth++)
    inner = joined(Uint8Array.of(fields[depth % 3] as number), varint(BigInt(inner.length)), inner);
  const bytes = joined(Uint8Array.of((7 << 3) | 2), varint(BigInt(inner.length)), inner);
  expect(await read(bytes, 'deep messages')).not.toBeNull();
});

test('an attribute of another type than the operator expects', async () => {
  const types = AttributeProto_AttributeType;
  for (const attribute of [
    { name: 'transA', type: types.STRING, s: new Uint8Array([0xff, 0xfe]) },
    { name: 'transA', type: types.INT, i: 2n ** 62n },
    { name: 'alpha', type: types.FLOAT, f: Number.NaN },
    { name: 'transB', type: types.INTS, ints: [1n] },
  ]) {
    const bytes = changed((graph) => {
      const [first] = graph.node as [NodeProto];
      first.opType = 'Gemm';
      first.attribute = [create(AttributeProtoSchema, attribute)];
    });
    await read(bytes, attribute.name);
  }
});
