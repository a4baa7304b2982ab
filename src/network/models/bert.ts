import type { Node } from '../../tensor/graph/node.ts';
import type { FloatDType } from '../../tensor/graph/type.ts';
import { attention } from '../layers/attention.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { linear } from '../layers/linear.ts';
import { constant, normal } from './initialisation.ts';
import type { BlockKind, Model, ParameterSpec, Trace } from './model.ts';
import { denseParameters, normParameters, parameter } from './parameter-specs.ts';

export interface BertConfig {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Width of the hidden layer between attention and attention, four times `width` in BERT. */
  readonly hiddenWidth: number;
  /** Tokens in a sequence, and number of learned positions. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Whether the decoder of masked tokens is the word embedding, one parameter and one block. */
  readonly tied: boolean;
  /** Added to the variance in every LayerNorm; 1e-12 in Hugging Face's BERT. */
  readonly epsilon: number;
  /** Dropout rate in training; curvature has none. */
  readonly dropout: number;
}

/** Standard deviation of all weights and embeddings. */
const WEIGHT = normal(0.02);
/** Segments A and B. */
const SEGMENTS = 2;

/**
 * BERT with the heads it is trained with, under the names of Hugging Face's BertForPreTraining: post-LayerNorm, exact
 * GELU, query, key and value apart. The loss is the mean cross-entropy of the masked tokens plus that of whether the
 * second segment follows the first. Hugging Face starts the row of the padding token at zero; here all rows are drawn.
 *
 * Batch: `tokens` and `segments` int64 [sequences * contextLength], `maskedRows` and `maskedTargets` int64 [masked],
 * `nextLabels` int64 [sequences]; where there is `attentionMask`, int64 [sequences * contextLength], positions that
 * have 0 in it are not attended to.
 */
export function bert(name: string, config: BertConfig): Model {
  if (config.width % config.heads !== 0)
    throw new Error(`${name}: expected a width divisible by ${config.heads} heads, found ${config.width}`);
  return {
    name,
    dataKind: 'masked-language',
    config: { ...config },
    contextLength: config.contextLength,
    parameters: [
      ...embeddingParameters(config),
      ...Array.from({ length: config.layers }, (_, index) => layerParameters(config, index)).flat(),
      ...headParameters(config),
    ],
    loss: (trace) => bertLoss(trace, config),
  };
}

function bertLoss(trace: Trace, config: BertConfig): Node {
  const { b, parameters, batch } = trace;
  const hidden = bertEncoder(trace, config);
  const picked = b.gather(hidden, batch.maskedRows as Node);
  const transformed = layerNorm(
    trace,
    b.gelu(linear(trace, picked, 'cls.predictions.transform.dense')),
    'cls.predictions.transform.LayerNorm',
    config.epsilon,
  );
  const decoder = config.tied ? 'bert.embeddings.word_embeddings' : 'cls.predictions.decoder';
  const scores = b.matmul(transformed, parameters[`${decoder}.weight`] as Node, false, true);
  const logits = b.add(scores, parameters['cls.predictions.bias'] as Node);
  const masked = b.reduceMean(b.crossEntropy(logits, batch.maskedTargets as Node), [0]);
  const pooled = b.tanh(linear(trace, firstRows(trace, hidden, config), 'bert.pooler.dense'));
  const nextLogits = linear(trace, pooled, 'cls.seq_relationship');
  return b.add(masked, b.reduceMean(b.crossEntropy(nextLogits, batch.nextLabels as Node), [0]));
}

/**
 * The encoder without its heads.
 * @returns [sequences * contextLength, width], rows sequence by sequence.
 */
export function bertEncoder(trace: Trace, config: BertConfig): Node {
  const { b, parameters, batch, dropout } = trace;
  const { width, contextLength } = config;
  const tokens = batch.tokens as Node;
  const rows = tokens.type.shape[0] as number;
  const sequences = rows / contextLength;
  if (!Number.isInteger(sequences))
    throw new Error(`expected sequences of ${contextLength} tokens, found ${rows} tokens in all`);
  const table = (part: string) => parameters[`bert.embeddings.${part}_embeddings.weight`] as Node;
  const words = b.add(b.gather(table('word'), tokens), b.gather(table('token_type'), batch.segments as Node));
  const placed = b.add(b.reshape(words, [sequences, contextLength, width]), table('position'));
  const embedded = layerNorm(
    trace,
    b.reshape(placed, [rows, width]),
    'bert.embeddings.LayerNorm',
    config.epsilon,
  );
  let x = dropout(embedded, config.dropout, 'embedding');
  const mask = paddingMask(trace, sequences, contextLength);
  for (let index = 0; index < config.layers; index++) x = bertLayer(trace, x, index, sequences, mask, config);
  return x;
}

function bertLayer(
  trace: Trace,
  input: Node,
  index: number,
  sequences: number,
  mask: Node | null,
  config: BertConfig,
): Node {
  const { b, dropout } = trace;
  const name = `bert.encoder.layer.${index}`;
  const part = (suffix: string) => linear(trace, input, `${name}.attention.self.${suffix}`);
  const mixed = attention(
    trace,
    [part('query'), part('key'), part('value')],
    { ...config, sequences },
    mask,
    { rate: config.dropout, site: `${name}.attention.self` },
  );
  const residual = (x: Node, branch: Node, suffix: string) => {
    const added = dropout(
      linear(trace, branch, `${name}.${suffix}.dense`),
      config.dropout,
      `${name}.${suffix}`,
    );
    return layerNorm(trace, b.add(x, added), `${name}.${suffix}.LayerNorm`, config.epsilon);
  };
  const x = residual(input, mixed, 'attention.output');
  return residual(x, b.gelu(linear(trace, x, `${name}.intermediate.dense`)), 'output');
}

/** Added to scores that must not count: exp of it is exactly 0, and it is finite, so that any infinity is a fault. */
const MASKED = -1e30;

/** 0 where a position may be attended to, else the masking value: [sequences, 1, 1, contextLength]. */
function paddingMask({ b, parameters, batch }: Trace, sequences: number, contextLength: number): Node | null {
  const kept = batch.attentionMask;
  if (!kept) return null;
  const { dtype } = (parameters['bert.pooler.dense.weight'] as Node).type;
  const left = b.sub(1, b.cast(kept, dtype as FloatDType));
  return b.reshape(b.mul(left, MASKED), [sequences, 1, 1, contextLength]);
}

/** The rows of the classifying token: [sequences * contextLength, width] -> [sequences, width]. */
function firstRows({ b }: Trace, hidden: Node, { contextLength, width }: BertConfig): Node {
  const sequences = (hidden.type.shape[0] as number) / contextLength;
  const first = b.sliceAxis(b.reshape(hidden, [sequences, contextLength, width]), 1, 0, 1);
  return b.reshape(first, [sequences, width]);
}

function embeddingParameters({ vocabularySize, contextLength, width }: BertConfig): ParameterSpec[] {
  const table = (part: string, rows: number) =>
    parameter(`bert.embeddings.${part}_embeddings.weight`, [rows, width], 'embedding', null, WEIGHT);
  return [
    table('word', vocabularySize),
    table('position', contextLength),
    table('token_type', SEGMENTS),
    ...normParameters('bert.embeddings.LayerNorm', width, null),
  ];
}

function layerParameters({ width, hiddenWidth }: BertConfig, index: number): ParameterSpec[] {
  const name = `bert.encoder.layer.${index}`;
  const layer = index + 1;
  const dense = (suffix: string, shape: [number, number], kind: BlockKind) =>
    denseParameters(`${name}.${suffix}`, shape, kind, layer, { weight: WEIGHT });
  return [
    ...dense('attention.self.query', [width, width], 'query'),
    ...dense('attention.self.key', [width, width], 'key'),
    ...dense('attention.self.value', [width, width], 'value'),
    ...dense('attention.output.dense', [width, width], 'attention-projection'),
    ...normParameters(`${name}.attention.output.LayerNorm`, width, layer),
    ...dense('intermediate.dense', [hiddenWidth, width], 'mlp-fc'),
    ...dense('output.dense', [width, hiddenWidth], 'mlp-projection'),
    ...normParameters(`${name}.output.LayerNorm`, width, layer),
  ];
}

function headParameters({ width, vocabularySize, tied }: BertConfig): ParameterSpec[] {
  const initial = { weight: WEIGHT };
  const transform = 'cls.predictions.transform';
  return [
    ...denseParameters('bert.pooler.dense', [width, width], 'pooler', null, initial),
    parameter('cls.predictions.bias', [vocabularySize], 'bias', null, constant(0)),
    ...denseParameters(`${transform}.dense`, [width, width], 'prediction-transform', null, initial),
    ...normParameters(`${transform}.LayerNorm`, width, null),
    ...(tied
      ? []
      : [parameter('cls.predictions.decoder.weight', [vocabularySize, width], 'output', null, WEIGHT)]),
    ...denseParameters('cls.seq_relationship', [SEGMENTS, width], 'output', null, initial),
  ];
}
