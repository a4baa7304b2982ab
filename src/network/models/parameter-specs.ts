/** Specifications of the parameters of common layers, under PyTorch's names. */
import { constant, type Initialisation } from './initialisation.ts';
import type { BlockKind, ParameterSpec } from './model.ts';

/** One parameter. */
export function parameter(
  name: string,
  shape: readonly number[],
  kind: BlockKind,
  layer: number | null,
  initial: Initialisation,
): ParameterSpec {
  return { name, shape, kind, layer, initial };
}

/** `<name>.weight` of ones and `<name>.bias` of zeros, both [width]. */
export function normParameters(name: string, width: number, layer: number | null): ParameterSpec[] {
  return [
    parameter(`${name}.weight`, [width], 'norm', layer, constant(1)),
    parameter(`${name}.bias`, [width], 'norm', layer, constant(0)),
  ];
}

/**
 * `<name>.weight` and `<name>.bias` of a linear layer or a convolution; the bias of a key is inert.
 *
 * @param shape of the weight, outputs first; the bias has as many elements as there are outputs.
 * @param initial how both start; the bias at zero unless given.
 */
export function denseParameters(
  name: string,
  shape: readonly [number, ...number[]],
  kind: BlockKind,
  layer: number | null,
  initial: { readonly weight: Initialisation; readonly bias?: Initialisation },
): ParameterSpec[] {
  const bias = parameter(`${name}.bias`, [shape[0]], 'bias', layer, initial.bias ?? constant(0));
  return [
    parameter(`${name}.weight`, shape, kind, layer, initial.weight),
    // Softmax does not see what is added to all scores of a row alike.
    kind === 'key' ? { ...bias, inert: true } : bias,
  ];
}
