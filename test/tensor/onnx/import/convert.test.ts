import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import type { Node } from '../../../../src/tensor/graph/node.ts';
import { convertGraph } from '../../../../src/tensor/onnx/import/convert.ts';
import { decodeOnnx } from '../../../../src/tensor/onnx/import/decode.ts';
import { newBuilder } from '../../../../src/tensor/ops/index.ts';
import { evaluate, float64, numbers } from '../../evaluate.ts';
import { floats, ints, modelBytes, type SmallModel } from './small-models.ts';

function convert(model: SmallModel, shapes: Readonly<Record<string, readonly number[]>>): Node[] {
  const b = newBuilder();
  const given = new Map(
    Object.entries(model.inputs).map(([name, { dtype }]) => [
      name,
      b.input(name, { dtype: dtype === 'float32' ? 'float64' : dtype, shape: shapes[name] ?? [] }),
    ]),
  );
  return convertGraph(decodeOnnx(modelBytes(model)), model.outputs, { b, dtype: 'float64', given });
}

describe('shape arithmetic', () => {
  it('follows from the shapes that open extents are bound to', () => {
    // y = x reshaped to [x's second extent, its first extent]
    const model: SmallModel = {
      nodes: [
        { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
        { op: 'Gather', inputs: ['shape', 'one'], outputs: ['columns'] },
        { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['rows'] },
        { op: 'Concat', inputs: ['columns', 'rows'], outputs: ['wanted'], attributes: { axis: 0 } },
        { op: 'Reshape', inputs: ['x', 'wanted'], outputs: ['y'] },
      ],
      inputs: { x: { dtype: 'float32', shape: ['rows', 'columns'] } },
      outputs: ['y'],
      initialisers: { zero: ints([0]), one: ints([1]) },
    };
    for (const shape of [
      [2, 5],
      [7, 3],
    ]) {
      const [y] = convert(model, { x: shape }) as [Node];
      expect(y.type.shape).toEqual([...shape].reverse());
      expect(y.op).toBe('reshape');
    }
  });

  it('that depends on the data is refused, naming the node', () => {
    const model: SmallModel = {
      nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'], name: 'late' }],
      inputs: { x: { dtype: 'float32', shape: [4] }, shape: { dtype: 'int64', shape: [2] } },
      outputs: ['y'],
    };
    expect(() => convert(model, { x: [4], shape: [2] })).toThrow(/Reshape 'late'.*depends on the data/);
  });
});

describe('operators that are not supported', () => {
  const model: SmallModel = {
    nodes: [
      { op: 'Relu', inputs: ['x'], outputs: ['a'] },
      { op: 'TopK', inputs: ['a', 'k'], outputs: ['b', 'i'], name: 'first' },
      { op: 'TopK', inputs: ['b', 'k'], outputs: ['c', 'j'], name: 'second' },
      { op: 'FastGelu', domain: 'com.microsoft', inputs: ['c'], outputs: ['y'], name: 'third' },
      { op: 'NonMaxSuppression', inputs: ['x'], outputs: ['unused'], name: 'unused' },
    ],
    inputs: { x: { dtype: 'float32', shape: [4] }, k: { dtype: 'int64', shape: [1] } },
    outputs: ['y'],
  };

  it('are listed all at once, with their nodes, but for those that no output needs', () => {
    let message = '';
    try {
      convert(model, { x: [4], k: [1] });
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      ({ message } = error as Error);
    }
    expect(message).toContain("TopK ('first', 'second')");
    expect(message).toContain("com.microsoft.FastGelu ('third')");
    expect(message).not.toContain('unused');
  });
});

describe('what is random', () => {
  it('is replaced by its mean', async () => {
    const model: SmallModel = {
      nodes: [
        {
          op: 'RandomUniformLike',
          inputs: ['x'],
          outputs: ['u'],
          attributes: { low: { float: 1 }, high: { float: 4 } },
        },
        { op: 'RandomNormalLike', inputs: ['x'], outputs: ['n'], attributes: { mean: { float: 0.5 } } },
        { op: 'Add', inputs: ['u', 'n'], outputs: ['y'] },
      ],
      inputs: { x: { dtype: 'float32', shape: [2] } },
      outputs: ['y'],
    };
    const [y] = await evaluate(convert(model, { x: [2] }), { x: float64([7, 8]) });
    expect(numbers(y)).toEqual([3, 3]);
  });

  it('is left out where it is dropout, in training too', async () => {
    const model: SmallModel = {
      nodes: [{ op: 'Dropout', inputs: ['x', 'ratio', 'training'], outputs: ['y', 'mask'] }],
      inputs: { x: { dtype: 'float32', shape: [2] } },
      outputs: ['y'],
      initialisers: {
        ratio: floats([0.5], []),
        training: { dtype: 'bool', shape: [], data: Uint8Array.of(1) },
      },
    };
    const [y] = await evaluate(convert(model, { x: [2] }), { x: float64([7, 8]) });
    expect(numbers(y)).toEqual([7, 8]);
  });
});

describe('a branch', () => {
  const branch = (op: string): SmallModel => ({
    nodes: [{ op, inputs: ['x'], outputs: [`${op} of x`] }],
    inputs: {},
    outputs: [`${op} of x`],
  });
  const model = (condition: SmallModel['nodes'], inputs: SmallModel['inputs'] = {}): SmallModel => ({
    nodes: [
      ...condition,
      {
        op: 'If',
        inputs: ['isLong'],
        outputs: ['y'],
        name: 'choice',
        attributes: { then_branch: { graph: branch('Neg') }, else_branch: { graph: branch('Abs') } },
      },
    ],
    inputs: { x: { dtype: 'float32', shape: ['length'] }, ...inputs },
    outputs: ['y'],
    initialisers: { two: ints([2]) },
  });
  const byLength = model([
    { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
    { op: 'Greater', inputs: ['shape', 'two'], outputs: ['isLong'] },
  ]);

  it('is followed where its condition follows from shapes', async () => {
    const [short] = await evaluate(convert(byLength, { x: [2] }), { x: float64([-1, 2]) });
    expect(numbers(short)).toEqual([1, 2]);
    const [long] = await evaluate(convert(byLength, { x: [3] }), { x: float64([-1, 2, 3]) });
    expect(numbers(long)).toEqual([1, -2, -3]);
  });

  it('is refused where its condition depends on the data', () => {
    const byData = model([], { isLong: { dtype: 'bool', shape: [] } });
    expect(() => convert(byData, { x: [2], isLong: [] })).toThrow(/If 'choice'.*depends on the data/);
  });
});

it('newer operators follow their definitions', async () => {
  const model = (op: string, opset: number): SmallModel => ({
    nodes: [{ op, inputs: op === 'Swish' ? ['x'] : ['x', 'scale'], outputs: ['y'] }],
    inputs: { x: { dtype: 'float32', shape: [2] } },
    outputs: ['y'],
    initialisers: { scale: floats([2, 3]) },
    opset,
  });
  const feeds = { x: float64([0.5, -1.5]) };
  const [swish] = await evaluate(convert(model('Swish', 24), { x: [2] }), feeds);
  const expected = [0.5, -1.5].map((x) => x / (1 + Math.exp(-x)));
  for (const [i, value] of numbers(swish).entries()) expect(value).toBeCloseTo(expected[i] as number, 14);
  const [rms] = await evaluate(convert(model('RMSNormalization', 23), { x: [2] }), feeds);
  // The default epsilon, 1e-5, is a float32 attribute's.
  const root = Math.sqrt((0.25 + 2.25) / 2 + 1e-5);
  expect(numbers(rms)[0]).toBeCloseTo((2 * 0.5) / root, 12);
  expect(numbers(rms)[1]).toBeCloseTo((3 * -1.5) / root, 12);
});
