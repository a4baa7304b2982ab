/** One or several applications of each operator, to be compared with ONNX Runtime. */
import type { HostTensor } from '../../../../src/tensor/graph/type.ts';
import { type AttributeValue, bools, floats, floatTensor, ints, modelBytes } from './small-models.ts';

export interface OperatorCase {
  readonly op: string;
  /** Input values; null leaves an optional one out. */
  readonly inputs: readonly (HostTensor | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** 20 unless given. */
  readonly opset?: number;
  /** Inputs stored in the file as constants; all others are fed. */
  readonly constant?: readonly number[];
  /** How many outputs are compared; 1 unless given. */
  readonly outputs?: number;
  /** How many outputs the node has, where not all are compared. */
  readonly declaredOutputs?: number;
}

/** The single node as a model, and what is fed to it. */
export function modelOf({
  op,
  inputs,
  attributes = {},
  opset = 20,
  constant = [],
  outputs = 1,
  declaredOutputs = outputs,
}: OperatorCase) {
  const named = inputs.flatMap((tensor, index) => (tensor ? [{ name: `x${index}`, tensor, index }] : []));
  const isStored = (index: number) => constant.includes(index);
  const stored = named.filter(({ index }) => isStored(index));
  const fed = named.filter(({ index }) => !isStored(index));
  const names = Array.from({ length: outputs }, (_, index) => `y${index}`);
  const bytes = modelBytes({
    nodes: [
      {
        op,
        inputs: inputs.map((tensor, index) => (tensor ? `x${index}` : '')),
        outputs: Array.from({ length: declaredOutputs }, (_, index) => `y${index}`),
        attributes,
      },
    ],
    inputs: Object.fromEntries(fed.map(({ name, tensor }) => [name, tensor])),
    outputs: names,
    initialisers: Object.fromEntries(stored.map(({ name, tensor }) => [name, tensor])),
    opset,
  });
  return { bytes, names, feeds: Object.fromEntries(fed.map(({ name, tensor }) => [name, tensor])) };
}

const x = floatTensor([2, 3, 4]);
const y = floatTensor([3, 1], -1, 1, 40);
const positive = floatTensor([2, 5], 0.2, 3);
const image = floatTensor([2, 4, 6, 5]);
const whole = ints([7, -7, 9, -3, 5, 2]);
const divisor = ints([2, 2, -4, 2, 5, 3]);

const unary = (
  op: string,
  input: HostTensor = x,
  attributes: OperatorCase['attributes'] = {},
  opset = 20,
): OperatorCase => ({
  op,
  inputs: [input],
  attributes,
  opset,
});
const binary = (op: string, first: HostTensor = x, second: HostTensor = y): OperatorCase => ({
  op,
  inputs: [first, second],
});
/** All inputs known while the file is imported. */
const folded = (
  op: string,
  inputs: readonly HostTensor[],
  attributes: OperatorCase['attributes'] = {},
): OperatorCase => ({
  op,
  inputs,
  attributes,
  constant: inputs.map((_, i) => i),
});

const ELEMENTWISE_CASES: readonly OperatorCase[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Sum', 'Mean'].map((op) => binary(op)),
  ...['Add', 'Sub', 'Mul', 'Div'].map((op) => folded(op, [whole, divisor])),
  folded('Mod', [whole, divisor]),
  folded('Mod', [floats([5.5, -5.5]), floats([2, 2])], { fmod: 1 }),
  ...[2, 3, 0.5, -0.5, -1, 1].map((power) => ({
    op: 'Pow',
    inputs: [positive, floats([power], [])],
    constant: [1],
  })),
  binary('Pow', positive, floatTensor([5], -1, 2)),
  folded('Pow', [floats([2, 3]), floats([3, 2])]),
  ...['Abs', 'Sign', 'Exp', 'Sin', 'Cos', 'Tan', 'Erf', 'Neg'].map((op) => unary(op)),
  ...['Reciprocal', 'Sqrt', 'Log'].map((op) => unary(op, positive)),
  ...['Floor', 'Ceil', 'Round'].map((op) => folded(op, [floats([0.5, 1.5, -0.5, -2.5, 2.4])])),
  folded('Neg', [whole]),
  folded('Abs', [whole]),
  unary('Neg', whole),
  { op: 'Clip', inputs: [x, floats([-0.4], []), floats([0.5], [])], constant: [1, 2] },
  { op: 'Clip', inputs: [x, floats([-0.4], [])], constant: [1] },
  { op: 'Clip', inputs: [x, null, floats([0.5], [])], constant: [2] },
  unary('Clip', x, { min: { float: -0.25 }, max: { float: 0.25 } }, 6),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].flatMap((op) => [
    binary(op, whole, divisor),
    folded(op, [whole, divisor]),
  ]),
  ...['And', 'Or', 'Xor', 'Equal'].flatMap((op) => [
    binary(op, bools([0, 0, 1, 1]), bools([0, 1, 0, 1])),
    folded(op, [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])]),
  ]),
  unary('Not', bools([0, 1])),
  folded('Not', [bools([0, 1])]),
  unary('IsNaN', floats([1, Number.NaN])),
  folded('IsNaN', [floats([1, Number.NaN])]),
  folded('IsInf', [floats([1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])]),
  { op: 'Where', inputs: [bools([1, 0, 1], [3, 1]), x, y] },
  folded('Where', [bools([1, 0]), ints([1, 2]), ints([3, 4])]),
  unary('Cast', whole, { to: 1 }),
  folded('Cast', [floats([1.7, -1.7])], { to: 7 }),
  unary('Cast', ints([0, 3]), { to: 9 }),
  binary('CastLike', whole, x),
  unary('Identity'),
  { op: 'CumSum', inputs: [x, ints([1], [])], constant: [1] },
  { op: 'CumSum', inputs: [x, ints([-1], [])], attributes: { reverse: 1 }, constant: [1] },
  folded('CumSum', [ints([1, 2, 3, 4, 5, 6], [2, 3]), ints([1], [])]),
];

const wide = floatTensor([2, 7], -4, 4);
const ACTIVATION_CASES: readonly OperatorCase[] = [
  ...['Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'Mish', 'HardSwish', 'Gelu'].map((op) =>
    unary(op, wide),
  ),
  ...['LeakyRelu', 'Elu', 'Celu', 'Selu', 'HardSigmoid', 'ThresholdedRelu'].flatMap((op) => [
    unary(op, wide),
    unary(op, wide, { alpha: { float: 0.25 } }),
  ]),
  unary('Gelu', wide, { approximate: 'tanh' }),
  binary('PRelu', image, floatTensor([4, 1, 1], 0.1, 0.9)),
];

const PRODUCT_CASES: readonly OperatorCase[] = [
  binary('MatMul', floatTensor([2, 3, 4]), floatTensor([4, 5], -1, 1, 9)),
  binary('MatMul', floatTensor([2, 3, 4]), floatTensor([2, 4, 5], -1, 1, 9)),
  binary('MatMul', floatTensor([4]), floatTensor([4, 5], -1, 1, 9)),
  binary('MatMul', floatTensor([2, 3, 4]), floatTensor([4], -1, 1, 9)),
  binary('MatMul', floatTensor([4]), floatTensor([2, 4, 3], -1, 1, 9)),
  {
    op: 'Gemm',
    inputs: [floatTensor([4, 3]), floatTensor([5, 4], -1, 1, 7), floatTensor([5], -1, 1, 3)],
    attributes: { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
  },
  { op: 'Gemm', inputs: [floatTensor([3, 4]), floatTensor([4, 5], -1, 1, 7)] },
  ...(
    [
      ['bld,dhk->bhlk', [2, 3, 4], [4, 2, 5]],
      ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
      ['...ij,jk->...ik', [2, 3, 4, 5], [5, 2]],
      ['ij,kj', [3, 4], [2, 4]],
      ['i,j->ij', [3], [4]],
      ['bi,bi->b', [2, 5], [2, 5]],
      ['ijk,k->ji', [2, 3, 4], [4]],
    ] as const
  ).map(([equation, left, right]) => ({
    ...binary('Einsum', floatTensor(left), floatTensor(right, -1, 1, 5)),
    attributes: { equation },
  })),
  {
    op: 'Einsum',
    inputs: [floatTensor([2, 3]), floatTensor([3, 4], -1, 1, 2), floatTensor([4, 2], -1, 1, 3)],
    attributes: { equation: 'ij,jk,kl->il' },
  },
  unary('Einsum', x, { equation: 'ijk->kj' }),
];

const IMAGE_CASES: readonly OperatorCase[] = [
  {
    op: 'Conv',
    inputs: [image, floatTensor([6, 2, 3, 2], -1, 1, 3), floatTensor([6], -1, 1, 8)],
    attributes: { group: 2, pads: [1, 0, 2, 1], strides: [2, 1], dilations: [1, 2] },
  },
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((mode) => ({
    op: 'Conv',
    inputs: [image, floatTensor([3, 4, 3, 2], -1, 1, 3)],
    attributes: { auto_pad: mode, strides: [2, 2] },
  })),
  {
    op: 'Conv',
    inputs: [floatTensor([2, 3, 9]), floatTensor([4, 3, 3], -1, 1, 3)],
    attributes: { pads: [2, 0], dilations: [2] },
  },
  {
    op: 'ConvTranspose',
    inputs: [image, floatTensor([4, 3, 3, 2], -1, 1, 3), floatTensor([3])],
    attributes: { strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 0] },
  },
  {
    op: 'ConvTranspose',
    inputs: [image, floatTensor([4, 1, 2, 2], -1, 1, 3)],
    attributes: { group: 4, strides: [2, 2] },
  },
  {
    op: 'ConvTranspose',
    inputs: [floatTensor([1, 2, 5]), floatTensor([2, 3, 3], -1, 1, 3)],
    attributes: { dilations: [2], pads: [1, 2] },
  },
  unary('MaxPool', image, { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }),
  unary('MaxPool', image, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  unary('MaxPool', image, { kernel_shape: [2, 2], dilations: [2, 1] }),
  unary('AveragePool', image, { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }),
  unary('AveragePool', image, {
    kernel_shape: [3, 2],
    strides: [2, 1],
    pads: [1, 0, 1, 1],
    count_include_pad: 1,
  }),
  unary('AveragePool', image, { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
  unary('GlobalAveragePool', image),
  unary('GlobalMaxPool', image),
  ...(
    [
      ['nearest', 'asymmetric', 'floor', [12, 10]],
      ['nearest', 'half_pixel', 'round_prefer_floor', [12, 10]],
      ['nearest', 'half_pixel', 'round_prefer_ceil', [9, 7]],
      ['nearest', 'align_corners', 'ceil', [4, 8]],
      ['linear', 'half_pixel', 'floor', [12, 10]],
      ['linear', 'align_corners', 'floor', [9, 3]],
      ['linear', 'pytorch_half_pixel', 'floor', [3, 1]],
      ['linear', 'asymmetric', 'floor', [9, 7]],
      ['cubic', 'half_pixel', 'floor', [12, 7]],
    ] as const
  ).map(([mode, grid, rounding, sizes]) => ({
    op: 'Resize',
    inputs: [image, null, null, ints([2, 4, ...sizes])],
    attributes: { mode, coordinate_transformation_mode: grid, nearest_mode: rounding },
    constant: [3],
  })),
  {
    op: 'Resize',
    inputs: [image, null, floats([1, 1, 2, 1.5])],
    attributes: { mode: 'linear' },
    constant: [2],
  },
  {
    op: 'Upsample',
    inputs: [image, floats([1, 1, 2, 3])],
    attributes: { mode: 'nearest' },
    constant: [1],
    opset: 9,
  },
  unary('DepthToSpace', floatTensor([1, 8, 2, 3]), { blocksize: 2 }),
  unary('DepthToSpace', floatTensor([1, 8, 2, 3]), { blocksize: 2, mode: 'CRD' }),
  unary('SpaceToDepth', floatTensor([1, 2, 4, 6]), { blocksize: 2 }),
];

const perChannel = (start: number, low = 0.5, high = 2) => floatTensor([4], low, high, start);
const NORMALISATION_CASES: readonly OperatorCase[] = [
  { op: 'BatchNormalization', inputs: [image, perChannel(1), perChannel(2), perChannel(3), perChannel(4)] },
  {
    op: 'BatchNormalization',
    inputs: [image, perChannel(1), perChannel(2), perChannel(3), perChannel(4)],
    attributes: { training_mode: 1 },
    declaredOutputs: 3,
  },
  { op: 'InstanceNormalization', inputs: [image, perChannel(1), perChannel(2)] },
  { op: 'LayerNormalization', inputs: [x, perChannel(1), perChannel(2)] },
  {
    op: 'LayerNormalization',
    inputs: [x, floatTensor([3, 4], 0.5, 2)],
    attributes: { axis: 1, epsilon: { float: 0.01 } },
  },
  {
    op: 'GroupNormalization',
    inputs: [image, perChannel(1), perChannel(2)],
    attributes: { num_groups: 2 },
    opset: 21,
  },
  unary('LRN', image, { size: 3, alpha: { float: 0.1 }, bias: { float: 2 } }),
  unary('MeanVarianceNormalization', image),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    unary(op),
    unary(op, x, { axis: 1 }),
    unary(op, x, { axis: 1 }, 11),
  ]),
  unary('LpNormalization', x, { axis: 1 }),
  unary('LpNormalization', positive, { axis: -1, p: 1 }),
];

const reductions = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSumExp',
];
const REDUCTION_CASES: readonly OperatorCase[] = [
  ...reductions.flatMap((op): OperatorCase[] => [
    { op, inputs: [x, ints([1, -1])], constant: [1] },
    { op, inputs: [x, ints([0])], attributes: { keepdims: 0 }, constant: [1] },
    { op, inputs: [x], attributes: { keepdims: 0 } },
  ]),
  { op: 'ReduceLogSum', inputs: [positive, ints([1])], constant: [1] },
  unary('ReduceMean', x, { axes: [1] }, 13),
  { op: 'ReduceSum', inputs: [x, ints([])], attributes: { noop_with_empty_axes: 1 }, constant: [1] },
  ...['ReduceSum', 'ReduceProd', 'ReduceMax', 'ReduceMin'].map((op) =>
    folded(op, [ints([3, 4, 5, 6], [2, 2]), ints([1])], { keepdims: 0 }),
  ),
];

const SHAPE_CASES: readonly OperatorCase[] = [
  { op: 'Reshape', inputs: [x, ints([0, -1])], constant: [1] },
  unary('Flatten', x, { axis: 2 }),
  { op: 'Squeeze', inputs: [floatTensor([1, 3, 1]), ints([0])], constant: [1] },
  unary('Squeeze', floatTensor([1, 3, 1])),
  { op: 'Unsqueeze', inputs: [x, ints([0, -1])], constant: [1] },
  unary('Unsqueeze', x, { axes: [1] }, 11),
  { op: 'Expand', inputs: [y, ints([2, 1, 4])], constant: [1] },
  { op: 'Tile', inputs: [x, ints([2, 1, 3])], constant: [1] },
  unary('Transpose'),
  unary('Transpose', x, { perm: [1, 0, 2] }),
  { op: 'Concat', inputs: [x, floatTensor([2, 2, 4], -1, 1, 30)], attributes: { axis: -2 } },
  folded('Concat', [ints([1, 2]), ints([3])], { axis: 0 }),
  { op: 'Slice', inputs: [x, ints([1, -3]), ints([1000, 4]), ints([1, 2])], constant: [1, 2, 3] },
  { op: 'Slice', inputs: [x, ints([2]), ints([-1000]), ints([1]), ints([-1])], constant: [1, 2, 3, 4] },
  { op: 'Slice', inputs: [x, ints([0]), ints([4]), ints([2]), ints([2])], constant: [1, 2, 3, 4] },
  folded('Slice', [ints([1, 2, 3, 4, 5]), ints([-1]), ints([-1000]), ints([0]), ints([-2])]),
  { op: 'Split', inputs: [x, ints([1, 3])], attributes: { axis: 2 }, constant: [1], outputs: 2 },
  { op: 'Split', inputs: [x], attributes: { axis: -1, num_outputs: 2 }, outputs: 2 },
  { op: 'Pad', inputs: [x, ints([0, 1, 2, 1, 0, 1]), floats([0.5], [])], constant: [1, 2] },
  { op: 'Pad', inputs: [x, ints([0, -1, 2, 0, 0, 1])], constant: [1] },
  ...['reflect', 'edge'].map((mode) => ({
    op: 'Pad',
    inputs: [x, ints([0, 1, 2, 0, 2, 3])],
    attributes: { mode },
    constant: [1],
  })),
  { op: 'Pad', inputs: [x, ints([0, 0, 3, 0, 0, 2])], attributes: { mode: 'wrap' }, constant: [1] },
  folded('Pad', [ints([1, 2], [2, 1]), ints([1, 0, 0, 2]), ints([7], [])]),
  ...[0, 1].flatMap((upper) => [
    { op: 'Trilu', inputs: [x, ints([1], [])], attributes: { upper }, constant: [1] },
    { op: 'Trilu', inputs: [floatTensor([4, 3])], attributes: { upper } },
  ]),
  folded('Range', [ints([3], []), ints([12], []), ints([4], [])]),
  unary('Shape', x, { start: 1 }),
  unary('Size'),
  { op: 'Constant', inputs: [], attributes: { value: floatTensor([2, 2]) } },
  { op: 'Constant', inputs: [], attributes: { value_ints: [4, 5] } },
  folded('ConstantOfShape', [ints([2, 3])], { value: floats([0.5]) }),
  unary('EyeLike', floatTensor([3, 4]), { k: 1 }),
];

const INDEXING_CASES: readonly OperatorCase[] = [
  { op: 'Gather', inputs: [x, ints([2, 0, -1, 1], [2, 2])], attributes: { axis: 1 } },
  { op: 'Gather', inputs: [x, ints([2, 0], [2])], attributes: { axis: 1 }, constant: [1] },
  { op: 'Gather', inputs: [x, ints([1], [])], attributes: { axis: -1 }, constant: [1] },
  { op: 'Gather', inputs: [floatTensor([5, 3]), ints([4, 0, 4])] },
  folded('Gather', [ints([5, 6, 7]), ints([-1, 0])]),
  { op: 'GatherElements', inputs: [x, ints([0, 1, -1, 0, 2, 1, 2, 0], [2, 1, 4])], attributes: { axis: 1 } },
  {
    op: 'GatherElements',
    inputs: [x, ints([0, 1, 2, 0, 2, 1, 2, 0], [2, 1, 4])],
    attributes: { axis: 1 },
    constant: [1],
  },
  { op: 'GatherND', inputs: [x, ints([0, 1, 1, 2], [2, 2])], constant: [1] },
  { op: 'ScatterND', inputs: [x, ints([0, 1, 1, 2], [2, 2]), floatTensor([2, 4], 5, 6)], constant: [1] },
  {
    op: 'ScatterElements',
    inputs: [x, ints([2, 0, 1, 1, 0, 0, 2, 2], [2, 1, 4]), floatTensor([2, 1, 4], 5, 6)],
    attributes: { axis: 1 },
    constant: [1],
  },
  {
    op: 'OneHot',
    inputs: [ints([0, 2, -1]), ints([3], []), floats([0.5, 2])],
    attributes: { axis: 0 },
    constant: [1, 2],
  },
  ...['ArgMax', 'ArgMin'].flatMap((op) => [
    folded(op, [x], { axis: 1 }),
    folded(op, [x], { axis: -1, keepdims: 0 }),
  ]),
  folded('NonZero', [floats([0, 2, 3, 0], [2, 2])]),
];

const steps = floatTensor([4, 2, 3]);
const recurrent = (
  op: string,
  gates: number,
  directions: number,
  attributes: OperatorCase['attributes'],
): OperatorCase => ({
  op,
  inputs: [
    steps,
    floatTensor([directions, gates * 5, 3], -1, 1, 3),
    floatTensor([directions, gates * 5, 5], -1, 1, 5),
    floatTensor([directions, 2 * gates * 5], -1, 1, 7),
    null,
    floatTensor([directions, 2, 5], -1, 1, 9),
  ],
  attributes: { hidden_size: 5, ...attributes },
  outputs: 2,
});
const RECURRENT_CASES: readonly OperatorCase[] = [
  ...(
    [
      ['LSTM', 4],
      ['GRU', 3],
      ['RNN', 1],
    ] as const
  ).flatMap(([op, gates]) => [
    recurrent(op, gates, 1, {}),
    recurrent(op, gates, 1, { direction: 'reverse' }),
    recurrent(op, gates, 2, { direction: 'bidirectional' }),
  ]),
  recurrent('GRU', 3, 1, { linear_before_reset: 1 }),
  recurrent('RNN', 1, 1, { activations: { texts: ['Relu'] } }),
  {
    op: 'LSTM',
    inputs: [steps, floatTensor([1, 20, 3], -1, 1, 3), floatTensor([1, 20, 5], -1, 1, 5)],
    attributes: { hidden_size: 5 },
    outputs: 3,
  },
];

const scores = floatTensor([3, 4, 2], -2, -0.1);
const classes = ints([0, 3, 1, -100, 2, 2], [3, 2]);
const LOSS_CASES: readonly OperatorCase[] = ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'].flatMap(
  (op): OperatorCase[] => [
    { op, inputs: [scores, classes], attributes: { ignore_index: -100 } },
    { op, inputs: [scores, classes, floatTensor([4], 0.5, 2)], attributes: { ignore_index: -100 } },
    { op, inputs: [scores, classes], attributes: { ignore_index: -100, reduction: 'sum' } },
    { op, inputs: [scores, classes], attributes: { ignore_index: -100, reduction: 'none' } },
  ],
);

export const OPERATOR_CASES: readonly OperatorCase[] = [
  ...ELEMENTWISE_CASES,
  ...ACTIVATION_CASES,
  ...PRODUCT_CASES,
  ...IMAGE_CASES,
  ...NORMALISATION_CASES,
  ...REDUCTION_CASES,
  ...SHAPE_CASES,
  ...INDEXING_CASES,
  ...RECURRENT_CASES,
  ...LOSS_CASES,
  { op: 'Dropout', inputs: [x] },
];
