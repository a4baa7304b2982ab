import type { Node } from '../graph/node.ts';
import { normaliseAxis, requireSameDType, stridesOf } from '../graph/shape.ts';
import { allocate, formatType, sizeOf, type TensorType } from '../graph/type.ts';
import { strideOffsets } from './define/elementwise.ts';
import { defineOp, everyArgument } from './define/operation.ts';
import type { OpBuilder } from './syntax.ts';

/** Tensors one after the other along `axis`. A missing tangent becomes padding around the others. */
export const concat = defineOp({
  name: 'concat',
  summary: 'tensors one after the other along an axis',
  kind: 'linear',
  linearArguments: everyArgument,
  infer: (inputs, attributes) => {
    const dtype = requireSameDType('concat', inputs);
    const first = inputs[0] as TensorType;
    const axis = normaliseAxis(attributes.axis as number, first.shape.length);
    for (const other of inputs)
      if (
        other.shape.length !== first.shape.length ||
        other.shape.some((extent, i) => i !== axis && extent !== first.shape[i])
      )
        throw new Error(
          `concat: expected shapes equal but for axis ${axis}, found ${inputs.map(formatType).join(' and ')}`,
        );
    const total = inputs.reduce((sum, input) => sum + (input.shape[axis] as number), 0);
    return { dtype, shape: first.shape.map((extent, i) => (i === axis ? total : extent)) };
  },
  evaluate: (inputs, node) => {
    const { shape, dtype } = node.type;
    const strides = stridesOf(shape);
    const result = allocate(dtype === 'float32' ? 'float64' : dtype, sizeOf(shape));
    for (const [index, input] of inputs.entries()) {
      const start = offsetOf(node, index) * (strides[node.attributes.axis as number] as number);
      const target = strideOffsets(input.shape, strides, start);
      for (let i = 0; i < input.data.length; i++) result[target[i] as number] = input.data[i] as never;
    }
    return result;
  },
  jvp: (b, node, tangents) => {
    if (tangents.every((tangent) => tangent !== null))
      return b.concat(tangents as Node[], node.attributes.axis as number);
    return tangents
      .flatMap((tangent, index) => (tangent ? [placed(b, node, tangent, index)] : []))
      .reduce((sum, term) => b.add(sum, term));
  },
  batch: (b, node, inputs, batched, size) => {
    const all = inputs.map((input, i) =>
      batched[i] ? input : b.broadcast(input, [size, ...input.type.shape]),
    );
    return b.concat(all, (node.attributes.axis as number) + 1);
  },
  transpose: (b, cotangent, node, index) => {
    const axis = node.attributes.axis as number;
    const start = offsetOf(node, index);
    const stop = start + ((node.inputs[index] as Node).type.shape[axis] as number);
    return b.sliceAxis(cotangent, axis, start, stop);
  },
  emit: (scope, inputs, node) =>
    scope.node('Concat', inputs, { axis: { int: node.attributes.axis as number } }),
  samples: [
    { inputs: [{ shape: [2] }, { shape: [3] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 1] }, { shape: [2, 2] }, { shape: [2, 3] }], attributes: { axis: 1 } },
  ],
});

function offsetOf(node: Node, index: number): number {
  const axis = node.attributes.axis as number;
  return node.inputs.slice(0, index).reduce((sum, input) => sum + (input.type.shape[axis] as number), 0);
}

function placed(b: OpBuilder, node: Node, tangent: Node, index: number): Node {
  const axis = node.attributes.axis as number;
  const start = offsetOf(node, index);
  const rest = (node.type.shape[axis] as number) - start - (tangent.type.shape[axis] as number);
  const width = (value: number) => node.type.shape.map((_, i) => (i === axis ? value : 0));
  return b.pad(tangent, width(start), width(rest));
}
