/** The measured points: one model, changed along one axis at a time. */

/** What a point is made of. */
export interface Point {
  readonly layers: number;
  readonly width: number;
  /** Sequences of `CONTEXT_LENGTH` tokens in the micro-batch. */
  readonly sequences: number;
  /** Columns of one product. */
  readonly probes: number;
  /** Blocks in one step, counted from the loss down; null for the whole Hessian alone. */
  readonly blocks: number | null;
}

export const CONTEXT_LENGTH = 256;
const HEAD_WIDTH = 64;

/** Small enough that every axis can be followed far, large enough that matrix products prevail. */
const BASE: Point = { layers: 4, width: 256, sequences: 1, probes: 1, blocks: null };

export interface Axis {
  readonly name: string;
  /** What changes, with its unit. */
  readonly title: string;
  readonly points: readonly { readonly value: number; readonly point: Point }[];
}

function axis(
  name: string,
  title: string,
  values: readonly number[],
  pointOf: (value: number) => Partial<Point>,
): Axis {
  return { name, title, points: values.map((value) => ({ value, point: { ...BASE, ...pointOf(value) } })) };
}

export const AXES: readonly Axis[] = [
  axis('tokens', 'tokens in the micro-batch', [256, 512, 1024, 2048, 4096], (tokens) => ({
    sequences: tokens / CONTEXT_LENGTH,
  })),
  axis('layers', 'layers', [2, 4, 8, 16, 24], (layers) => ({ layers })),
  axis('width', 'width', [64, 128, 256, 512], (width) => ({ width, layers: 2 })),
  axis('probes', 'probes in one product', [1, 2, 4, 8, 16], (probes) => ({ probes })),
  axis('blocks', 'blocks in a step, from the loss down', [1, 4, 8, 16, 26], (blocks) => ({ blocks })),
];

/** Attention heads of a width. */
export function headsOf({ width }: Point): number {
  return width / HEAD_WIDTH;
}
