import type { Node } from '../../tensor/graph/node.ts';
import type { OpBuilder } from '../../tensor/ops/syntax.ts';
import type { Initialisation } from './initialisation.ts';

/** What parameters do in their networks, in the order in which legends list them. */
export const BLOCK_KINDS = [
  'embedding',
  'patch-embedding',
  'class-token',
  'query',
  'key',
  'value',
  'query-key-value',
  'attention-projection',
  'mlp-fc',
  'mlp-projection',
  'token-mixing',
  'channel-mixing',
  'state-input',
  'state-selection',
  'time-step',
  'state-decay',
  'state-skip',
  'state-output',
  'conv',
  'linear',
  'pooler',
  'prediction-transform',
  'output',
  'norm',
  'bias',
] as const;

/** What a parameter does in its network; blocks are chosen and coloured by it. */
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** One parameter tensor. Each is one block of the Hessian, as PyTorch partitions a model. */
export interface ParameterSpec {
  /** Unique within the model, as the PyTorch original calls it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: BlockKind;
  /** 1-based layer, or null for what belongs to none. */
  readonly layer: number | null;
  readonly initial: Initialisation;
  /**
   * True where the architecture makes the loss independent of the parameter, as softmax does of a key's bias: its
   * Hessian is zero, and what a product returns for it is rounding.
   */
  readonly inert?: boolean;
}

/** What a loss is traced with. */
export interface Trace {
  readonly b: OpBuilder;
  /** Parameter nodes by name. */
  readonly parameters: Readonly<Record<string, Node>>;
  /** The micro-batch's tensors by name, as its dataset names them. */
  readonly batch: Readonly<Record<string, Node>>;
  /** Dropout at a named place: the identity for curvature, a product with a mask in training. */
  readonly dropout: Dropout;
}

/** Applies dropout of a rate at a named place of the network. */
export type Dropout = (x: Node, rate: number, site: string) => Node;

/** No dropout: all randomness is removed for curvature (paper D.1). */
export const withoutDropout: Dropout = (x) => x;

/**
 * What a model's batches hold: the next token of a text, images with classes, masked tokens and pairs of sentences, or a
 * user's own arrays. `masked-language` is made from text too; only imported networks take arrays.
 */
export type DataKind = 'text' | 'images' | 'masked-language' | 'arrays';

/** A value that a user may give to an option of a model. */
export type ModelOptionValue = string | number | boolean;

/** A network with its loss. */
export interface Model {
  readonly name: string;
  /** The kind of data it takes. */
  readonly dataKind: DataKind;
  /** Everything that determines the architecture, for run records. */
  readonly config: Readonly<Record<string, unknown>>;
  /** In the network's order. */
  readonly parameters: readonly ParameterSpec[];
  /** Longest text it takes, in tokens; null for images. */
  readonly contextLength: number | null;
  /** The options of its preset as they were used, defaults included. */
  readonly options?: Readonly<Record<string, ModelOptionValue>>;
  /** What a reader of its spectra must know, one sentence each. */
  readonly notes?: readonly string[];
  /** Named selections of blocks, in the syntax of selections; `paper` is what the paper measured. */
  readonly selections?: Readonly<Record<string, string>>;
  /**
   * Traces the mean loss of a micro-batch, a scalar.
   * @throws when the micro-batch's shapes do not fit the model.
   */
  loss(trace: Trace): Node;
}

/** Names of the parameters that the loss does not depend on. */
export function inertParameters({ parameters }: Model): ReadonlySet<string> {
  return new Set(parameters.filter(({ inert }) => inert).map(({ name }) => name));
}

/** Number of scalar parameters. */
export function parameterCount(model: Model): number {
  return model.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1),
    0,
  );
}
