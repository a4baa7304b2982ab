/** Every operator that is imported, with attributes, inputs and constants that it was not made for. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { type HostTensor, sizeOf } from '../../src/tensor/graph/type.ts';
import { convertGraph } from '../../src/tensor/onnx/import/convert.ts';
import { decodeOnnx } from '../../src/tensor/onnx/import/decode.ts';
import { newBuilder } from '../../src/tensor/ops/index.ts';
import { modelOf, OPERATOR_CASES, type OperatorCase } from '../tensor/onnx/import/operator-cases.ts';
import { type AttributeValue, bools, floats, ints } from '../tensor/onnx/import/small-models.ts';
import { fuzz, readsSoundly } from './reading.ts';
import { RUNS } from './settings.ts';

const NUMBERS = [
  0,
  1,
  -1,
  2,
  3,
  7,
  -5,
  255,
  65_536,
  2 ** 20,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  2 ** 53,
  2 ** 62,
  -(2 ** 62),
];

const numbers = fc.constantFrom(...NUMBERS);

const tensors: fc.Arbitrary<HostTensor> = fc.oneof(
  fc.array(numbers, { maxLength: 5 }).map((values) => ints(values)),
  numbers.map((value) => ints([value], [])),
  fc
    .array(fc.constantFrom(0, 1, -1, 0.5, 1e30, Number.NaN, Number.POSITIVE_INFINITY), { maxLength: 4 })
    .map((values) => floats(values)),
  fc.array(fc.nat(1), { maxLength: 4 }).map((values) => bools(values)),
  fc.array(fc.nat(3), { maxLength: 5 }).map((shape) => ints(new Array(sizeOf(shape)).fill(1), shape)),
  fc.array(fc.nat(3), { maxLength: 5 }).map((shape) => floats(new Array(sizeOf(shape)).fill(0.5), shape)),
);

const values: fc.Arbitrary<AttributeValue> = fc.oneof(
  numbers,
  fc.array(numbers, { maxLength: 6 }),
  fc.constantFrom(
    '',
    'constant',
    'reflect',
    'cubic',
    'linear',
    'SAME_UPPER',
    '__proto__',
    'i...j,jk->',
    ',,->',
    'ii->i',
    'a'.repeat(300),
  ),
  fc.constantFrom(0, -1, 1e30, Number.NaN, Number.POSITIVE_INFINITY).map((float) => ({ float })),
  tensors,
);

type Change = (given: OperatorCase) => OperatorCase;

const ATTRIBUTES = [...new Set(OPERATOR_CASES.flatMap(({ attributes = {} }) => Object.keys(attributes)))];

const withAttribute: fc.Arbitrary<Change> = fc
  .tuple(fc.option(fc.nat(20)), fc.constantFrom(...ATTRIBUTES), values)
  .map(([own, name, value]) => (given) => {
    const names = Object.keys(given.attributes ?? {});
    const key = own === null || names.length === 0 ? name : (names[own % names.length] as string);
    return { ...given, attributes: { ...given.attributes, [key]: value } };
  });

const withInput: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(5), fc.oneof(tensors, fc.constant(null)), fc.boolean())
  .map(([index, tensor, isStored]) => (given) => {
    const at = index % (given.inputs.length + 1);
    const inputs = [...given.inputs];
    inputs[at] = tensor;
    const constant = (given.constant ?? []).filter((place) => place !== at);
    return { ...given, inputs, constant: isStored ? [...constant, at] : constant };
  });

const withoutAttribute: fc.Arbitrary<Change> = fc.nat(20).map((index) => (given) => {
  const entries = Object.entries(given.attributes ?? {});
  return {
    ...given,
    attributes: Object.fromEntries(entries.filter((_, i) => i !== index % Math.max(1, entries.length))),
  };
});

const allStored: fc.Arbitrary<Change> = fc.constant((given) => ({
  ...given,
  constant: given.inputs.map((_, i) => i),
}));

const withOpset: fc.Arbitrary<Change> = fc
  .integer({ min: 1, max: 25 })
  .map((opset) => (given) => ({ ...given, opset }));

const withOutputs: fc.Arbitrary<Change> = fc
  .integer({ min: 1, max: 5 })
  .map((declaredOutputs) => (given) => ({
    ...given,
    declaredOutputs,
  }));

const cases = fc
  .tuple(
    fc.constantFrom(...OPERATOR_CASES),
    fc.array(
      fc.oneof(withAttribute, withInput, withInput, withoutAttribute, allStored, withOpset, withOutputs),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  )
  .map(([given, changes]) => changes.reduce((changed, change) => change(changed), given));

test('is converted or refused, in little time and memory', async () => {
  await fuzz(
    cases,
    async (given) => {
      const { bytes, names, feeds } = modelOf(given);
      const error = await readsSoundly({
        how: describe(given),
        // There is no file; an operator or a value is named.
        names: "'",
        fileBytes: bytes.length,
        // Constants may be made of shapes, up to 2^26 elements of eight bytes.
        multiple: 2 ** 29 / bytes.length,
        read: () => {
          const b = newBuilder();
          const nodes = Object.entries(feeds).map(
            ([name, { dtype, shape }]) => [name, b.input(name, { dtype, shape })] as const,
          );
          convertGraph(decodeOnnx(bytes), names, { b, dtype: 'float32', given: new Map(nodes) });
        },
      });
      // What a converter stumbles over is told by what it was given, not by the stumble.
      expect(error?.message ?? '').not.toMatch(
        /undefined|not iterable|is not a function|Invalid array length|\[object/,
      );
      expect(error === null || error instanceof UserError).toBe(true);
    },
    10 * RUNS,
  );
});

const describe = ({ op, inputs, attributes, constant, opset }: OperatorCase) =>
  `${op} of ${inputs.map((x) => (x ? `${x.dtype}[${x.shape}]` : 'none')).join(', ')} (constant: ${constant}) ${JSON.stringify(attributes, (_, x) => (typeof x === 'bigint' ? String(x) : x))} opset ${opset}`.slice(
    0,
    500,
  );
