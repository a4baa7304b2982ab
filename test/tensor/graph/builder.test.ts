import { describe, expect, it } from 'vitest';
import { literalBuilder, newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers } from '../evaluate.ts';

const matrix = (rows: number, columns: number) => ({ dtype: 'float64', shape: [rows, columns] }) as const;

describe('the builder checks shapes while it builds', () => {
  const b = newBuilder();
  const x = b.input('x', matrix(2, 3));
  const single = b.input('single', { dtype: 'float32', shape: [2, 3] });
  const ids = b.input('ids', { dtype: 'int64', shape: [4] });

  it.each([
    [
      'an inner extent',
      () => b.matmul(x, x),
      /\[\.\., m, k\] x \[\.\., k, n\].*float64\[2, 3\] and float64\[2, 3\]/,
    ],
    [
      'an extent that does not broadcast',
      () => b.add(x, b.input('y', matrix(2, 4))),
      /add: expected shapes that broadcast, found \[2, 3\] and \[2, 4\].*axis 1/,
    ],
    [
      'two element types',
      () => b.mul(x, single),
      /mul: expected one element type, found float64\[2, 3\] and float32\[2, 3\]/,
    ],
    [
      'an integer where a float is due',
      () => b.exp(ids),
      /exp: expected a floating-point tensor, found int64\[4\]/,
    ],
    [
      'another number of elements',
      () => b.reshape(x, [5]),
      /reshape: expected a shape of 6 elements for float64\[2, 3\], found \[5\]/,
    ],
    [
      'floats as ids',
      () => b.gather(x, x),
      /gather: expected a table with rows and int64 ids, found float64\[2, 3\] and float64\[2, 3\]/,
    ],
    ['an axis beyond the rank', () => b.reduceSum(x, [2]), /expected an axis from -2 to 1, found 2/],
    [
      'a part beyond the tensor',
      () => b.sliceAxis(x, 1, 1, 4),
      /slice: expected bounds within float64\[2, 3\], found \[0, 1\] to \[2, 4\]/,
    ],
    [
      'a shape that does not repeat',
      () => b.broadcast(x, [2, 4]),
      /expected shapes that broadcast, found \[2, 3\] and \[2, 4\]/,
    ],
    [
      'an unknown operation',
      () => b.apply('tnah', [x]),
      /expected an operation of the registry, found 'tnah'/,
    ],
    [
      'two numbers and no tensor',
      () => b.add(1, 2),
      /expected at least one tensor argument, found two numbers/,
    ],
    [
      'too few values of a constant',
      () => b.constant({ dtype: 'float64', shape: [3], data: Float64Array.of(1) }),
      /constant of type float64\[3\] needs 3 values, found 1/,
    ],
  ] as const)('%s: says what was expected and found', (_, build, message) => {
    expect(build).toThrow(message);
  });

  it('refuses a second input of the same name and another type', () => {
    expect(b.input('x', matrix(2, 3))).toBe(x);
    expect(() => b.input('x', matrix(3, 2))).toThrow(
      "input 'x' was declared as float64[2, 3], found float64[3, 2]; give it another name",
    );
  });

  it('gives fresh inputs names that are free', () => {
    const own = newBuilder();
    const taken = own.input('tangent.1', matrix(1, 1));
    const fresh = own.freshInput('tangent', matrix(1, 1));
    expect(fresh).not.toBe(taken);
    expect(own.freshInput('tangent', matrix(1, 1))).not.toBe(fresh);
  });
});

describe('hash-consing', () => {
  it('gives equal applications one node', () => {
    const b = literalBuilder();
    const x = b.input('x', matrix(2, 3));
    expect(b.exp(x)).toBe(b.exp(x));
    expect(b.reshape(x, [6])).toBe(b.reshape(x, [6]));
    expect(b.reshape(x, [6])).not.toBe(b.reshape(x, [3, 2]));
    expect(b.sub(x, b.exp(x))).not.toBe(b.sub(b.exp(x), x));
    expect(b.gelu(x, 'none')).not.toBe(b.gelu(x, 'tanh'));
  });

  it('gives equal small constants one node, of each element type its own', () => {
    const b = literalBuilder();
    expect(b.scalar(2, 'float64')).toBe(b.scalar(2, 'float64'));
    expect(b.scalar(2, 'float64')).not.toBe(b.scalar(2, 'float32'));
    expect(b.integers([1, 2])).toBe(b.integers([1, 2]));
    const large = () => b.integers(Array.from({ length: 65 }, (_, i) => i));
    // Comparing large constants would cost more than it saves.
    expect(large()).not.toBe(large());
  });

  it('tells -0 from 0, which divide differently', async () => {
    const b = literalBuilder();
    const x = b.input('x', { dtype: 'float64', shape: [1] });
    const [plus, minus] = [b.scalar(0, 'float64'), b.scalar(-0, 'float64')];
    expect(plus).not.toBe(minus);
    const [up, down] = await evaluate([b.div(x, plus), b.div(x, minus)], { x: float64([1]) });
    expect([...numbers(up), ...numbers(down)]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});
