/** Where operators take weights, and how modules call them. */

/** The word for each input that may hold weights, by operator; '' for one that does not. */
const INPUT_WORDS: Readonly<Record<string, readonly string[]>> = {
  MatMul: ['weight', 'weight'],
  Einsum: ['weight', 'weight', 'weight', 'weight'],
  Gemm: ['weight', 'weight', 'bias'],
  Conv: ['', 'weight', 'bias'],
  ConvTranspose: ['', 'weight', 'bias'],
  Gather: ['weight'],
  BatchNormalization: ['', 'weight', 'bias'],
  InstanceNormalization: ['', 'weight', 'bias'],
  LayerNormalization: ['', 'weight', 'bias'],
  GroupNormalization: ['', 'weight', 'bias'],
  RMSNormalization: ['', 'weight'],
  LSTM: ['', 'weight_ih', 'weight_hh', 'bias'],
  GRU: ['', 'weight_ih', 'weight_hh', 'bias'],
  RNN: ['', 'weight_ih', 'weight_hh', 'bias'],
  PRelu: ['', 'weight'],
};

/** Operators whose arguments may be weights: biases, scales, learned positions and tokens. */
const ELEMENTWISE_WORDS: Readonly<Record<string, string>> = {
  Add: 'bias',
  Sub: 'bias',
  Mul: 'scale',
  Div: 'scale',
  Concat: 'token',
  Where: 'constant',
  ReduceL2: 'constant',
  Exp: 'constant',
  Softplus: 'constant',
  Neg: 'constant',
  Sigmoid: 'constant',
  Tanh: 'constant',
};

/** How a module would call what an operator takes as an input; null where that is no weight. */
export function weightWord(opType: string, index: number): string | null {
  return INPUT_WORDS[opType]?.[index] || (ELEMENTWISE_WORDS[opType] ?? null);
}

/** Whether an input of an operator is for weights, and not for anything. */
export function isWeightInput(opType: string, index: number): boolean {
  return Boolean(INPUT_WORDS[opType]?.[index]);
}

/** Whether an operator computes element by element or joins, so that its arguments may be weights or not. */
export function isElementwise(opType: string): boolean {
  return Object.hasOwn(ELEMENTWISE_WORDS, opType);
}

/** Whether an operator normalises, so that its weights are scales and shifts of a normalisation layer. */
export function isNormalisation(opType: string): boolean {
  return opType.endsWith('Normalization') && Object.hasOwn(INPUT_WORDS, opType);
}
