import type { Node } from '../../tensor/graph/node.ts';
import { linear } from '../layers/linear.ts';
import { rmsNorm } from '../layers/rms-norm.ts';
import {
  causalConvolution,
  type StateSpaceSize,
  selectiveStateSpace,
} from '../layers/selective-state-space.ts';
import {
  constant,
  type Initialisation,
  normal,
  pytorchLinear,
  rows,
  timeStep,
  uniform,
} from './initialisation.ts';
import type { BlockKind, Model, ParameterSpec, Trace } from './model.ts';
import { nextTokenLoss } from './next-token-loss.ts';
import { parameter } from './parameter-specs.ts';

export interface MambaConfig {
  readonly layers: number;
  readonly width: number;
  /** Channels of the state space are this many times the width; 2 in the paper of Mamba. */
  readonly expansion: number;
  /** Numbers in the state of one channel; 16 in the paper of Mamba. */
  readonly stateSize: number;
  /** Positions that the convolution sees; 4 in the paper of Mamba. */
  readonly kernel: number;
  /** Tokens in a sequence. The model itself has no longest one. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Whether the output layer is the embedding, one parameter and one block. */
  readonly tied: boolean;
}

/** The reference implementation's deviation of the embedding. */
const EMBEDDING = normal(0.02);
/** Between which the reference implementation draws time steps. */
const [LEAST_STEP, GREATEST_STEP] = [0.001, 0.1];

/**
 * Mamba (Gu and Dao 2023) with names and initial distributions of its reference implementation: layers of RMSNorm and a
 * gated selective state space added to their input, a last RMSNorm; mean cross-entropy of the next token over all
 * positions. Batch: `tokens` and `targets`, int64 [sequences * contextLength], rows sequence by sequence, and perhaps
 * `counted`.
 */
export function mamba(name: string, config: MambaConfig): Model {
  const { width, vocabularySize, tied } = config;
  return {
    name,
    dataKind: 'text',
    config: { ...config },
    contextLength: config.contextLength,
    parameters: [
      parameter('backbone.embedding.weight', [vocabularySize, width], 'embedding', null, EMBEDDING),
      ...Array.from({ length: config.layers }, (_, index) => layerParameters(config, index)).flat(),
      gain('backbone.norm_f', width, null),
      ...(tied
        ? []
        : [parameter('lm_head.weight', [vocabularySize, width], 'output', null, pytorchLinear(width))]),
    ],
    loss: (trace) => mambaLoss(trace, config),
  };
}

function mambaLoss(trace: Trace, config: MambaConfig): Node {
  const { b, parameters, batch } = trace;
  const tokens = batch.tokens as Node;
  const count = tokens.type.shape[0] as number;
  const sequences = count / config.contextLength;
  if (!Number.isInteger(sequences))
    throw new Error(`expected sequences of ${config.contextLength} tokens, found ${count} tokens in all`);
  const table = parameters['backbone.embedding.weight'] as Node;
  let x = b.gather(table, tokens);
  for (let index = 0; index < config.layers; index++)
    x = mambaLayer(trace, x, index, { sequences, ...sizesOf(config) });
  const final = rmsNorm(trace, x, 'backbone.norm_f');
  const output = config.tied ? table : (parameters['lm_head.weight'] as Node);
  const logits = b.matmul(final, output, false, true);
  return nextTokenLoss(trace, logits);
}

/** input [sequences * contextLength, width] -> the same shape. */
function mambaLayer(trace: Trace, input: Node, index: number, size: StateSpaceSize): Node {
  const { b } = trace;
  const { innerWidth } = size;
  const name = `backbone.layers.${index}`;
  const both = linear(trace, rmsNorm(trace, input, `${name}.norm`), `${name}.mixer.in_proj`);
  const x = b.silu(
    causalConvolution(trace, b.sliceAxis(both, 1, 0, innerWidth), `${name}.mixer.conv1d`, size),
  );
  const gate = b.silu(b.sliceAxis(both, 1, innerWidth, 2 * innerWidth));
  const mixed = b.mul(selectiveStateSpace(trace, x, `${name}.mixer`, size), gate);
  return b.add(input, linear(trace, mixed, `${name}.mixer.out_proj`));
}

/** Channels of the state space, and the rank of its time steps: a sixteenth of the width, rounded up. */
function sizesOf({
  width,
  expansion,
  stateSize,
  contextLength,
}: MambaConfig): Omit<StateSpaceSize, 'sequences'> {
  return { contextLength, innerWidth: expansion * width, stateSize, timeStepRank: Math.ceil(width / 16) };
}

/** In the order of the reference's state dictionary. */
function layerParameters(config: MambaConfig, index: number): ParameterSpec[] {
  const { width, layers, stateSize, kernel } = config;
  const { innerWidth, timeStepRank } = sizesOf(config);
  const layer = index + 1;
  const name = `backbone.layers.${index}`;
  const own = (suffix: string, shape: readonly number[], kind: BlockKind, initial: Initialisation) =>
    parameter(`${name}.mixer.${suffix}`, shape, kind, layer, initial);
  const logarithms = Array.from({ length: stateSize }, (_, i) => Math.log(i + 1));
  const convolution = pytorchLinear(kernel);
  const selected = timeStepRank + 2 * stateSize;
  return [
    gain(`${name}.norm`, width, layer),
    own('A_log', [innerWidth, stateSize], 'state-decay', rows(logarithms)),
    own('D', [innerWidth], 'state-skip', constant(1)),
    own('in_proj.weight', [2 * innerWidth, width], 'state-input', pytorchLinear(width)),
    own('conv1d.weight', [innerWidth, 1, kernel], 'conv', convolution),
    own('conv1d.bias', [innerWidth], 'bias', convolution),
    own('x_proj.weight', [selected, innerWidth], 'state-selection', pytorchLinear(innerWidth)),
    own('dt_proj.weight', [innerWidth, timeStepRank], 'time-step', pytorchLinear(timeStepRank)),
    own('dt_proj.bias', [innerWidth], 'bias', timeStep(LEAST_STEP, GREATEST_STEP)),
    own('out_proj.weight', [width, innerWidth], 'state-output', uniform(1 / Math.sqrt(innerWidth * layers))),
  ];
}

/** A scale of RMSNorm. */
function gain(name: string, width: number, layer: number | null): ParameterSpec {
  return parameter(`${name}.weight`, [width], 'norm', layer, constant(1));
}
