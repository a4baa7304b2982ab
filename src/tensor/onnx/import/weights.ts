/**
 * Which tensors of a file are parameters of the network. ONNX does not say: initialisers hold weights, buffers and
 * constants alike, so it is read from what PyTorch's exporter notes, from names, and from what the tensors are used for.
 */
import { type HostTensor, sizeOf } from '../../graph/type.ts';
import { neededNodes } from './convert.ts';
import type { OnnxModel } from './decode.ts';
import type { OnnxNode } from './onnx-graph.ts';
import type { StoredTensor } from './tensor-values.ts';
import { isElementwise, isWeightInput } from './weight-inputs.ts';

/** One use of a tensor, through views of it: which operator takes it, as which of its inputs. */
export interface WeightUse {
  readonly node: OnnxNode;
  readonly index: number;
}

/** A floating-point tensor of the file. */
export interface WeightTensor {
  /** The value that carries it in the graph: the initialiser, or a copy that an exporter shared it with. */
  readonly name: string;
  readonly shape: readonly number[];
  read(): HostTensor;
  readonly uses: readonly WeightUse[];
  /** Whether the name is one that an exporter made up and no module's. */
  readonly isAnonymous: boolean;
  /** Whether it is taken to be a parameter. */
  readonly isParameter: boolean;
  /** Whether it might be one all the same: it is added, multiplied or looked up, and no mask of two values. */
  readonly isDoubtful: boolean;
}

/** Operators that give a tensor another shape or type; what becomes of it decides what it is. */
const VIEWS: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Expand',
  'Slice',
  'Split',
]);

/** Names that modules give to what they do not train. */
const BUFFER_NAME =
  /(mask|rotary|rope|(^|[._])(cos|sin)|inv_freq|freqs|running_(mean|var)|num_batches|position_ids|relative_position_index|anchors?$|(^|[._])(mean|std)$)/i;
/** Names that modules give to what they train. */
const WEIGHT_NAME = /(weight|bias|gamma|beta|scale|embed|token|alpha|_[bg]$|\.[bg]$)/i;
/** Names that exporters make up. */
const MADE_UP_NAME = /^(onnx::|val_|_|\/|c_|Constant|\d+$|t_?\d*$|[cv]\d+$)|_output_\d+$/;

/** All floating-point tensors of a file that the outputs need, weights or not, in the order of their first use. */
export function weightTensors(model: OnnxModel, outputs: readonly string[]): WeightTensor[] {
  const nodes = neededNodes(model, outputs);
  const consumers = new Map<string, WeightUse[]>();
  for (const node of nodes)
    for (const [index, name] of node.inputs.entries())
      consumers.set(name, [...(consumers.get(name) ?? []), { node, index }]);
  const stored = [...model.initialisers.values()].filter(
    ({ dtype, name }) => isFloat(dtype) && consumers.has(name),
  );
  const initialisers = stored.flatMap((tensor) => apart(tensor, nodes, consumers));
  const constants = nodes.flatMap((node) => constantTensor(node));
  const order = new Map(nodes.map((node, position) => [node, position]));
  const firstUse = ({ uses }: WeightTensor) =>
    Math.min(...uses.map(({ node, index }) => (order.get(node) as number) + index / 16));
  const tensors = [...initialisers, ...constants].map((tensor) => {
    const uses = usesOf(tensor.name, consumers, tensor.without);
    const isAnonymous = isMadeUp(model, tensor.name);
    const isTaken = isParameter(model, tensor, uses, isAnonymous);
    return {
      name: tensor.name,
      shape: tensor.shape,
      read: tensor.read,
      uses,
      isAnonymous,
      isParameter: isTaken,
      isDoubtful: !isTaken && isDoubtful(model, tensor, uses),
    };
  });
  return tensors.sort((x, y) => firstUse(x) - firstUse(y));
}

interface Candidate {
  readonly name: string;
  readonly shape: readonly number[];
  read(): HostTensor;
  readonly isInitialiser: boolean;
  /** Copies that are candidates of their own. */
  readonly without: ReadonlySet<string>;
}

const isFloat = (dtype: HostTensor['dtype']) => dtype === 'float32' || dtype === 'float64';

/**
 * PyTorch's older exporter stores equal tensors once and copies them by Identity: all LayerNorms of a fresh network share
 * their ones and zeros, and cloned layers all they have. Copies are tensors of their own where the tensor is the same number
 * everywhere, or where they play the same part as the original in another module; an embedding that is the output layer
 * too, or that several modules look up in, is tied on purpose.
 */
function apart(
  tensor: StoredTensor,
  nodes: readonly OnnxNode[],
  consumers: ReadonlyMap<string, readonly WeightUse[]>,
): Candidate[] {
  const copies = nodes.flatMap(({ opType, inputs, outputs: [name = ''] }) =>
    opType === 'Identity' && inputs[0] === tensor.name && consumers.has(name) && isNamed(name) ? [name] : [],
  );
  const own = { name: tensor.name, shape: tensor.shape, read: () => tensor.read(), isInitialiser: true };
  if (copies.length === 0) return [{ ...own, without: new Set() }];
  const parts = (name: string, without: ReadonlySet<string>) =>
    [...new Set(usesOf(name, consumers, without).map(({ node, index }) => `${node.opType} ${index}`))]
      .sort()
      .join();
  const part = parts(tensor.name, new Set(copies));
  const isClone = (name: string) => parts(name, new Set()) === part && !part.includes('Gather');
  const separate = isUniform(tensor.read()) ? copies : copies.filter(isClone);
  return [
    { ...own, without: new Set(separate) },
    ...separate.map((name) => ({ ...own, name, without: new Set<string>() })),
  ];
}

/** Whether a copy's name is one that a module gave, or one of a folded weight; other copies are steps of the computation. */
const isNamed = (name: string) => name.startsWith('onnx::') || !MADE_UP_NAME.test(name);

function isUniform({ data }: HostTensor): boolean {
  return (data as Float32Array).every((value) => value === data[0]);
}

function constantTensor(node: OnnxNode): Candidate[] {
  const tensor = node.opType === 'Constant' ? node.tensor('value') : null;
  if (!tensor || !isFloat(tensor.dtype)) return [];
  const [name = ''] = node.outputs;
  return [{ name, shape: tensor.shape, read: () => tensor, isInitialiser: false, without: new Set() }];
}

/** What becomes of a value, views of it followed. */
function usesOf(
  name: string,
  consumers: ReadonlyMap<string, readonly WeightUse[]>,
  without: ReadonlySet<string>,
): WeightUse[] {
  return (consumers.get(name) ?? []).flatMap((use) => {
    const { opType, outputs } = use.node;
    if (use.index !== 0 || !VIEWS.has(opType)) return [use];
    return outputs.flatMap((output) => (without.has(output) ? [] : usesOf(output, consumers, without)));
  });
}

/** Where the newer exporter notes what initialisers were, one that it does not note is a folded constant. */
function isMadeUp({ roles }: OnnxModel, name: string): boolean {
  if (MADE_UP_NAME.test(name)) return true;
  return roles.size > 0 && !roles.has(name) && !WEIGHT_NAME.test(name);
}

function isParameter(
  { roles }: OnnxModel,
  { name, shape, isInitialiser, read }: Candidate,
  uses: readonly WeightUse[],
  isAnonymous: boolean,
): boolean {
  const role = roles.get(name);
  if (role === 'PARAMETER') return uses.length > 0;
  if (role !== undefined || BUFFER_NAME.test(name) || uses.length === 0) return false;
  const isWeight = uses.some(({ node, index }) => isWeightInput(node.opType, index));
  const size = sizeOf(shape);
  // PyTorch writes GroupNorm as an InstanceNorm with ones and zeros, and its weights behind it.
  if (isAnonymous && uses.every(({ node }) => node.opType === 'InstanceNormalization') && isUniform(read()))
    return false;
  if (isWeight && (size > 1 || !isAnonymous)) return true;
  if (!uses.some(({ node }) => isElementwise(node.opType))) return false;
  if (!isAnonymous) return isInitialiser;
  // A vector along one axis is a bias or a scale; what spreads over more axes is a mask or a table.
  return isInitialiser && shape.filter((extent) => extent > 1).length === 1 && !isMask(read());
}

/** Masks take off so much that nothing is left. */
function isMask({ data }: HostTensor): boolean {
  return (data as Float32Array).some((value) => value <= -1e4);
}

/** A learned table that the exporter has folded looks like any constant; what it is, only its values can hint at. */
function isDoubtful(
  { roles }: OnnxModel,
  { name, shape, read }: Candidate,
  uses: readonly WeightUse[],
): boolean {
  const isUsed = uses.some(
    ({ node, index }) => isElementwise(node.opType) || isWeightInput(node.opType, index),
  );
  if (!isUsed || roles.has(name) || BUFFER_NAME.test(name) || sizeOf(shape) < 3) return false;
  return new Set((read().data as Float32Array).subarray(0, 4096)).size > 2;
}
