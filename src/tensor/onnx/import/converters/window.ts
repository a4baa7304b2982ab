/** The window of a convolution or pooling node. */
import type { Call } from './call.ts';

/** One number for each spatial axis. */
export interface OnnxWindow {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** Reads `strides`, `dilations` and either `pads` or `auto_pad`. */
export function windowOfNode(call: Call, extents: readonly number[], kernel: readonly number[]): OnnxWindow {
  const { node } = call;
  const ones = kernel.map(() => 1);
  const stride = node.ints('strides') ?? ones;
  const dilation = node.ints('dilations') ?? ones;
  const mode = node.text('auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === 'VALID') {
    const pads = (mode === 'NOTSET' ? node.ints('pads') : null) ?? [...ones, ...ones].map(() => 0);
    const padding = { low: pads.slice(0, kernel.length), high: pads.slice(kernel.length) };
    return { stride, dilation, padding };
  }
  const totals = extents.map((extent, axis) => {
    const step = stride[axis] as number;
    const span = ((kernel[axis] as number) - 1) * (dilation[axis] as number) + 1;
    return Math.max(0, (Math.ceil(extent / step) - 1) * step + span - extent);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total, axis) => total - (smaller[axis] as number));
  const padding = mode === 'SAME_LOWER' ? { low: larger, high: smaller } : { low: smaller, high: larger };
  return { stride, dilation, padding };
}
