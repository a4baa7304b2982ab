/** Convolutions of random sizes on ONNX Runtime against the reference, and what is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/random/stream.ts';
import { batchLinear } from '../../../src/tensor/autodiff/batch.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { graphOf, type Node } from '../../../src/tensor/graph/node.ts';
import { type FloatDType, type HostTensor, sizeOf } from '../../../src/tensor/graph/type.ts';
import { placesOf } from '../../../src/tensor/ops/define/window.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers, runGraph } from '../evaluate.ts';
import { relativeError, tensorOf } from './samples.ts';

const engine = onnxRuntimeEngine({ threads: 2 });

interface Sizes {
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly y: readonly number[];
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  low: fc.integer({ min: 0, max: 5 }),
  high: fc.integer({ min: 0, max: 5 }),
  /** Elements beyond the least that hold the window. */
  more: fc.integer({ min: 0, max: 16 }),
});

/** Sizes on both sides of every choice between forms: few channels or many, few places or many, stride 1 or more. */
const convolutions: fc.Arbitrary<Sizes> = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 7 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  })
  .map(({ n, groups, channels, outputs, axes }) => {
    const kernel = axes.map((a) => a.kernel);
    const extents = axes.map((a) => Math.max(1, (a.kernel - 1) * a.dilation + 1 - a.low - a.high) + a.more);
    const window = {
      strides: axes.map((a) => a.stride),
      low: axes.map((a) => a.low),
      high: axes.map((a) => a.high),
      dilations: axes.map((a) => a.dilation),
    };
    const places = placesOf('conv', extents, kernel, window);
    return {
      x: [n, groups * channels, ...extents],
      weight: [groups * outputs, channels, ...kernel],
      y: [n, groups * outputs, ...places],
      attributes: { ...window, groups },
    };
  });

const OPERATIONS = {
  conv: ({ x, weight, attributes }: Sizes) => ({ shapes: [x, weight], attributes }),
  convInputGradient: ({ x, y, weight, attributes }: Sizes) => ({
    shapes: [y, weight],
    attributes: { ...attributes, extents: x.slice(2) },
  }),
  convWeightGradient: ({ x, y, weight, attributes }: Sizes) => ({
    shapes: [x, y],
    attributes: { ...attributes, kernel: weight.slice(2) },
  }),
} as const;

function drawn(dtype: FloatDType, name: string, shape: readonly number[]): HostTensor {
  return tensorOf(dtype, shape, new RandomStream(5, name, ...shape).gaussian(sizeOf(shape)));
}

describe.each(Object.entries(OPERATIONS))('%s', (op, argumentsOf) => {
  it.each([
    // Sums of up to 3 x 400 products of normal numbers, relative to their largest: rounding below 30 units.
    { dtype: 'float64', tolerance: 1e-14 },
    { dtype: 'float32', tolerance: 5e-6 },
  ] as const)('of random sizes is right in $dtype', async ({ dtype, tolerance }) => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (sizes) => {
        const { shapes, attributes } = argumentsOf(sizes);
        const b = newBuilder();
        const feeds = {
          first: drawn(dtype, 'first', shapes[0] as readonly number[]),
          second: drawn(dtype, 'second', shapes[1] as readonly number[]),
        };
        const inputs = Object.entries(feeds).map(([name, value]) => b.input(name, value));
        const result = b.apply(op, inputs, attributes);
        const [found] = await evaluate([result], feeds, engine);
        const [expected] = await evaluate([result], feeds, interpreter);
        expect(found?.shape).toEqual(expected?.shape);
        expect(relativeError(found as HostTensor, expected as HostTensor)).toBeLessThan(tolerance);
      }),
      { numRuns: 60 },
    );
  });
});

it('a batch of images with a batch of weights is more groups', async () => {
  const size = 3;
  const b = newBuilder();
  const [x, weight] = [
    b.input('x', { dtype: 'float64', shape: [2, 4, 5, 5] }),
    b.input('weight', { dtype: 'float64', shape: [6, 2, 3, 2] }),
  ];
  const y = b.conv(x, weight, { groups: 2, stride: [2, 1], padding: 1 });
  const batched = batchLinear(graphOf('conv', [x, weight], [{ name: 'y', node: y }]), [x, weight], size);
  const stacked = {
    x: drawn('float64', 'x', [size, ...x.type.shape]),
    weight: drawn('float64', 'weight', [size, ...weight.type.shape]),
  };
  const [together] = await runGraph(batched, stacked);
  const alone = await Promise.all(
    Array.from({ length: size }, (_, i) => {
      const part = (tensor: HostTensor, node: Node) => {
        const length = sizeOf(node.type.shape);
        return float64((tensor.data as Float64Array).slice(i * length, (i + 1) * length), node.type.shape);
      };
      return evaluate([y], { x: part(stacked.x, x), weight: part(stacked.weight, weight) });
    }),
  );
  expect(numbers(together)).toEqual(alone.flatMap(([value]) => numbers(value)));
});

describe('refused with both sides named', () => {
  const image = { dtype: 'float32', shape: [2, 4, 5, 5] } as const;
  const kernel = { dtype: 'float32', shape: [6, 4, 3, 3] } as const;

  it('channels that do not fit', () => {
    const b = newBuilder();
    const [x, weight] = [b.input('x', image), b.input('w', { ...kernel, shape: [6, 3, 3, 3] })];
    expect(() => b.conv(x, weight)).toThrow(/float32\[2, 4, 5, 5\], float32\[6, 3, 3, 3\] and 1 groups/);
    expect(() => b.conv(x, b.input('v', kernel), { groups: 2 })).toThrow(/2 groups/);
  });

  it('a window larger than the padded image', () => {
    const b = newBuilder();
    const [x, weight] = [b.input('x', image), b.input('w', kernel)];
    expect(() => b.conv(x, weight, { dilation: 3 })).toThrow(/\[5, 5\], found one that spans \[7, 7\]/);
  });

  it('padding or strides that are not whole numbers for each axis', () => {
    const b = newBuilder();
    const [x, weight] = [b.input('x', image), b.input('w', kernel)];
    expect(() => b.conv(x, weight, { padding: -1 })).toThrow(/padding of at least 0/);
    expect(() => b.conv(x, weight, { stride: 0 })).toThrow(/strides and dilations of at least 1/);
    expect(() => b.conv(x, weight, { stride: [1] })).toThrow(/2 spatial axes, found \[1\]/);
  });

  it('extents that give other places than the cotangent has', () => {
    const b = newBuilder();
    const [y, weight] = [b.input('y', { dtype: 'float32', shape: [2, 6, 3, 3] }), b.input('w', kernel)];
    expect(() => b.convTranspose(y, weight, [6, 5])).toThrow(/\[2, 6, 4, 3\] for extents \[6, 5\]/);
  });

  it('pooling with as much padding as the kernel', () => {
    const b = newBuilder();
    const window = { strides: [1, 1], low: [2, 0], high: [0, 0], dilations: [1, 1] };
    expect(() => b.windowArgmax(b.input('x', image), [2, 2], window)).toThrow(/less padding than the kernel/);
  });
});
