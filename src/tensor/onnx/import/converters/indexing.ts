/** Elements by number. */
import type { Node } from '../../../graph/node.ts';
import { normaliseAxis, stridesOf } from '../../../graph/shape.ts';
import { type HostTensor, sizeOf } from '../../../graph/type.ts';
import { numbersOf, pickElements, positionsAt, tensorOf } from '../host-tensors.ts';
import { gatherAlong, pickFlat, takeAlong } from './axes.ts';
import type { Call } from './call.ts';
import { type ConverterTable, onlyKnown } from './converter.ts';

/** Numbers from the end of an axis, counted from its front. */
const fromFront = (extent: number) => (index: number) => (index < 0 ? index + extent : index);

function gather(call: Call): Node {
  const { b } = call;
  const x = call.input(0);
  const axis = call.axis('axis', 0);
  const extent = call.shape(0)[axis] as number;
  const ids = call.input(1);
  if (!call.known(1)) return gatherAlong(b, x, axis, countedFromFront(call, ids, extent));
  const indices = call.numbers(1).map(fromFront(extent));
  const outside = indices.find((index) => index < 0 || index >= extent);
  if (outside !== undefined) call.fail(`expected numbers below ${extent}, found ${outside}`);
  const taken = takeAlong(call, x, axis, indices);
  const shape = x.type.shape;
  return b.reshape(taken, [...shape.slice(0, axis), ...ids.type.shape, ...shape.slice(axis + 1)]);
}

/** Numbers that depend on the data may count from the end too. */
function countedFromFront(call: Call, ids: Node, extent: number): Node {
  const { b } = call;
  return b.where(b.less(ids, 0), b.add(ids, extent), ids);
}

function foldGather(call: Call, x: HostTensor): HostTensor {
  const axis = call.axis('axis', 0);
  const list = call.numbers(1).map(fromFront(x.shape[axis] as number));
  const indices = x.shape.map((extent, i) => (i === axis ? list : call.upTo(extent)));
  call.claim(indices.reduce((size, { length }) => size * length, 1));
  const shape = [...x.shape.slice(0, axis), ...call.shape(1), ...x.shape.slice(axis + 1)];
  return pickElements(x, shape, positionsAt(x.shape, indices));
}

/** An element of x for each element of the numbers, which stand in for the position along one axis. */
function gatherElements(call: Call): Node {
  const { b } = call;
  const x = call.input(0);
  const axis = call.axis('axis', 0);
  const places = call.shape(1);
  const extent = x.type.shape[axis] as number;
  if (call.known(1))
    return pickFlat(call, x, places, elementPositions(x.type.shape, axis, places, call.numbers(1)));
  const ids = countedFromFront(call, call.input(1), extent);
  call.claim(sizeOf(places));
  const strides = stridesOf(x.type.shape);
  const elsewhere = elementPositions(x.type.shape, axis, places, new Array(sizeOf(places)).fill(0));
  const flat = b.add(b.mul(ids, strides[axis] as number), call.integers(elsewhere, places));
  return b.gather(b.reshape(x, [sizeOf(x.type.shape)]), flat);
}

/** Positions in the flattened x of elements whose place along one axis is given by number. */
function elementPositions(
  shape: readonly number[],
  axis: number,
  places: readonly number[],
  ids: readonly number[],
): number[] {
  const strides = stridesOf(shape);
  const [own, extent] = [stridesOf(places), shape[axis] as number];
  return ids.map((id, position) =>
    places.reduce((sum, size, i) => {
      const at = i === axis ? fromFront(extent)(id) : Math.floor(position / (own[i] as number)) % size;
      return sum + at * (strides[i] as number);
    }, 0),
  );
}

/** Where each group of numbers of `indices` [.., k] points in a flattened x, and how many elements it takes there. */
function blockStarts(call: Call, shape: readonly number[]): { starts: number[]; size: number } {
  const places = call.shape(1);
  const depth = places.at(-1) as number;
  const strides = stridesOf(shape);
  const values = call.numbers(1);
  const starts = Array.from({ length: values.length / depth }, (_, row) =>
    Array.from({ length: depth }, (__, i) => {
      const id = fromFront(shape[i] as number)(values[row * depth + i] as number);
      return id * (strides[i] as number);
    }).reduce((sum, offset) => sum + offset, 0),
  );
  const size = sizeOf(shape.slice(depth));
  call.claim(starts.length * size);
  return { starts, size };
}

function gatherNd(call: Call): Node {
  const x = call.input(0);
  if (call.node.int('batch_dims', 0) !== 0) call.fail('expected batch_dims 0');
  const { starts, size } = blockStarts(call, x.type.shape);
  const depth = call.shape(1).at(-1) as number;
  const shape = [...call.shape(1).slice(0, -1), ...x.type.shape.slice(depth)];
  const positions = starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i));
  return pickFlat(call, x, shape, positions);
}

/** Assignment into a tensor at known places: each element of the result is one of x or one of the updates. */
function scatterAt(call: Call, positions: readonly number[]): Node {
  const { b } = call;
  const [x, updates] = [call.input(0), call.input(2)];
  if (call.node.text('reduction', 'none') !== 'none')
    call.fail(`expected plain assignment, found the reduction '${call.node.text('reduction', '')}'`);
  const size = sizeOf(x.type.shape);
  const source = call.upTo(size);
  for (const [i, position] of positions.entries()) source[position] = size + i;
  const both = b.concat([b.reshape(x, [size]), b.reshape(updates, [positions.length])], 0);
  return b.gather(both, call.integers(source, x.type.shape));
}

function foldScatter(x: HostTensor, updates: HostTensor, positions: readonly number[]): HostTensor {
  const source = new Map(positions.map((position, i) => [position, i]));
  return tensorOf(x.dtype, x.shape, (i) => {
    const at = source.get(i);
    return Number(at === undefined ? x.data[i] : updates.data[at]);
  });
}

function scatterNdPositions(call: Call): number[] {
  const { starts, size } = blockStarts(call, call.shape(0));
  return starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i));
}

const scatterElementPositions = (call: Call) =>
  elementPositions(call.shape(0), call.axis('axis', 0), call.shape(1), call.numbers(1));

function oneHot(call: Call): Node {
  const { b } = call;
  const ids = call.input(0);
  const depth = call.number(1, 0);
  call.claim(depth);
  const [off, on] = call.numbers(2) as [number, number];
  const axis = call.node.int('axis', -1);
  const rank = call.rank(0) + 1;
  const hot = b.oneHot(countedFromFront(call, b.cast(ids, 'int64'), depth), depth, call.dtype);
  const scaled = b.add(b.mul(hot, on - off), off);
  const placed = normaliseAxis(axis, rank);
  const order = Array.from({ length: rank - 1 }, (_, i) => i);
  const moved = b.transpose(scaled, [...order.slice(0, placed), rank - 1, ...order.slice(placed)]);
  return call.input(2).type.dtype === 'int64' ? b.cast(moved, 'int64') : moved;
}

/** The first place of the largest (or smallest) element along an axis. */
function argument(call: Call, x: HostTensor, isBetter: (a: number, b: number) => boolean): HostTensor {
  const axis = normaliseAxis(call.node.int('axis', 0), x.shape.length);
  const inner = sizeOf(x.shape.slice(axis + 1));
  const extent = x.shape[axis] as number;
  const values = numbersOf(x);
  const shape = x.shape.flatMap((size, i) =>
    i !== axis ? [size] : call.node.int('keepdims', 1) === 1 ? [1] : [],
  );
  return tensorOf('int64', shape, (i) => {
    const start = Math.floor(i / inner) * inner * extent + (i % inner);
    let best = 0;
    for (let j = 1; j < extent; j++)
      if (isBetter(values[start + j * inner] as number, values[start + best * inner] as number)) best = j;
    return best;
  });
}

export const INDEXING: ConverterTable = {
  Gather: { since: 1, fold: (call, [x]) => foldGather(call, x as HostTensor), convert: gather },
  GatherElements: {
    since: 11,
    fold: (call, [x]) =>
      pickElements(
        x as HostTensor,
        call.shape(1),
        elementPositions((x as HostTensor).shape, call.axis('axis', 0), call.shape(1), call.numbers(1)),
      ),
    convert: gatherElements,
  },
  GatherND: {
    since: 11,
    limits: 'known indices, batch_dims 0',
    fold: (call, [x]) => {
      const { starts, size } = blockStarts(call, (x as HostTensor).shape);
      const depth = call.shape(1).at(-1) as number;
      const shape = [...call.shape(1).slice(0, -1), ...(x as HostTensor).shape.slice(depth)];
      const positions = starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i));
      return pickElements(x as HostTensor, shape, positions);
    },
    convert: gatherNd,
  },
  ScatterND: {
    since: 11,
    limits: 'known indices, no reduction',
    fold: (call, [x, , updates]) =>
      foldScatter(x as HostTensor, updates as HostTensor, scatterNdPositions(call)),
    convert: (call) => scatterAt(call, scatterNdPositions(call)),
  },
  ScatterElements: {
    since: 11,
    limits: 'known indices, no reduction',
    fold: (call, [x, , updates]) =>
      foldScatter(x as HostTensor, updates as HostTensor, scatterElementPositions(call)),
    convert: (call) => scatterAt(call, scatterElementPositions(call)),
  },
  OneHot: { since: 9, limits: 'known depth and values', convert: oneHot },
  ArgMax: {
    since: 1,
    limits: 'on known values',
    fold: (call, [x]) => argument(call, x as HostTensor, (a, b) => a > b),
    convert: onlyKnown,
  },
  ArgMin: {
    since: 1,
    limits: 'on known values',
    fold: (call, [x]) => argument(call, x as HostTensor, (a, b) => a < b),
    convert: onlyKnown,
  },
  NonZero: {
    since: 9,
    limits: 'on known values',
    fold: (_, [x]) => nonZero(x as HostTensor),
    convert: onlyKnown,
  },
};

/** The places of all elements that are not zero, one column each. */
function nonZero(x: HostTensor): HostTensor {
  const places = numbersOf(x).flatMap((value, i) => (value !== 0 ? [i] : []));
  const strides = stridesOf(x.shape);
  return tensorOf('int64', [x.shape.length, places.length], (i) => {
    const [axis, column] = [Math.floor(i / places.length), i % places.length];
    return Math.floor((places[column] as number) / (strides[axis] as number)) % (x.shape[axis] as number);
  });
}
