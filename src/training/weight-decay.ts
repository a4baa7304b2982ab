import type { ParameterSpec } from '../network/models/model.ts';
import type { Vector } from '../vector/kernels.ts';
import { scale } from '../vector/vector.ts';

/**
 * Whether a parameter is decayed: the usual exclusions are biases, scales and shifts of normalisations and all else
 * with fewer than two axes, as in nanoGPT and timm.
 */
export function isDecayed({ shape, kind }: ParameterSpec): boolean {
  return shape.length >= 2 && kind !== 'bias' && kind !== 'norm';
}

/** Decoupled weight decay (line 4 of the paper's Algorithm 2), in place: w <- w - rate lambda w. */
export function decayWeights(values: Vector, learningRate: number, weightDecay: number): void {
  scale(values, 1 - learningRate * weightDecay);
}
