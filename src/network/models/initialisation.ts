/** The distribution that a parameter starts from. */
export type Initialisation =
  | { readonly kind: 'normal'; readonly standardDeviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number };

/** Normal with mean 0. */
export const normal = (standardDeviation: number): Initialisation => ({ kind: 'normal', standardDeviation });
/** Uniform between -bound and bound. */
export const uniform = (bound: number): Initialisation => ({ kind: 'uniform', bound });
/** The same value everywhere. */
export const constant = (value: number): Initialisation => ({ kind: 'constant', value });

/** PyTorch's default for a linear layer, weights and bias alike: uniform within 1 / sqrt(fan in). */
export const pytorchLinear = (fanIn: number): Initialisation => uniform(1 / Math.sqrt(fanIn));
