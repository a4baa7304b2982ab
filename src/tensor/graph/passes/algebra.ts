/** Simple algebra: rules that replace an application by a cheaper one with the same value. */
import { GraphBuilder, type InferType, type Rewrite } from '../builder.ts';
import { type Attributes, constantValue, type Graph, type Node } from '../node.ts';
import { allocate, type FloatDType, sameShape, type TensorType } from '../type.ts';
import { rebuild } from './rebuild.ts';

type Rule = (
  builder: GraphBuilder,
  inputs: readonly Node[],
  attributes: Attributes,
  type: TensorType,
) => Node | null;

/** Elementwise operations of two arguments that broadcast, so a repeated argument need not be written out. */
const BROADCASTING = new Set(['add', 'sub', 'mul', 'div', 'maximum', 'minimum']);

/** The rewriting that builders consult before each new node. */
export const simplify: Rewrite = (builder, op, inputs, attributes, type) => {
  if (BROADCASTING.has(op)) {
    const simpler = foldScalars(builder, op, inputs, type) ?? readThroughBroadcast(builder, op, inputs, type);
    if (simpler) return simpler;
  }
  return RULES[op]?.(builder, inputs, attributes, type) ?? null;
};

/** Applies the rules to a whole graph. */
export function simplifyAlgebra(graph: Graph, infer: InferType): Graph {
  return rebuild(graph, new GraphBuilder(infer, simplify));
}

const RULES: Readonly<Record<string, Rule>> = {
  add: (b, [x, y], _, type) => {
    if (isScalar(y, 0) && fits(x, type)) return x as Node;
    if (isScalar(x, 0) && fits(y, type)) return y as Node;
    if (y?.op === 'neg') return b.apply('sub', [x as Node, y.inputs[0] as Node]);
    if (x?.op === 'neg') return b.apply('sub', [y as Node, x.inputs[0] as Node]);
    return null;
  },
  sub: (b, [x, y], _, type) => {
    if (isScalar(y, 0) && fits(x, type)) return x as Node;
    if (isScalar(x, 0) && fits(y, type)) return b.apply('neg', [y as Node]);
    if (y?.op === 'neg') return b.apply('add', [x as Node, y.inputs[0] as Node]);
    return null;
  },
  mul: (b, [x, y], _, type) => {
    if (isScalar(y, 1) && fits(x, type)) return x as Node;
    if (isScalar(x, 1) && fits(y, type)) return y as Node;
    if (isScalar(y, -1) && fits(x, type)) return b.apply('neg', [x as Node]);
    if (isScalar(x, -1) && fits(y, type)) return b.apply('neg', [y as Node]);
    return (
      scaleNegated(b, x as Node, y as Node) ??
      scaleNegated(b, y as Node, x as Node) ??
      mergeScaling(b, x as Node, y as Node) ??
      mergeScaling(b, y as Node, x as Node)
    );
  },
  div: (_, [x, y], __, type) => (isScalar(y, 1) && fits(x, type) ? (x as Node) : null),
  power: (_, [x], { exponent }) => (exponent === 1 ? (x as Node) : null),
  neg: (_, [x]) => (x?.op === 'neg' ? (x.inputs[0] as Node) : null),
  cast: (_, [x], { dtype }) => (x?.type.dtype === dtype ? (x as Node) : null),
  reshape: (b, [x], _, type) => {
    if (sameShape((x as Node).type.shape, type.shape)) return x as Node;
    return x?.op === 'reshape' ? b.apply('reshape', [x.inputs[0] as Node], { shape: type.shape }) : null;
  },
  broadcast: (b, [x], _, type) => {
    if (sameShape((x as Node).type.shape, type.shape)) return x as Node;
    return x?.op === 'broadcast' ? b.apply('broadcast', [x.inputs[0] as Node], { shape: type.shape }) : null;
  },
  transpose: (b, [x], { permutation }) => {
    const order = permutation as readonly number[];
    if (order.every((axis, index) => axis === index)) return x as Node;
    if (x?.op !== 'transpose') return null;
    const inner = x.attributes.permutation as readonly number[];
    return b.apply('transpose', [x.inputs[0] as Node], {
      permutation: order.map((axis) => inner[axis] as number),
    });
  },
  slice: (_, [x], __, type) => (sameShape((x as Node).type.shape, type.shape) ? (x as Node) : null),
  pad: (_, [x], __, type) => (sameShape((x as Node).type.shape, type.shape) ? (x as Node) : null),
  concat: (_, inputs) => (inputs.length === 1 ? (inputs[0] as Node) : null),
  reduceSum: (b, [x], { axes }, type) =>
    (axes as readonly number[]).length === 0 ? b.apply('reshape', [x as Node], { shape: type.shape }) : null,
  matmul: (b, [x, y], { transposeA, transposeB }) => {
    const left = swappedMatrix(x as Node);
    const right = swappedMatrix(y as Node);
    if (!left && !right) return null;
    return b.apply('matmul', [left ?? (x as Node), right ?? (y as Node)], {
      transposeA: left ? !transposeA : (transposeA as boolean),
      transposeB: right ? !transposeB : (transposeB as boolean),
    });
  },
};

function isScalar(node: Node | undefined, value: number): boolean {
  if (node?.op !== 'constant') return false;
  const { data } = constantValue(node);
  return data.length === 1 && Number(data[0]) === value;
}

function fits(node: Node | undefined, type: TensorType): boolean {
  return node !== undefined && sameShape(node.type.shape, type.shape);
}

/** c * (d * x) is (c d) * x for scalars c and d. */
function mergeScaling(b: GraphBuilder, scale: Node, scaled: Node): Node | null {
  if (!isScalarConstant(scale) || scaled.op !== 'mul') return null;
  const [first, second] = scaled.inputs as [Node, Node];
  if (isScalarConstant(first)) return b.apply('mul', [second, b.apply('mul', [scale, first])]);
  if (isScalarConstant(second)) return b.apply('mul', [first, b.apply('mul', [scale, second])]);
  return null;
}

/** c * (-x) is (-c) * x for a scalar c. */
function scaleNegated(b: GraphBuilder, scale: Node, negated: Node): Node | null {
  if (!isScalarConstant(scale) || negated.op !== 'neg') return null;
  const data = allocate(scale.type.dtype as FloatDType, 1);
  data[0] = -Number(constantValue(scale).data[0]);
  return b.apply('mul', [negated.inputs[0] as Node, b.constant({ ...scale.type, data })]);
}

function isScalarConstant(node: Node): boolean {
  return node.op === 'constant' && node.type.shape.length === 0;
}

/** Arithmetic on two scalar constants is done now, in float64 as JavaScript has it. */
function foldScalars(b: GraphBuilder, op: string, inputs: readonly Node[], type: TensorType): Node | null {
  if (type.dtype === 'int64' || type.dtype === 'bool' || !inputs.every(isScalarConstant)) return null;
  const [x, y] = inputs.map((input) => Number(constantValue(input).data[0])) as [number, number];
  const results: Readonly<Record<string, number>> = {
    add: x + y,
    sub: x - y,
    mul: x * y,
    div: x / y,
    maximum: Math.max(x, y),
    minimum: Math.min(x, y),
  };
  const data = allocate(type.dtype, 1);
  (data as Float64Array)[0] = results[op] as number;
  return b.constant({ dtype: type.dtype, shape: [], data });
}

/** An argument that was repeated by `broadcast` is read as it was, if the other one already has the full shape. */
function readThroughBroadcast(
  b: GraphBuilder,
  op: string,
  inputs: readonly Node[],
  type: TensorType,
): Node | null {
  const [x, y] = inputs as [Node, Node];
  if (y.op === 'broadcast' && fits(x, type)) return b.apply(op, [x, y.inputs[0] as Node]);
  if (x.op === 'broadcast' && fits(y, type)) return b.apply(op, [x.inputs[0] as Node, y]);
  return null;
}

/** The source of a transposition that swaps the last two axes and nothing else; else null. */
function swappedMatrix(node: Node): Node | null {
  if (node.op !== 'transpose') return null;
  const order = node.attributes.permutation as readonly number[];
  const rank = order.length;
  const swaps = order.every((axis, index) => axis === (index < rank - 2 ? index : 2 * rank - 3 - index));
  return swaps ? (node.inputs[0] as Node) : null;
}
