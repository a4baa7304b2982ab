/**
 * Random graphs for fast-check, made so that every value is exact: inputs are small integers, divisors powers of two,
 * and the number of bits of a value is tracked and kept below 50. Two graphs that are equal then agree to the last bit.
 */
import fc from 'fast-check';
import { type Graph, graphOf, type Node } from '../../../src/tensor/graph/node.ts';
import { type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import { literalBuilder } from '../../../src/tensor/ops/index.ts';
import type { OpBuilder } from '../../../src/tensor/ops/syntax.ts';
import { float64 } from '../evaluate.ts';

interface Value {
  readonly node: Node;
  /** Bits before and after the point that its elements may need. */
  readonly bits: number;
}

interface Step {
  readonly kind: keyof typeof STEPS;
  readonly first: number;
  readonly second: number;
  readonly choice: number;
}

const INPUT_SHAPES: Readonly<Record<string, readonly number[]>> = {
  x: [2, 3],
  y: [3],
  z: [2, 1],
  s: [],
  m: [3, 3],
};
const INPUT_BITS = 2;
const MOST_BITS = 50;
const MOST_ELEMENTS = 200;

const pickFrom = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

type Build = (b: OpBuilder, first: Value, second: Value, choice: number) => Value;

const elementwise =
  (op: string): Build =>
  (b, first, second) => ({
    node: b.apply(op, [first.node, second.node]),
    bits: op === 'mul' ? first.bits + second.bits : Math.max(first.bits, second.bits) + 1,
  });

const STEPS = {
  add: elementwise('add'),
  sub: elementwise('sub'),
  mul: elementwise('mul'),
  maximum: elementwise('maximum'),
  minimum: elementwise('minimum'),
  scaled: (b, first, _, choice) => ({
    node: b.mul(first.node, pickFrom([0, 1, -1, 2], choice)),
    bits: first.bits + 1,
  }),
  shifted: (b, first, _, choice) => ({
    node: b.add(pickFrom([0, 1], choice), first.node),
    bits: first.bits + 1,
  }),
  divided: (b, first, _, choice) => ({
    node: b.div(first.node, pickFrom([1, 2], choice)),
    bits: first.bits + 1,
  }),
  neg: (b, first) => ({ node: b.neg(first.node), bits: first.bits }),
  constant: (b, _, __, choice) => ({ node: b.scalar(pickFrom([0, 1, -1, 3], choice), 'float64'), bits: 2 }),
  vector: (b, _, __, choice) => ({ node: b.constant(float64([1, choice % 4, -2])), bits: 2 }),
  cast: (b, first) => ({ node: b.cast(first.node, 'float64'), bits: first.bits }),
  reshape: (b, first, _, choice) => {
    const { shape } = first.node.type;
    const size = sizeOf(shape);
    return {
      node: b.reshape(first.node, pickFrom([shape, [size], [1, size], [size, 1]], choice)),
      bits: first.bits,
    };
  },
  broadcast: (b, first, _, choice) => {
    const { shape } = first.node.type;
    return { node: b.broadcast(first.node, pickFrom([shape, [2, ...shape]], choice)), bits: first.bits };
  },
  transpose: (b, first, _, choice) => {
    const axes = first.node.type.shape.map((_extent, axis) => axis);
    const orders = [axes, axes.toReversed(), [...axes.slice(1), ...axes.slice(0, 1)]];
    return { node: b.transpose(first.node, pickFrom(orders, choice)), bits: first.bits };
  },
  slice: (b, first, _, choice) => ({
    node: b.sliceAxis(first.node, 0, 0, 1 + (choice % 3)),
    bits: first.bits,
  }),
  pad: (b, first, _, choice) => {
    const widths = first.node.type.shape.map(() => choice % 2);
    return { node: b.pad(first.node, widths, widths), bits: first.bits };
  },
  concat: (b, first, _, choice) => ({
    node: b.concat(choice % 2 === 0 ? [first.node] : [first.node, first.node], 0),
    bits: first.bits,
  }),
  reduceSum: (b, first, _, choice) => ({
    node: b.reduceSum(first.node, pickFrom([[], [0], [-1]], choice), choice % 2 === 0),
    bits: first.bits + Math.ceil(Math.log2(sizeOf(first.node.type.shape) + 1)),
  }),
  matmul: (b, first, second, choice) => ({
    node: b.matmul(first.node, second.node, choice % 2 === 0, choice % 3 === 0),
    bits: first.bits + second.bits + 8,
  }),
} satisfies Record<string, Build>;

/** A graph of up to 16 operations whose last three values are the outputs. */
export const randomGraph: fc.Arbitrary<Graph> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[])),
      first: fc.nat(1000),
      second: fc.nat(1000),
      choice: fc.nat(11),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map(buildGraph);

/** Feeds for the inputs of random graphs, integers from -3 to 3. */
export const randomFeeds: fc.Arbitrary<Record<string, HostTensor>> = fc.record(
  Object.fromEntries(
    Object.entries(INPUT_SHAPES).map(([name, shape]) => {
      const size = sizeOf(shape);
      const elements = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: size, maxLength: size });
      return [name, elements.map((values) => float64(values, shape))];
    }),
  ),
);

function buildGraph(steps: readonly Step[]): Graph {
  const b = literalBuilder();
  const inputs = Object.entries(INPUT_SHAPES).map(([name, shape]) =>
    b.input(name, { dtype: 'float64', shape }),
  );
  const values: Value[] = inputs.map((node) => ({ node, bits: INPUT_BITS }));
  for (const step of steps) {
    const value = tryStep(b, values, step);
    if (value && value.bits <= MOST_BITS && sizeOf(value.node.type.shape) <= MOST_ELEMENTS)
      values.push(value);
  }
  const outputs = values.slice(-3).map(({ node }, index) => ({ name: `y${index}`, node }));
  return graphOf('random', inputs, outputs);
}

/** Applies a step, or gives null where the shapes do not fit it. */
function tryStep(b: OpBuilder, values: readonly Value[], step: Step): Value | null {
  // Recent values are chosen more often than not, so that operations stack.
  const recent = values.slice(-4);
  try {
    return STEPS[step.kind](b, pickFrom(recent, step.first), pickFrom(values, step.second), step.choice);
  } catch {
    return null;
  }
}
