/** Convolutions and their transposes. */
import type { Node } from '../../../graph/node.ts';
import { affineByChannel } from '../../../ops/composites/normalisation.ts';
import type { Call } from './call.ts';
import type { ConverterTable } from './converter.ts';
import { type OnnxWindow, windowOfNode } from './window.ts';

function conv(call: Call): Node {
  const { b } = call;
  const [x, weight] = [call.input(0), call.input(1)];
  const window = windowOfNode(call, x.type.shape.slice(2), weight.type.shape.slice(2));
  const y = b.conv(x, weight, { ...window, groups: call.node.int('group', 1) });
  return affineByChannel(b, y, null, call.optional(2));
}

/** The extents that the result has, from `output_shape` or from window and `output_padding`. */
function transposedExtents(call: Call, window: OnnxWindow): number[] {
  const { node } = call;
  const kernel = call.shape(1).slice(2);
  const extra = node.ints('output_padding') ?? kernel.map(() => 0);
  return kernel.map((size, axis) => {
    const places = call.shape(0)[axis + 2] as number;
    const [stride, dilation] = [window.stride[axis] as number, window.dilation[axis] as number];
    const { low, high } = window.padding;
    const full = (places - 1) * stride + (size - 1) * dilation + 1;
    return full + (extra[axis] as number) - (low[axis] as number) - (high[axis] as number);
  });
}

function convTranspose(call: Call): Node {
  const { b, node } = call;
  const [x, weight] = [call.input(0), call.input(1)];
  if (node.has('output_shape'))
    call.fail("expected pads, found 'output_shape', which hesscope does not read");
  const window = windowOfNode(call, x.type.shape.slice(2), weight.type.shape.slice(2));
  if (node.text('auto_pad', 'NOTSET').startsWith('SAME'))
    call.fail(`expected pads, found auto_pad ${node.text('auto_pad', '')}, which hesscope does not read`);
  const extents = transposedExtents(call, window);
  // What the convolution leaves over at the end is padding that it never sees.
  const high = extents.map((extent, axis) => {
    const span = ((weight.type.shape[axis + 2] as number) - 1) * (window.dilation[axis] as number) + 1;
    const covered = ((x.type.shape[axis + 2] as number) - 1) * (window.stride[axis] as number) + span;
    return Math.max(0, covered - extent - (window.padding.low[axis] as number));
  });
  const y = b.convTranspose(x, weight, extents, {
    ...window,
    padding: { low: window.padding.low, high },
    groups: node.int('group', 1),
  });
  return affineByChannel(b, y, null, call.optional(2));
}

export const CONVOLUTION: ConverterTable = {
  Conv: { since: 1, limits: 'one to three spatial axes', convert: conv },
  ConvTranspose: { since: 1, limits: 'no output_shape, no auto_pad SAME', convert: convTranspose },
};
