import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { readSafetensors, SafetensorsFile, writeSafetensors } from '../../../src/tensor/files/safetensors.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';

/** Written by the reference library: oracle/make_safetensors_fixture.py. */
const FIXTURE = new URL('../../fixtures/python.safetensors', import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file with this header text, whatever it says, and so many zero bytes of data. */
async function crafted(
  name: string,
  header: string,
  dataBytes: number,
  declaredLength?: bigint,
): Promise<string> {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declaredLength ?? BigInt(json.length));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}

async function refusal(action: () => Promise<unknown>): Promise<string> {
  const error = await action().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe("a file of Python's safetensors", () => {
  it('is read value by value', async () => {
    const file = await SafetensorsFile.open(FIXTURE);
    const tensors = new Map<string, HostTensor>();
    for (const name of ['layer.weight', 'double', 'ids', 'mask', 'scalar', 'empty']) {
      tensors.set(name, await file.read(name));
    }
    await file.close();
    expect(file.metadata).toEqual({ format: 'pt', 'made by': 'oracle/make_safetensors_fixture.py' });
    expect(tensors.get('layer.weight')).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      data: new Float32Array([1.5, -2.25, 3, 1e-38, 3.4028234663852886e38, 0.1]),
    });
    expect(tensors.get('double')!.data).toEqual(new Float64Array([0.1, -1e300, 5e-324]));
    expect(tensors.get('ids')!.data).toEqual(new BigInt64Array([1n, -1n, 2n ** 62n + 1n, -(2n ** 63n)]));
    expect(tensors.get('mask')).toEqual({ dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) });
    expect(tensors.get('scalar')).toEqual({ dtype: 'float32', shape: [], data: new Float32Array([7.5]) });
    expect(tensors.get('empty')).toEqual({ dtype: 'float32', shape: [0, 4], data: new Float32Array(0) });
  });

  it('widens F16 and BF16 to float32 exactly, subnormals, infinities and NaN included', async () => {
    const file = await SafetensorsFile.open(FIXTURE);
    const half = await file.read('half');
    const specials = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 3 * 2 ** -24, Infinity, -Infinity, NaN];
    expect(half).toEqual({ dtype: 'float32', shape: [11], data: new Float32Array(specials) });
    const brain = await file.read('brain');
    const values = [1, -3.140625, 3.3895313892515355e38, 2 ** -133, Infinity, NaN];
    expect(brain).toEqual({ dtype: 'float32', shape: [6], data: new Float32Array(values) });
    await file.close();
  });

  it('lists a tensor of a type that hesscope does not know, and refuses to read it by name', async () => {
    const file = await SafetensorsFile.open(FIXTURE);
    expect(file.entries.get('small')).toMatchObject({ storedDtype: 'I16', shape: [3], byteLength: 6 });
    expect(await refusal(() => file.read('small'))).toMatch(
      /python\.safetensors: tensor "small": .*found I16/,
    );
    expect(await refusal(() => file.read('layer'))).toContain('expected a tensor "layer", found "');
    await file.close();
  });
});

describe('a file that hesscope wrote', () => {
  const tensors = new Map<string, HostTensor>([
    ['flag', { dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) }],
    // A view into a larger buffer: only its own elements may be written.
    ['w', { dtype: 'float32', shape: [2, 2], data: new Float32Array([9, 1, 2, 3, 4, 9]).subarray(1, 5) }],
    ['ids', { dtype: 'int64', shape: [2], data: new BigInt64Array([-5n, 7n]) }],
    ['d', { dtype: 'float64', shape: [], data: new Float64Array([Math.PI]) }],
    ['näme "quoted"', { dtype: 'float32', shape: [0], data: new Float32Array(0) }],
  ]);

  it('comes back unchanged, each tensor in a buffer of its own', async () => {
    const path = join(folder, 'round.safetensors');
    await writeSafetensors(path, tensors, { step: '12' });
    const back = await readSafetensors(path);
    expect(back.metadata).toEqual({ step: '12' });
    expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, tensor] of tensors) {
      const found = back.tensors.get(name)!;
      expect(found.dtype).toBe(tensor.dtype);
      expect(found.shape).toEqual(tensor.shape);
      expect([...found.data]).toEqual([...tensor.data]);
      expect(found.data.byteOffset).toBe(0);
      expect(found.data.buffer.byteLength).toBe(found.data.byteLength);
    }
  });

  it('has its data at a multiple of 64 bytes and every tensor aligned to its elements', async () => {
    const path = join(folder, 'aligned.safetensors');
    await writeSafetensors(path, tensors);
    const bytes = await readFile(path);
    const dataStart = 8 + Number(bytes.readBigUInt64LE());
    expect(dataStart % 64).toBe(0);
    const file = await SafetensorsFile.open(path);
    for (const { name, byteOffset } of file.entries.values()) {
      expect(byteOffset % tensors.get(name)!.data.BYTES_PER_ELEMENT).toBe(0);
    }
    await file.close();
  });

  it('replaces an older file and leaves nothing beside it', async () => {
    const place = await mkdtemp(join(folder, 'place-'));
    const path = join(place, 'state.safetensors');
    await writeSafetensors(path, [['a', { dtype: 'float32', shape: [1], data: new Float32Array([1]) }]]);
    await writeSafetensors(path, [['b', { dtype: 'float32', shape: [1], data: new Float32Array([2]) }]]);
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual(['b']);
    expect(await readdir(place)).toEqual(['state.safetensors']);
  });

  it('is not begun when names clash, are refused, or data do not fit their type', async () => {
    const path = join(folder, 'never.safetensors');
    const scalar: HostTensor = { dtype: 'float32', shape: [], data: new Float32Array(1) };
    const twice = [['a', scalar] as const, ['a', scalar] as const];
    expect(await refusal(() => writeSafetensors(path, twice))).toContain('two tensors are named "a"');
    expect(await refusal(() => writeSafetensors(path, [['__proto__', scalar]]))).toContain(
      '"__proto__" is refused',
    );
    expect(await refusal(() => writeSafetensors(path, [['__metadata__', scalar]]))).toContain('__metadata__');
    await expect(writeSafetensors(path, [['a', { ...scalar, shape: [2] }]])).rejects.toThrow(
      'holds a Float32Array of 1',
    );
    await expect(writeSafetensors(path, [['a', { ...scalar, dtype: 'float64' }]])).rejects.toThrow(
      'declared float64[]',
    );
    expect(await refusal(() => writeSafetensors(join(folder, 'no', 'x'), [['a', scalar]]))).toContain(
      'cannot write',
    );
    expect(await readdir(folder)).not.toContain('never.safetensors');
  });
});

describe('a damaged or hostile file', () => {
  const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`) =>
    `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;

  it.each<[string, string, number, RegExp]>([
    ['overlap', `{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12, /tensor "b" overlaps/],
    ['hole', `{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12, /tensor "b" leaves a hole/],
    [
      'cut-short',
      `{"a":${entry(0, 4)},"b":${entry(4, 12)}}`,
      8,
      /tensor "b" ends at byte \d+, but the file has/,
    ],
    ['trailing', `{"a":${entry(0, 4)}}`, 8, /tensors end at byte \d+, but the file has/],
    ['shape', `{"a":${entry(0, 8, '[3]')}}`, 8, /tensor "a": expected 12 bytes for F32\[3\], found 8/],
    ['negative', `{"a":${entry(0, 8, '[-2]')}}`, 8, /tensor "a": expected a shape/],
    ['overflow', `{"a":${entry(0, 8, '[4294967296,4294967296]')}}`, 8, /tensor "a": expected a shape/],
    ['backwards', `{"a":${entry(8, 0, '[0]')}}`, 8, /begin <= end/],
    ['duplicate', `{"a":${entry(0, 4)},"b":${entry(4, 8)},"\\u0061" :${entry(0, 4)}}`, 8, /"a" stands twice/],
    [
      'inner-duplicate',
      `{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
      4,
      /"dtype" stands twice/,
    ],
    ['proto', `{"__proto__":${entry(0, 4)}}`, 4, /"__proto__" is refused/],
    ['meta-proto', `{"__metadata__":{"__proto__":"x"},"a":${entry(0, 4)}}`, 4, /"__proto__" is refused/],
    ['meta-number', `{"__metadata__":{"step":3},"a":${entry(0, 4)}}`, 4, /"step" to be a string, found 3/],
    ['not-json', `{"a":`, 4, /does not parse/],
    ['array', '[1,2]', 0, /expected a JSON object/],
    ['no-fields', '{"a":{}}', 0, /tensor "a": expected a dtype/],
  ])('is refused with its name: %s', async (name, header, dataBytes, message) => {
    const path = await crafted(`${name}.safetensors`, header, dataBytes);
    const text = await refusal(() => SafetensorsFile.open(path));
    expect(text).toMatch(message);
    expect(text).toContain(path);
  });

  it('is refused before memory is taken when it declares an absurd header length', async () => {
    for (const length of [2n ** 63n, 10n ** 9n, 0n, 64n]) {
      const path = await crafted('absurd.safetensors', '{}', 0, length);
      expect(await refusal(() => SafetensorsFile.open(path))).toContain(`declared length of ${length}`);
    }
  });

  it('is refused when it is missing, a folder, too short, or holds other bytes', async () => {
    expect(await refusal(() => SafetensorsFile.open(join(folder, 'missing')))).toContain('no such file');
    expect(await refusal(() => SafetensorsFile.open(folder))).toMatch(/something else|EISDIR/);
    const path = join(folder, 'short');
    await writeFile(path, 'abc');
    expect(await refusal(() => SafetensorsFile.open(path))).toContain('found only 3 bytes');
    const bool = await crafted('bool', '{"m":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', 1);
    const bytes = await readFile(bool);
    bytes[bytes.length - 1] = 2;
    await writeFile(bool, bytes);
    expect(await refusal(() => readSafetensors(bool))).toContain('tensor "m": expected BOOL bytes');
  });

  it('does not mistake a colon or brace inside a name for structure', async () => {
    const path = await crafted(
      'odd.safetensors',
      `{"a\\":{":${entry(0, 4)},"a":${entry(4, 8)},"dtype":${entry(8, 8)}}`,
      8,
    );
    const file = await SafetensorsFile.open(path);
    expect([...file.entries.keys()]).toEqual(['a":{', 'a', 'dtype']);
    await file.close();
  });
});
