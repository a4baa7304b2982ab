import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import { decodeOnnx } from '../../../../src/tensor/onnx/import/decode.ts';
import { filesBeside, readOnnxFile } from '../../../../src/tensor/onnx/import/read-file.ts';
import { storedTensor } from '../../../../src/tensor/onnx/import/tensor-values.ts';
import { numbers } from '../../evaluate.ts';
import { floats, modelBytes } from './small-models.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hesscope-onnx-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (array: ArrayBufferView) =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength).slice();
const tensor = (fields: Partial<TensorProto>) =>
  create(TensorProtoSchema, { name: 'w', dims: [2n], ...(fields as object) });

describe('values of a tensor', () => {
  // Bit patterns from the definitions of the formats: 1.5 and -2 in half precision, 1.5 and -2 in bfloat16.
  it.each([
    ['float32', 1, bytesOf(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['float64', 11, bytesOf(Float64Array.of(1.1, -2)), [1.1, -2]],
    ['half', 10, bytesOf(Uint16Array.of(0x3e00, 0xc000)), [1.5, -2]],
    ['bfloat16', 16, bytesOf(Uint16Array.of(0x3fc0, 0xc000)), [1.5, -2]],
    ['int8', 3, Uint8Array.of(0xff, 5), [-1, 5]],
    ['uint8', 2, Uint8Array.of(0xff, 5), [255, 5]],
    ['int32', 6, bytesOf(Int32Array.of(-7, 2 ** 30)), [-7, 2 ** 30]],
    ['int64', 7, bytesOf(BigInt64Array.of(-7n, 2n ** 40n)), [-7, 2 ** 40]],
    ['bool', 9, Uint8Array.of(1, 0), [1, 0]],
  ])('in raw bytes: %s', (_, dataType, rawData, expected) => {
    expect(
      numbers(storedTensor(tensor({ dataType, rawData: rawData as TensorProto['rawData'] }), null).read()),
    ).toEqual(expected);
  });

  it.each([
    ['float_data', { dataType: 1, floatData: [1.5, -2] }, [1.5, -2]],
    ['double_data', { dataType: 11, doubleData: [1.1, -2] }, [1.1, -2]],
    ['int64_data', { dataType: 7, int64Data: [3n, -4n] }, [3, -4]],
    ['int32_data for bools', { dataType: 9, int32Data: [1, 0] }, [1, 0]],
    ['int32_data for half floats', { dataType: 10, int32Data: [0x3e00, 0xc000] }, [1.5, -2]],
  ])('in typed fields: %s', (_, fields, expected) => {
    expect(numbers(storedTensor(tensor(fields as unknown as Partial<TensorProto>), null).read())).toEqual(
      expected,
    );
  });

  it('are refused where they do not fill the shape or are of no numeric type', () => {
    expect(() =>
      storedTensor(tensor({ dataType: 1, rawData: bytesOf(Float32Array.of(1)) }), null).read(),
    ).toThrow(/expected 8 bytes.*found 4/);
    expect(() => storedTensor(tensor({ dataType: 8 }), null)).toThrow(
      /'w': expected floating-point.*element type 8/,
    );
  });
});

describe('external data', () => {
  const external = (entries: Record<string, string>) =>
    tensor({
      dataType: 1,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
    });

  it('is read from its own range of the file beside', () => {
    writeFileSync(join(folder, 'weights.bin'), bytesOf(Float32Array.of(9, 9, 1.5, -2, 9)));
    const stored = storedTensor(
      external({ location: 'weights.bin', offset: '8', length: '8' }),
      filesBeside(join(folder, 'm.onnx')),
    );
    expect(numbers(stored.read())).toEqual([1.5, -2]);
  });

  it('beyond 2 GiB into a file is read without reading what is before it', async () => {
    const path = join(folder, 'large.bin');
    const { open } = await import('node:fs/promises');
    const file = await open(path, 'w');
    const offset = 3 * 2 ** 30;
    await file.write(bytesOf(Float32Array.of(2.5, 4)), 0, 8, offset);
    await file.close();
    const stored = storedTensor(
      external({ location: 'large.bin', offset: String(offset) }),
      filesBeside(join(folder, 'm.onnx')),
    );
    expect(numbers(stored.read())).toEqual([2.5, 4]);
  });

  it('that is missing, cut off or elsewhere is refused', () => {
    const read = (entries: Record<string, string>) =>
      storedTensor(external(entries), filesBeside(join(folder, 'm.onnx'))).read();
    expect(() => read({ location: 'none.bin' })).toThrow(/does not exist/);
    expect(() => read({ location: 'weights.bin', offset: '16' })).toThrow(/cut off/);
    expect(() => read({ location: '../secrets.bin' })).toThrow(/beside the ONNX file/);
    expect(() => read({ location: '/etc/passwd' })).toThrow(/beside the ONNX file/);
  });
});

describe('a file', () => {
  const model = {
    nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    inputs: { x: { dtype: 'float32', shape: ['batch', 2] } },
    outputs: ['y'],
  } as const;

  it('tells inputs from initialisers and keeps the names of open extents', () => {
    const path = join(folder, 'small.onnx');
    writeFileSync(
      path,
      modelBytes({
        ...model,
        nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
        initialisers: { w: floats([1, 2]) },
      }),
    );
    const decoded = readOnnxFile(path);
    expect(decoded.inputs).toEqual([{ name: 'x', dtype: 'float32', dims: ['batch', 2] }]);
    expect([...decoded.initialisers.keys()]).toEqual(['w']);
    expect(decoded.opsets.get('')).toBe(20);
  });

  it('that is none is refused as a mistake of the user', () => {
    for (const bytes of [Uint8Array.of(1, 2, 3), new Uint8Array(0), new TextEncoder().encode('hello')])
      expect(() => decodeOnnx(bytes)).toThrow(UserError);
    expect(() => readOnnxFile(join(folder, 'absent.onnx'))).toThrow(/Cannot read/);
  });

  it('has its local functions written out, attributes passed on', () => {
    const proto = fromBinary(
      ModelProtoSchema,
      modelBytes({
        ...model,
        nodes: [
          {
            op: 'Twice',
            domain: 'mine',
            inputs: ['x'],
            outputs: ['y'],
            attributes: { slope: { float: 0.25 } },
            name: 'call',
          },
        ],
      }),
    );
    const leaky = (input: string, output: string) =>
      create(NodeProtoSchema, {
        opType: 'LeakyRelu',
        input: [input],
        output: [output],
        attribute: [create(AttributeProtoSchema, { name: 'alpha', refAttrName: 'slope' })],
      });
    proto.functions.push(
      create(FunctionProtoSchema, {
        domain: 'mine',
        name: 'Twice',
        input: ['a'],
        output: ['c'],
        attribute: ['slope'],
        node: [leaky('a', 'b'), leaky('b', 'c')],
      }),
    );
    const { nodes } = decodeOnnx(toBinary(ModelProtoSchema, proto));
    expect(nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
      ['LeakyRelu', ['x'], ['call/b']],
      ['LeakyRelu', ['call/b'], ['y']],
    ]);
    expect(nodes.map((node) => node.float('alpha', 0))).toEqual([0.25, 0.25]);
  });
});
