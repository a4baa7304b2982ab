import type { Vector } from '../vector/kernels.ts';
import { dot, scale } from '../vector/vector.ts';

/** So that a norm just above the bound comes out below it, as in PyTorch. */
const GUARD = 1e-6;

/**
 * Clips gradients by their norm over all parameters, in place, as PyTorch's `clip_grad_norm_` does.
 *
 * @param gradients of all parameters.
 * @param bound the largest norm that stays as it is; null leaves all as they are.
 * @returns the norm before.
 */
export function clipByGlobalNorm(gradients: readonly Vector[], bound: number | null): number {
  const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + dot(gradient, gradient), 0));
  const factor = bound === null ? 1 : bound / (norm + GUARD);
  // A norm that is not finite must not turn into zeros: the caller sees it as a divergence.
  if (factor < 1 && Number.isFinite(norm)) for (const gradient of gradients) scale(gradient, factor);
  return norm;
}
