/** Convolution, pooling, normalisation and scans against PyTorch to second order (oracle/make_convolution_fixtures.py). */
import type { Node } from '../../../src/tensor/graph/node.ts';
import {
  elu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  relu6,
} from '../../../src/tensor/ops/composites/activations.ts';
import {
  affineByChannel,
  normaliseByStatistics,
  standardizeChannels,
  standardizeGroups,
} from '../../../src/tensor/ops/composites/normalisation.ts';
import { adaptiveAveragePool, averagePool, maxPool } from '../../../src/tensor/ops/composites/pooling.ts';
import { resizeLinear, resizeNearest } from '../../../src/tensor/ops/composites/resize.ts';
import type { ConvolutionOptions, OpBuilder } from '../../../src/tensor/ops/syntax.ts';
import { describeOracleCases } from './oracle-cases.ts';

/** Attributes as PyTorch's functions have them; padding of convolutions as pairs, of pooling as one number. */
interface ConvolutionCase {
  readonly op: string;
  readonly stride?: number | readonly number[];
  readonly padding?: number | readonly (readonly [number, number])[];
  readonly dilation?: readonly number[];
  readonly groups?: number;
  readonly extents?: readonly number[];
  readonly outputs?: readonly number[];
  readonly kernel_size?: number;
  readonly ceil_mode?: boolean;
  readonly count_include_pad?: boolean;
  readonly axis?: number;
  readonly reverse?: boolean;
}

const EPSILON = 1e-5;

type Get = (name: string) => Node;
type Build = (b: OpBuilder, settings: ConvolutionCase, get: Get) => Node;

const activation =
  (apply: (b: OpBuilder, x: Node) => Node): Build =>
  (b, _, get) =>
    apply(b, get('x'));

const BUILDERS: Readonly<Record<string, Build>> = {
  conv: (b, settings, get) => b.conv(get('x'), get('weight'), convolutionOptions(settings)),
  conv_transpose: (b, settings, get) =>
    b.convTranspose(
      get('x'),
      get('weight'),
      settings.extents as readonly number[],
      convolutionOptions(settings),
    ),
  max_pool: (b, settings, get) => maxPool(b, get('x'), poolingOptions(settings)),
  avg_pool: (b, settings, get) => averagePool(b, get('x'), poolingOptions(settings)),
  adaptive_avg_pool: (b, { outputs }, get) => adaptiveAveragePool(b, get('x'), outputs as readonly number[]),
  resize_nearest: (b, { outputs }, get) => resizeNearest(b, get('x'), outputs as readonly number[]),
  resize_linear: (b, { outputs }, get) => resizeLinear(b, get('x'), outputs as readonly number[], false),
  resize_linear_corners: (b, { outputs }, get) =>
    resizeLinear(b, get('x'), outputs as readonly number[], true),
  batch_norm: (b, _, get) =>
    affineByChannel(b, standardizeChannels(b, get('x'), EPSILON), get('weight'), get('bias')),
  batch_norm_running: (b, _, get) =>
    normaliseByStatistics(
      b,
      get('x'),
      { mean: get('mean'), variance: get('variance') },
      get('weight'),
      get('bias'),
      EPSILON,
    ),
  group_norm: (b, { groups }, get) =>
    affineByChannel(b, standardizeGroups(b, get('x'), groups as number, EPSILON), get('weight'), get('bias')),
  rms_norm: (b, _, get) => b.mul(b.standardize(get('x'), EPSILON, [-1], false), get('weight')),
  silu: activation((b, x) => b.silu(x)),
  softplus: activation((b, x) => b.softplus(x)),
  sin: activation((b, x) => b.sin(x)),
  cos: activation((b, x) => b.cos(x)),
  relu6: activation(relu6),
  leaky_relu: activation((b, x) => leakyRelu(b, x)),
  elu: activation((b, x) => elu(b, x)),
  hard_sigmoid: activation((b, x) => hardSigmoid(b, x)),
  hard_swish: activation(hardSwish),
  cumulative_sum: (b, { axis, reverse }, get) => b.cumulativeSum(get('x'), axis as number, reverse),
  linear_scan: (b, { axis }, get) => b.linearScan(get('weight'), get('x'), axis as number),
};

function apply(b: OpBuilder, settings: ConvolutionCase, get: Get): Node {
  const build = BUILDERS[settings.op];
  if (!build) throw new Error(`no operation for the oracle's '${settings.op}'`);
  return build(b, settings, get);
}

function convolutionOptions({ stride, padding, dilation, groups }: ConvolutionCase): ConvolutionOptions {
  const pairs = padding as readonly (readonly [number, number])[] | undefined;
  return {
    ...(stride ? { stride } : {}),
    ...(pairs ? { padding: { low: pairs.map(([low]) => low), high: pairs.map(([, high]) => high) } } : {}),
    ...(dilation ? { dilation } : {}),
    ...(groups ? { groups } : {}),
  };
}

function poolingOptions({ kernel_size, stride, padding, ceil_mode, count_include_pad }: ConvolutionCase) {
  return {
    kernel: kernel_size as number,
    ...(stride ? { stride } : {}),
    padding: (padding ?? 0) as number,
    ceilMode: ceil_mode ?? false,
    countIncludesPadding: count_include_pad ?? true,
  };
}

/**
 * Both sides compute in float64 by different formulas, sums of at most a few hundred terms: roundings of 1e-16 each. A
 * mean of 1000 (the offset case) costs three more digits on either side.
 */
const toleranceOf = (name: string) => (name === 'batch_norm_offset' ? 1e-11 : 1e-12);

await describeOracleCases('convolution.safetensors', apply, toleranceOf);
