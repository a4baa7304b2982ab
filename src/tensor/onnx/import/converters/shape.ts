/** Shapes, and what moves elements without computing. */
import type { Node } from '../../../graph/node.ts';
import { broadcastShapes, normaliseAxis } from '../../../graph/shape.ts';
import { allocate, type HostTensor, sizeOf } from '../../../graph/type.ts';
import { integerTensor, pickElements, positionsAt, tensorOf } from '../host-tensors.ts';
import { takeAlong } from './axes.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';

function reshape(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const wanted = call.node.ints('shape') ?? call.numbers(1);
  const keepsZero = node.int('allowzero', 0) === 1;
  const shape = wanted.map((extent, axis) =>
    extent === 0 && !keepsZero ? (x.type.shape[axis] as number) : extent,
  );
  return b.reshape(x, shape);
}

function flatten(call: Call): Node {
  const shape = call.shape(0);
  const axis = call.node.int('axis', 1);
  const split = axis < 0 ? axis + shape.length : axis;
  return call.b.reshape(call.input(0), [sizeOf(shape.slice(0, split)), sizeOf(shape.slice(split))]);
}

function squeeze(call: Call): Node {
  const shape = call.shape(0);
  const axes = call.intsOf('axes', 1)?.map((axis) => normaliseAxis(axis, shape.length));
  const kept = shape.filter((extent, axis) => (axes ? !axes.includes(axis) : extent !== 1));
  return call.b.reshape(call.input(0), kept);
}

function unsqueeze(call: Call): Node {
  const given = call.intsOf('axes', 1) ?? call.fail('expected axes, found none');
  const rank = call.rank(0) + given.length;
  const axes = given.map((axis) => normaliseAxis(axis, rank));
  const rest = [...call.shape(0)];
  return call.b.reshape(
    call.input(0),
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() as number))),
  );
}

function expand(call: Call): Node {
  const shape = broadcastShapes(call.shape(0), call.numbers(1));
  return call.b.broadcast(call.input(0), shape);
}

function tile(call: Call): Node {
  const { b } = call;
  const shape = call.shape(0);
  const repeats = call.numbers(1);
  const apart = b.reshape(
    call.input(0),
    shape.flatMap((extent) => [1, extent]),
  );
  const repeated = b.broadcast(
    apart,
    shape.flatMap((extent, axis) => [repeats[axis] as number, extent]),
  );
  return b.reshape(
    repeated,
    shape.map((extent, axis) => extent * (repeats[axis] as number)),
  );
}

function concat(call: Call): Node {
  // Empty pieces come from shape arithmetic and add nothing.
  const pieces = call.given.filter((piece) => sizeOf(piece.type.shape) > 0);
  const first = (pieces[0] ?? call.input(0)) as Node;
  return pieces.length === 0
    ? first
    : call.b.concat(pieces, normaliseAxis(call.node.int('axis', 0), first.type.shape.length));
}

/** The numbers along each axis that a slice chooses, and whether it is written by inputs or attributes. */
function sliceIndices(call: Call): number[][] {
  const shape = call.shape(0);
  const starts = call.intsOf('starts', 1) ?? call.fail('expected starts, found none');
  const ends = call.intsOf('ends', 2) ?? call.fail('expected ends, found none');
  const axes = (call.intsOf('axes', 3) ?? starts.map((_, i) => i)).map((axis) =>
    normaliseAxis(axis, shape.length),
  );
  const steps = call.optional(4) ? call.numbers(4) : starts.map(() => 1);
  return shape.map((extent, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return call.upTo(extent);
    return indicesOf(call, [starts[at], ends[at], steps[at]] as [number, number, number], extent);
  });
}

/** Bounds count from the end where they are negative and are kept within the axis, as in numpy. */
function indicesOf(call: Call, [start, end, step]: [number, number, number], extent: number): number[] {
  if (step === 0) call.fail('expected steps that are not 0, found 0');
  const fromFront = (value: number) => (value < 0 ? value + extent : value);
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const within = (value: number) => Math.min(Math.max(fromFront(value), low), high);
  const first = within(start);
  const last = step < 0 && fromFront(end) < 0 ? -1 : within(end);
  return call.upTo(Math.max(0, Math.ceil((last - first) / step))).map((i) => first + i * step);
}

function slice(call: Call): Node {
  const indices = sliceIndices(call);
  const shape = indices.map((list) => list.length);
  // A roll by nothing leaves an empty piece, which holds nothing of the data.
  if (sizeOf(shape) === 0) return call.constant(tensorOf(call.input(0).type.dtype, shape, () => 0));
  return indices.reduce(
    (x, list, axis) =>
      list.length === x.type.shape[axis] && isInOrder(list) ? x : takeAlong(call, x, axis, list),
    call.input(0),
  );
}

const isInOrder = (indices: readonly number[]) => indices.every((index, i) => index === i);

function split(call: Call): Node[] {
  const axis = call.axis('axis', 0);
  const extent = call.shape(0)[axis] as number;
  const count = call.node.outputs.length;
  const even = Math.ceil(extent / count);
  const sizes =
    call.intsOf('split', 1) ?? Array.from({ length: count }, (_, i) => Math.min(even, extent - i * even));
  let start = 0;
  return sizes.map((size) => {
    const piece = call.b.sliceAxis(call.input(0), axis, start, start + size);
    start += size;
    return piece;
  });
}

/** Widths before and after each axis; older operator sets have them as an attribute. */
function padding(call: Call): { before: number[]; after: number[] } {
  const rank = call.rank(0);
  const pads = call.intsOf('pads', 1) ?? call.fail('expected pads, found none');
  const axes = call.optional(3) ? call.numbers(3).map((axis) => normaliseAxis(axis, rank)) : null;
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  const count = pads.length / 2;
  for (let i = 0; i < count; i++) {
    const axis = axes ? (axes[i] as number) : i;
    before[axis] = pads[i] as number;
    after[axis] = pads[count + i] as number;
  }
  return { before, after };
}

function pad(call: Call): Node {
  const { b, node } = call;
  const mode = node.text('mode', 'constant');
  const { before, after } = padding(call);
  if (mode !== 'constant')
    return call.shape(0).reduce<Node>((x, extent, axis) => {
      const [low, high] = [before[axis] as number, after[axis] as number];
      if (low === 0 && high === 0) return x;
      const indices = call.upTo(low + extent + high).map((i) => insideOf(call, mode, i - low, extent));
      return takeAlong(call, x, axis, indices);
    }, call.input(0));
  const cut = before.reduce<Node>((x, low, axis) => {
    const [start, stop] = [
      Math.max(0, -low),
      (x.type.shape[axis] as number) - Math.max(0, -(after[axis] as number)),
    ];
    return b.sliceAxis(x, axis, start, stop);
  }, call.input(0));
  const [low, high] = [before, after].map((widths) => widths.map((width) => Math.max(0, width))) as [
    number[],
    number[],
  ];
  const value = call.optional(2) ? call.number(2, 0) : node.float('value', 0);
  if (value === 0) return b.pad(cut, low, high);
  return b.add(b.pad(b.sub(cut, value), low, high), value);
}

/** Where the element outside an axis is taken from. */
function insideOf(call: Call, mode: string, index: number, extent: number): number {
  if (mode === 'edge') return Math.min(Math.max(index, 0), extent - 1);
  if (mode === 'wrap') return ((index % extent) + extent) % extent;
  if (mode !== 'reflect') call.fail(`expected the mode constant, reflect, edge or wrap, found '${mode}'`);
  const period = Math.max(1, 2 * (extent - 1));
  const place = ((index % period) + period) % period;
  return place < extent ? place : period - place;
}

/** Blocks of channels become squares of pixels, or the other way. */
function depthToSpace(call: Call): Node {
  const { b, node } = call;
  const size = node.int('blocksize', 1);
  const [n, channels, height, width] = call.shape(0) as [number, number, number, number];
  const depth = channels / size ** 2;
  const isColumnsFirst = node.text('mode', 'DCR') === 'DCR';
  const apart = b.reshape(
    call.input(0),
    isColumnsFirst ? [n, size, size, depth, height, width] : [n, depth, size, size, height, width],
  );
  const order = isColumnsFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return b.reshape(b.transpose(apart, order), [n, depth, height * size, width * size]);
}

function spaceToDepth(call: Call): Node {
  const { b, node } = call;
  const size = node.int('blocksize', 1);
  const [n, channels, height, width] = call.shape(0) as [number, number, number, number];
  const apart = b.reshape(call.input(0), [n, channels, height / size, size, width / size, size]);
  return b.reshape(b.transpose(apart, [0, 3, 5, 1, 2, 4]), [
    n,
    channels * size ** 2,
    height / size,
    width / size,
  ]);
}

/** Keeps the triangle on one side of a diagonal, zeros elsewhere. */
function trilu(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const [rows, columns] = x.type.shape.slice(-2) as [number, number];
  const isUpper = node.int('upper', 1) === 1;
  const offset = call.number(1, 0);
  call.claim(rows * columns);
  const mask = tensorOf('bool', [rows, columns], (i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return Number(isUpper ? distance >= offset : distance <= offset);
  });
  const { dtype } = x.type;
  if (dtype === 'bool') return b.logicalAnd(x, b.constant(mask));
  return b.where(b.constant(mask), x, b.constant({ dtype, shape: [], data: allocate(dtype, 1) }));
}

function range(call: Call): Node {
  const [start, limit, delta] = [call.number(0, 0), call.number(1, 0), call.number(2, 1)];
  if (delta === 0) call.fail('expected a step that is not 0, found 0');
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  call.claim(count);
  return call.constant(tensorOf(call.input(0).type.dtype, [count], (i) => start + i * delta));
}

function shapeOf(call: Call): Node {
  const rank = call.rank(0);
  const bound = (value: number) => Math.min(Math.max(value < 0 ? value + rank : value, 0), rank);
  const [start, end] = [bound(call.node.int('start', 0)), bound(call.node.int('end', rank))];
  return call.integers(call.shape(0).slice(start, end));
}

function constantOf(call: Call): Node {
  const { node } = call;
  const tensor = node.tensor('value');
  if (tensor) return call.constant(tensor);
  const floats =
    node.floats('value_floats') ?? (node.has('value_float') ? [node.float('value_float', 0)] : null);
  const ints = node.ints('value_ints') ?? (node.has('value_int') ? [node.int('value_int', 0)] : null);
  const shape = node.has('value_float') || node.has('value_int') ? [] : [(floats ?? ints ?? []).length];
  if (floats) return call.constant(tensorOf('float64', shape, (i) => floats[i] as number));
  if (ints) return call.constant(integerTensor(ints, shape));
  return call.fail('expected a dense tensor of numbers, found text or a sparse tensor');
}

function constantOfShape(call: Call): Node {
  const value = call.node.tensor('value') ?? tensorOf('float32', [1], () => 0);
  const shape = call.numbers(0);
  call.claim(sizeOf(shape));
  return call.constant(tensorOf(value.dtype, shape, () => Number(value.data[0])));
}

export const SHAPE: ConverterTable = {
  Reshape: { since: 1, convert: reshape },
  Flatten: { since: 1, convert: flatten },
  Squeeze: { since: 1, convert: squeeze },
  Unsqueeze: { since: 1, convert: unsqueeze },
  Expand: { since: 8, convert: expand },
  Tile: { since: 6, convert: tile },
  Transpose: {
    since: 1,
    convert: (call) => {
      const order = call.node.ints('perm') ?? call.shape(0).map((_, axis, shape) => shape.length - 1 - axis);
      return call.b.transpose(call.input(0), order);
    },
  },
  Concat: { since: 4, convert: concat },
  Slice: {
    since: 1,
    fold: (call, [x]) => {
      const indices = sliceIndices(call);
      const shape = indices.map((list) => list.length);
      call.claim(sizeOf(shape));
      return pickElements(x as HostTensor, shape, positionsAt((x as HostTensor).shape, indices));
    },
    convert: slice,
  },
  Split: { since: 2, convert: split },
  Pad: {
    since: 2,
    fold: (call, [x]) => foldPad(call, x as HostTensor),
    convert: pad,
  },
  DepthToSpace: { since: 1, convert: depthToSpace },
  SpaceToDepth: { since: 1, convert: spaceToDepth },
  Trilu: { since: 14, convert: trilu },
  Range: { since: 11, convert: range },
  Shape: { since: 1, convert: shapeOf },
  Size: { since: 1, convert: (call) => call.integers([sizeOf(call.shape(0))], []) },
  Constant: { since: 1, convert: constantOf },
  ConstantOfShape: { since: 9, convert: constantOfShape },
  EyeLike: {
    since: 9,
    convert: (call) => {
      const [, columns] = call.shape(0) as [number, number];
      const offset = call.node.int('k', 0);
      const { dtype } = call.input(0).type;
      call.claim(sizeOf(call.shape(0)));
      return call.constant(
        tensorOf(dtype, call.shape(0), (i) => Number((i % columns) - Math.floor(i / columns) === offset)),
      );
    },
  },
};

/** Known integers and bools, which the operation that pads leaves out. */
function foldPad(call: Call, x: HostTensor): HostTensor | null {
  const { before, after } = padding(call);
  if (call.node.text('mode', 'constant') !== 'constant' || [...before, ...after].some((width) => width < 0))
    return null;
  const shape = x.shape.map((extent, axis) => extent + (before[axis] as number) + (after[axis] as number));
  const value = call.number(2, 0);
  call.claim(sizeOf(shape));
  const indices = x.shape.map((extent, axis) =>
    Array.from({ length: extent }, (_, i) => i + (before[axis] as number)),
  );
  const positions = new Map(positionsAt(shape, indices).map((position, i) => [position, i]));
  return tensorOf(x.dtype, shape, (position) => {
    const from = positions.get(position);
    return from === undefined ? value : Number(x.data[from]);
  });
}
