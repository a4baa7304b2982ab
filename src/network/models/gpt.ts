import type { Node } from '../../tensor/graph/node.ts';
import type { GeluForm } from '../../tensor/ops/define/gelu-form.ts';
import { causalAttention } from '../layers/causal-attention.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { linear } from '../layers/linear.ts';
import { normal } from './initialisation.ts';
import type { BlockKind, Model, ParameterSpec, Trace } from './model.ts';
import { nextTokenLoss } from './next-token-loss.ts';
import { denseParameters, normParameters, parameter } from './parameter-specs.ts';

export interface GptConfig {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Of the MLPs; four times the width unless given. */
  readonly hiddenWidth?: number;
  /** Whether there are LayerNorms; true unless given. */
  readonly norms?: boolean;
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Whether linear layers and LayerNorms have a bias. */
  readonly bias: boolean;
  readonly gelu: GeluForm;
  /** Whether the output layer is the embedding, one parameter and one block. */
  readonly tied: boolean;
  /** Which residual projections start smaller by 1 / sqrt(2 layers). */
  readonly scaledProjections: 'both' | 'mlp';
  /** Dropout rate in training; curvature has none. */
  readonly dropout: number;
}

/** Standard deviation of nanoGPT's weights. */
const WEIGHT_DEVIATION = 0.02;

/**
 * nanoGPT's decoder: learned positions, pre-LayerNorm, causal attention, GELU; mean cross-entropy of the next token
 * over all positions. Query, key and value are separate parameters, hence separate blocks.
 * Batch: `tokens` and `targets`, int64 [sequences * contextLength], rows sequence by sequence, and perhaps `counted`.
 */
export function gpt(name: string, config: GptConfig): Model {
  if (config.width % config.heads !== 0)
    throw new Error(`${name}: expected a width divisible by ${config.heads} heads, found ${config.width}`);
  return {
    name,
    dataKind: 'text',
    config: { ...config },
    contextLength: config.contextLength,
    parameters: [
      ...embeddingParameters(config),
      ...Array.from({ length: config.layers }, (_, index) => layerParameters(config, index)).flat(),
      ...normsOf(config, 'transformer.ln_f', null),
      ...(config.tied ? [] : [table('lm_head', [config.vocabularySize, config.width], 'output')]),
    ],
    loss: (trace) => gptLoss(trace, config),
  };
}

function gptLoss(trace: Trace, config: GptConfig): Node {
  const { b, parameters, batch, dropout } = trace;
  const { width, contextLength } = config;
  const tokens = batch.tokens as Node;
  const rows = tokens.type.shape[0] as number;
  const sequences = rows / contextLength;
  if (!Number.isInteger(sequences))
    throw new Error(`expected sequences of ${contextLength} tokens, found ${rows} tokens in all`);
  const table = parameters['transformer.wte.weight'] as Node;
  const embedded = b.reshape(b.gather(table, tokens), [sequences, contextLength, width]);
  const placed = b.add(embedded, parameters['transformer.wpe.weight'] as Node);
  let x = dropout(b.reshape(placed, [rows, width]), config.dropout, 'embedding');
  for (let index = 0; index < config.layers; index++) x = gptLayer(trace, x, index, sequences, config);
  const final = normed(trace, x, 'transformer.ln_f', config);
  const output = config.tied ? table : (parameters['lm_head.weight'] as Node);
  const logits = b.matmul(final, output, false, true);
  return nextTokenLoss(trace, logits);
}

function gptLayer(trace: Trace, input: Node, index: number, sequences: number, config: GptConfig): Node {
  const { b, dropout } = trace;
  const name = `transformer.h.${index}`;
  const size = { sequences, ...config };
  const attended = causalAttention(
    trace,
    normed(trace, input, `${name}.ln_1`, config),
    `${name}.attn`,
    size,
    config.dropout,
  );
  const x = b.add(input, attended);
  const hidden = b.gelu(
    linear(trace, normed(trace, x, `${name}.ln_2`, config), `${name}.mlp.fc`),
    config.gelu,
  );
  return b.add(x, dropout(linear(trace, hidden, `${name}.mlp.proj`), config.dropout, `${name}.mlp`));
}

function embeddingParameters({ vocabularySize, contextLength, width }: GptConfig): ParameterSpec[] {
  return [
    table('transformer.wte', [vocabularySize, width], 'embedding'),
    table('transformer.wpe', [contextLength, width], 'embedding'),
  ];
}

function layerParameters(config: GptConfig, index: number): ParameterSpec[] {
  const { width } = config;
  const layer = index + 1;
  const name = `transformer.h.${index}`;
  const smaller = WEIGHT_DEVIATION / Math.sqrt(2 * config.layers);
  const attentionDeviation = config.scaledProjections === 'both' ? smaller : WEIGHT_DEVIATION;
  const dense = (suffix: string, shape: [number, number], kind: BlockKind, deviation = WEIGHT_DEVIATION) =>
    withoutUnusedBias(
      config,
      denseParameters(`${name}.${suffix}`, shape, kind, layer, { weight: normal(deviation) }),
    );
  const hidden = config.hiddenWidth ?? 4 * width;
  return [
    ...normsOf(config, `${name}.ln_1`, layer),
    ...dense('attn.query', [width, width], 'query'),
    ...dense('attn.key', [width, width], 'key'),
    ...dense('attn.value', [width, width], 'value'),
    ...dense('attn.proj', [width, width], 'attention-projection', attentionDeviation),
    ...normsOf(config, `${name}.ln_2`, layer),
    ...dense('mlp.fc', [hidden, width], 'mlp-fc'),
    ...dense('mlp.proj', [width, hidden], 'mlp-projection', smaller),
  ];
}

/** LayerNorm, where the model has it. */
function normed(trace: Trace, x: Node, name: string, { norms = true }: GptConfig): Node {
  return norms ? layerNorm(trace, x, name) : x;
}

function normsOf(config: GptConfig, name: string, layer: number | null): readonly ParameterSpec[] {
  if (config.norms === false) return [];
  return withoutUnusedBias(config, normParameters(name, config.width, layer));
}

/** A weight and its bias, or the weight alone. */
function withoutUnusedBias(
  { bias }: GptConfig,
  parameters: readonly ParameterSpec[],
): readonly ParameterSpec[] {
  return bias ? parameters : parameters.slice(0, 1);
}

function table(
  name: string,
  shape: readonly [rows: number, width: number],
  kind: 'embedding' | 'output',
): ParameterSpec {
  return parameter(`${name}.weight`, shape, kind, null, normal(WEIGHT_DEVIATION));
}
