/** Arithmetic, comparisons, logic, choices and changes of type. */
import type { Node } from '../../../graph/node.ts';
import type { DType, HostTensor } from '../../../graph/type.ts';
import { elementType } from '../element-types.ts';
import { mapTensor, zipTensors } from '../host-tensors.ts';
import type { Call } from './call.ts';
import { type Converter, type ConverterTable, onlyKnown } from './converter.ts';

type Unary = (call: Call, x: Node) => Node;
type Binary = (call: Call, x: Node, y: Node) => Node;

function unary(since: number, f: (x: number) => number, build: Unary | null, limits?: string): Converter {
  return {
    since,
    ...(limits ? { limits } : {}),
    fold: (_, [x]) => mapTensor(x as HostTensor, f),
    convert: (call) => (build ? build(call, call.input(0)) : onlyKnown(call)),
  };
}

function binary(
  since: number,
  f: (x: number, y: number) => number,
  build: Binary | null,
  dtype?: DType,
): Converter {
  return {
    since,
    ...(build ? {} : { limits: 'on known values' }),
    fold: (_, [x, y]) => zipTensors(x as HostTensor, y as HostTensor, f, dtype),
    convert: (call) => (build ? build(call, call.input(0), call.input(1)) : onlyKnown(call)),
  };
}

const comparison = (since: number, f: (x: number, y: number) => boolean, build: Binary): Converter =>
  binary(since, (x, y) => Number(f(x, y)), build, 'bool');

/** Any number of arguments, two at a time. */
function variadic(since: number, f: (x: number, y: number) => number, build: Binary): Converter {
  return {
    since,
    fold: (_, inputs) => inputs.reduce((x, y) => zipTensors(x, y, f)),
    convert: (call) => call.given.reduce((x, y) => build(call, x, y)),
  };
}

/** Half to even, as ONNX rounds. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** Integers are divided towards zero, also where a number is as large as a whole float can be. */
function divide(call: Call, x: HostTensor, y: HostTensor): HostTensor {
  if (x.dtype !== 'int64') return zipTensors(x, y, (a, b) => a / b);
  return zipTensors(x, y, (a, b) =>
    b === 0 ? call.fail('expected no division by zero') : Math.trunc(a / b),
  );
}

function isWhole(call: Call, x: Node): boolean {
  return x.type.dtype === 'int64' || x.type.dtype === 'bool' || call.known(0) !== null;
}

function power(call: Call): Node {
  const { b } = call;
  const [x, y] = [call.input(0), call.input(1)];
  const exponents = call.known(1) ? call.numbers(1) : null;
  const exponent = exponents?.[0];
  if (exponent !== undefined && exponents?.every((other) => other === exponent)) {
    if (exponent === 1) return x;
    if (exponent === 2) return b.mul(x, x);
    if (exponent === 0.5) return b.sqrt(x);
    if (exponent === -0.5) return b.rsqrt(x);
    return exponent === -1 ? b.reciprocal(x) : b.power(x, exponent);
  }
  return b.exp(b.mul(b.cast(y, call.dtype), b.log(x)));
}

function clip(call: Call): Node {
  const { b, node } = call;
  const x = call.input(0);
  const [low, high] = [1, 2].map((index) => {
    const name = index === 1 ? 'min' : 'max';
    if (call.optional(index) && call.known(index) === null) return call.input(index);
    if (call.optional(index)) return call.number(index, 0);
    return node.has(name) ? node.float(name, 0) : null;
  });
  if (typeof low === 'number' && typeof high === 'number' && Number.isFinite(low) && Number.isFinite(high))
    return b.clip(x, low, high);
  const raised = low === null || low === Number.NEGATIVE_INFINITY ? x : b.maximum(x, low as number | Node);
  return high === null || high === Number.POSITIVE_INFINITY
    ? raised
    : b.minimum(raised, high as number | Node);
}

function castTo(call: Call, dtype: DType): Node {
  const wanted = dtype === 'float32' || dtype === 'float64' ? call.dtype : dtype;
  return call.b.cast(call.input(0), wanted);
}

/** Integers have no negation among the operations. */
function negate(call: Call, x: Node): Node {
  const { b, dtype } = call;
  return x.type.dtype === 'int64' ? b.cast(b.neg(b.cast(x, dtype)), 'int64') : b.neg(x);
}

const float = (call: Call, x: Node) => (isWhole(call, x) ? call.b.cast(x, call.dtype) : x);

export const ELEMENTWISE: ConverterTable = {
  Add: binary(
    7,
    (x, y) => x + y,
    ({ b }, x, y) => b.add(x, y),
  ),
  Sub: binary(
    7,
    (x, y) => x - y,
    ({ b }, x, y) => b.sub(x, y),
  ),
  Mul: binary(
    7,
    (x, y) => x * y,
    ({ b }, x, y) => b.mul(x, y),
  ),
  Div: {
    since: 7,
    fold: (call, [x, y]) => divide(call, x as HostTensor, y as HostTensor),
    convert: (call) => call.b.div(call.input(0), call.input(1)),
  },
  Mod: {
    since: 10,
    limits: 'on known values',
    fold: ({ node }, [x, y]) =>
      zipTensors(x as HostTensor, y as HostTensor, (a, m) =>
        node.int('fmod', 0) === 1 ? a % m : a - m * Math.floor(a / m),
      ),
    convert: onlyKnown,
  },
  Pow: {
    since: 7,
    limits: 'a power that is not constant needs a positive base',
    fold: (_, [x, y]) => zipTensors(x as HostTensor, y as HostTensor, (a, e) => a ** e),
    convert: power,
  },
  Neg: unary(6, (x) => -x, negate),
  Abs: unary(6, Math.abs, ({ b }, x) => b.abs(x)),
  Sign: unary(9, Math.sign, ({ b }, x) => b.sign(x)),
  Reciprocal: unary(
    6,
    (x) => 1 / x,
    ({ b }, x) => b.reciprocal(x),
  ),
  Sqrt: unary(6, Math.sqrt, ({ b }, x) => b.sqrt(x)),
  Exp: unary(6, Math.exp, ({ b }, x) => b.exp(x)),
  Log: unary(6, Math.log, ({ b }, x) => b.log(x)),
  Sin: unary(7, Math.sin, ({ b }, x) => b.sin(x)),
  Cos: unary(7, Math.cos, ({ b }, x) => b.cos(x)),
  Tan: unary(7, Math.tan, ({ b }, x) => b.div(b.sin(x), b.cos(x))),
  Floor: unary(6, Math.floor, null, 'on known values'),
  Ceil: unary(6, Math.ceil, null, 'on known values'),
  Round: unary(11, roundHalfEven, null, 'on known values'),
  Erf: { since: 9, convert: (call) => call.b.erf(call.input(0)) },
  Min: variadic(8, Math.min, ({ b }, x, y) => b.minimum(x, y)),
  Max: variadic(8, Math.max, ({ b }, x, y) => b.maximum(x, y)),
  Sum: variadic(
    8,
    (x, y) => x + y,
    ({ b }, x, y) => b.add(x, y),
  ),
  Mean: {
    since: 8,
    convert: (call) =>
      call.b.div(
        call.given.reduce((x, y) => call.b.add(x, y)),
        call.given.length,
      ),
  },
  Clip: { since: 6, convert: clip },
  Equal: comparison(
    7,
    (x, y) => x === y,
    ({ b }, x, y) => equal(b, x, y),
  ),
  Greater: comparison(
    7,
    (x, y) => x > y,
    ({ b }, x, y) => b.greater(x, y),
  ),
  GreaterOrEqual: comparison(
    12,
    (x, y) => x >= y,
    ({ b }, x, y) => b.greaterEqual(x, y),
  ),
  Less: comparison(
    7,
    (x, y) => x < y,
    ({ b }, x, y) => b.less(x, y),
  ),
  LessOrEqual: comparison(
    12,
    (x, y) => x <= y,
    ({ b }, x, y) => b.lessEqual(x, y),
  ),
  And: comparison(
    7,
    (x, y) => x !== 0 && y !== 0,
    ({ b }, x, y) => b.logicalAnd(x, y),
  ),
  Or: comparison(
    7,
    (x, y) => x !== 0 || y !== 0,
    ({ b }, x, y) => b.logicalOr(x, y),
  ),
  Xor: comparison(
    7,
    (x, y) => (x !== 0) !== (y !== 0),
    ({ b }, x, y) => b.logicalAnd(b.logicalOr(x, y), b.logicalNot(b.logicalAnd(x, y))),
  ),
  Not: {
    since: 1,
    fold: (_, [x]) => mapTensor(x as HostTensor, (value) => Number(value === 0)),
    convert: (call) => call.b.logicalNot(call.input(0)),
  },
  IsNaN: {
    since: 9,
    fold: (_, [x]) => mapTensor(x as HostTensor, (value) => Number(Number.isNaN(value)), 'bool'),
    convert: (call) => call.b.logicalNot(call.b.equal(call.input(0), call.input(0))),
  },
  IsInf: {
    since: 10,
    fold: ({ node }, [x]) =>
      mapTensor(
        x as HostTensor,
        (value) =>
          Number(
            (value === Number.POSITIVE_INFINITY && node.int('detect_positive', 1) === 1) ||
              (value === Number.NEGATIVE_INFINITY && node.int('detect_negative', 1) === 1),
          ),
        'bool',
      ),
    limits: 'on known values',
    convert: onlyKnown,
  },
  Where: { since: 9, convert: (call) => call.b.where(call.input(0), call.input(1), call.input(2)) },
  Cast: {
    since: 6,
    convert: (call) => castTo(call, elementType(call.node.int('to', 1), `Cast '${call.node.name}'`).dtype),
  },
  CastLike: { since: 15, convert: (call) => castTo(call, call.input(1).type.dtype) },
  Identity: { since: 1, convert: (call) => call.input(0) },
  CumSum: {
    since: 11,
    limits: 'not exclusive',
    fold: (call, [x]) => cumulativeSum(call, x as HostTensor),
    convert: (call) => {
      if (call.node.int('exclusive', 0) === 1) call.fail('expected an inclusive sum, found an exclusive one');
      const x = call.input(0);
      const sum = call.b.cumulativeSum(float(call, x), call.number(1, 0), call.node.int('reverse', 0) === 1);
      return x.type.dtype === 'int64' ? call.b.cast(sum, 'int64') : sum;
    },
  },
};

/** Bools are equal where both hold or neither does: the operation compares numbers. */
function equal(b: Call['b'], x: Node, y: Node): Node {
  if (x.type.dtype !== 'bool') return b.equal(x, y);
  return b.logicalNot(b.logicalAnd(b.logicalOr(x, y), b.logicalNot(b.logicalAnd(x, y))));
}

/** Along one axis of a known tensor; null leaves special forms to the general way. */
function cumulativeSum(call: Call, x: HostTensor): HostTensor | null {
  const { node } = call;
  if (node.int('exclusive', 0) === 1 || node.int('reverse', 0) === 1) return null;
  const axis = call.number(1, 0) < 0 ? call.number(1, 0) + x.shape.length : call.number(1, 0);
  const inner = x.shape.slice(axis + 1).reduce((size, extent) => size * extent, 1);
  const extent = x.shape[axis] as number;
  const sums: number[] = [];
  return mapTensor(x, (value) => {
    const position = sums.length;
    const isFirst = Math.floor(position / inner) % extent === 0;
    const sum = value + (isFirst ? 0 : (sums[position - inner] as number));
    sums.push(sum);
    return sum;
  });
}
