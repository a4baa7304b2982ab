/** The distribution that a parameter starts from. */
export type Initialisation =
  | { readonly kind: 'normal'; readonly standardDeviation: number }
  | { readonly kind: 'truncated-normal'; readonly standardDeviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'rows'; readonly values: readonly number[] }
  | { readonly kind: 'time-step'; readonly least: number; readonly greatest: number };

/** Normal with mean 0. */
export const normal = (standardDeviation: number): Initialisation => ({ kind: 'normal', standardDeviation });
/** Uniform between -bound and bound. */
export const uniform = (bound: number): Initialisation => ({ kind: 'uniform', bound });
/** The same value everywhere. */
export const constant = (value: number): Initialisation => ({ kind: 'constant', value });

/** Standard deviation of a standard normal variable that is drawn again until it lies within -2 and 2. */
export const TRUNCATED_DEVIATION = 0.8796256610342398;

/**
 * Normal with mean 0, drawn again until it lies within two of its deviations.
 * @param standardDeviation before the tails are cut off.
 */
export const truncatedNormal = (standardDeviation: number): Initialisation => ({
  kind: 'truncated-normal',
  standardDeviation,
});

/** LeCun's: a truncated normal whose variance, tails cut off, is 1 / fan in. */
export const lecunNormal = (fanIn: number): Initialisation =>
  truncatedNormal(1 / Math.sqrt(fanIn) / TRUNCATED_DEVIATION);

/** Glorot's: uniform with variance 2 / (fan in + fan out). */
export const xavierUniform = (fanIn: number, fanOut: number): Initialisation =>
  uniform(Math.sqrt(6 / (fanIn + fanOut)));

/**
 * He's for ReLU, by what leaves a convolution (PyTorch's `kaiming_normal_` with `fan_out`): normal with variance
 * 2 / (outputs times elements of the kernel).
 */
export const heNormalFanOut = (outputs: number, kernelSize: number): Initialisation =>
  normal(Math.sqrt(2 / (outputs * kernelSize)));

/** Every row, along the last axis, has the same values. */
export const rows = (values: readonly number[]): Initialisation => ({ kind: 'rows', values });

/**
 * The inverse of softplus of a time step that is drawn between two numbers, uniformly in its logarithm: Mamba's for the
 * bias that its time steps come from.
 */
export const timeStep = (least: number, greatest: number): Initialisation => ({
  kind: 'time-step',
  least,
  greatest,
});

/** PyTorch's default for linear layers and convolutions, weight and bias alike: uniform within 1 / sqrt(fan in). */
export const pytorchLinear = (fanIn: number): Initialisation => uniform(1 / Math.sqrt(fanIn));
