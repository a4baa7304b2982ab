import type { Node } from '../graph/node.ts';
import { requireFloat, requireSameDType } from '../graph/shape.ts';
import { formatType, sameShape, sizeOf, type TensorType } from '../graph/type.ts';
import { floats } from './define/elementwise.ts';
import { emitLinearScan } from './define/linear-scan-emission.ts';
import { defineOp } from './define/operation.ts';
import type { OpBuilder } from './syntax.ts';

interface ScanAttributes {
  readonly axis: number;
  readonly transposed: boolean;
}

/**
 * Linear recurrence along an axis: h_t = a_t h_(t-1) + b_t from h_(-1) = 0, the scan of selective state spaces.
 * `transposed` runs it from the end, h_t = a_(t+1) h_(t+1) + b_t, which is its transpose in b. The shape of b and h
 * ends with that of a; `axis` counts the axes of a.
 *
 * Linear in b for fixed a. A tangent of a enters through what it multiplies: dh = scan(a, da_t h_(t-1) + db_t).
 */
export const linearScan = defineOp({
  name: 'linearScan',
  summary: 'linear recurrence h_t = a_t h_(t-1) + b_t along an axis',
  kind: 'linear',
  linearArguments: () => [1],
  infer: (inputs, { axis }) => {
    const [a, b] = inputs as [TensorType, TensorType];
    requireFloat('linearScan', a);
    const dtype = requireSameDType('linearScan', inputs);
    const lead = b.shape.length - a.shape.length;
    if (lead < 0 || !sameShape(b.shape.slice(lead), a.shape) || !((axis as number) in a.shape))
      throw new Error(
        `linearScan: expected b of a shape that ends with that of a, and an axis of a, found ${formatType(a)}, ${formatType(b)} and axis ${axis}`,
      );
    return { dtype, shape: b.shape };
  },
  evaluate: ([a, b], node) => {
    const { transposed } = scanAttributes(node);
    const { lead, outer, length, inner } = scanSizes(node);
    const factors = floats(a);
    const result = floats(b).slice();
    const rows = Array.from({ length: length - 1 }, (_, i) => (transposed ? length - 2 - i : i + 1));
    for (let sequence = 0; sequence < lead * outer; sequence++)
      for (const t of rows)
        for (let i = 0; i < inner; i++) {
          const [from, factorRow] = transposed ? [t + 1, t + 1] : [t - 1, t];
          const factor = factors[((sequence % outer) * length + factorRow) * inner + i] as number;
          const at = (sequence * length + t) * inner + i;
          const earlier = result[(sequence * length + from) * inner + i] as number;
          result[at] = (result[at] as number) + factor * earlier;
        }
    return result;
  },
  jvp: (b, node, [da, db]) => {
    const { axis, transposed } = scanAttributes(node);
    const driven = da && drivenBy(b, node, da);
    const input = driven && db ? b.add(driven, db) : ((driven ?? db) as Node);
    return b.linearScan(node.inputs[0] as Node, input, axis, transposed);
  },
  transpose: (b, cotangent, node) => {
    const { axis, transposed } = scanAttributes(node);
    return b.linearScan(node.inputs[0] as Node, cotangent, axis, !transposed);
  },
  batch: (b, node, [a, driven], [isFactorBatched]) => {
    if (isFactorBatched) throw new Error('linearScan is linear in b only: expected a linear graph to batch');
    const { axis, transposed } = scanAttributes(node);
    return b.linearScan(a as Node, driven as Node, axis, transposed);
  },
  emit: (scope, [a, b], node) =>
    scope.node('Reshape', [
      emitLinearScan(scope, a as string, b as string, scanSizes(node), scanAttributes(node).transposed),
      scope.ints(node.type.shape),
    ]),
  samples: [
    { inputs: [{ shape: [2, 8, 3] }, { shape: [2, 8, 3] }], attributes: { axis: 1, transposed: false } },
    { inputs: [{ shape: [2, 8, 3] }, { shape: [2, 8, 3] }], attributes: { axis: 1, transposed: true } },
    // Lengths that are no power of two, and further axes of b.
    { inputs: [{ shape: [7] }, { shape: [2, 7] }], attributes: { axis: 0, transposed: false } },
    { inputs: [{ shape: [2, 11] }, { shape: [3, 2, 11] }], attributes: { axis: 1, transposed: true } },
    { inputs: [{ shape: [1, 3] }, { shape: [1, 3] }], attributes: { axis: 0, transposed: false } },
  ],
});

function scanAttributes(node: Node): ScanAttributes {
  return node.attributes as unknown as ScanAttributes;
}

/** Elements before the shape of a, before the axis, along it and behind it. */
function scanSizes(node: Node) {
  const { axis } = scanAttributes(node);
  const { shape } = (node.inputs[0] as Node).type;
  return {
    lead: sizeOf(node.type.shape.slice(0, node.type.shape.length - shape.length)),
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** What a tangent of the factors adds to that of b: da_t h_(t-1), or da_(t+1) h_(t+1) in the transposed scan. */
function drivenBy(b: OpBuilder, h: Node, da: Node): Node {
  const { axis, transposed } = scanAttributes(h);
  const at = axis + h.type.shape.length - da.type.shape.length;
  return transposed ? moved(b, b.mul(da, h), at, -1) : b.mul(da, moved(b, h, at, 1));
}

/** Moved by one place along an axis, with a zero at the free end. */
function moved(b: OpBuilder, x: Node, axis: number, by: 1 | -1): Node {
  const one = x.type.shape.map((_, i) => (i === axis ? 1 : 0));
  const none = one.map(() => 0);
  const length = x.type.shape[axis] as number;
  return by > 0
    ? b.sliceAxis(b.pad(x, one, none), axis, 0, length)
    : b.sliceAxis(b.pad(x, none, one), axis, 1, length + 1);
}
