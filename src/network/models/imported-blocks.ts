/** The blocks of an imported network: which tensors of the file, or which parts of them, make up each. */
import { UserError } from '../../errors.ts';
import type { Node } from '../../tensor/graph/node.ts';
import { allocate, type FloatDType, type HostTensor, sizeOf } from '../../tensor/graph/type.ts';
import type { WeightTensor } from '../../tensor/onnx/import/weights.ts';
import type { OpBuilder } from '../../tensor/ops/syntax.ts';
import type { BlockRule } from './blocks-file.ts';
import { type BlockTitle, blockTitles } from './imported-names.ts';
import type { ParameterSpec } from './model.ts';
import type { ParameterValues } from './parameters.ts';

/** A tensor of the file, or one of the equal parts that it is cut into along an axis. */
interface Piece extends BlockTitle {
  readonly tensor: WeightTensor;
  readonly axis: number;
  readonly start: number;
  readonly stop: number;
}

/** One parameter of the model; several pieces lie one after the other in a flat vector. */
interface Block {
  readonly spec: Omit<ParameterSpec, 'initial'>;
  readonly pieces: readonly Piece[];
}

export interface ImportedBlocks {
  readonly specs: readonly Omit<ParameterSpec, 'initial'>[];
  /** Parameters that are held fixed since the user says so. */
  readonly fixed: readonly string[];
  /** Tensors taken for constants that might be parameters. */
  readonly doubtful: readonly string[];
  /** The file's tensors by ONNX name as graph values, from the parameters' nodes. */
  tensors(b: OpBuilder, parameters: Readonly<Record<string, Node>>): [string, Node][];
  /** The file's values by block. */
  values(dtype: FloatDType): ParameterValues;
}

/**
 * Groups a file's weights into blocks: each tensor is one, unless rules say otherwise.
 * @throws UserError when a rule matches nothing or cannot be followed.
 */
export function importedBlocks(
  tensors: readonly WeightTensor[],
  rules: readonly BlockRule[],
): ImportedBlocks {
  const titles = blockTitles(tensors);
  const used = new Set<BlockRule>();
  const fixed: string[] = [];
  const doubtful: string[] = [];
  const pieces = tensors.flatMap((tensor, index) => {
    const title = titles[index] as BlockTitle;
    const rule = rules.find(
      ({ match, constant }) => match.test(title.name) && (tensor.isParameter || constant === false),
    );
    if (rule) used.add(rule);
    if (rule?.constant) fixed.push(title.name);
    if (!rule && tensor.isDoubtful) doubtful.push(title.name);
    if (rule?.constant || (!tensor.isParameter && !rule)) return [];
    if (!rule) return [whole(tensor, title)];
    return rule.split ? cut(tensor, title, rule) : [whole(tensor, renamed(title, rule))];
  });
  const idle = rules.find((rule) => !used.has(rule));
  if (idle)
    throw new UserError(
      `The rule '${idle.match.source.slice(4, -2)}' matches no parameter; the parameters are ${titles.flatMap(({ name }, index) => (tensors[index]?.isParameter ? [name] : [])).join(', ')}.`,
    );
  const blocks = blocksOf(pieces);
  return {
    specs: blocks.map(({ spec }) => spec),
    fixed,
    doubtful,
    tensors: (b, nodes) => tensorNodes(b, nodes, blocks),
    values: (dtype) => blockValues(blocks, dtype),
  };
}

const whole = (tensor: WeightTensor, title: BlockTitle): Piece => ({
  ...title,
  tensor,
  axis: 0,
  start: 0,
  stop: tensor.shape[0] ?? 1,
});

function renamed(title: BlockTitle, { match, name, kind, layer }: BlockRule): BlockTitle {
  return {
    name: name === undefined ? title.name : title.name.replace(match, name),
    kind: kind ?? title.kind,
    layer: layer === undefined ? title.layer : layer,
  };
}

function cut(tensor: WeightTensor, title: BlockTitle, rule: BlockRule): Piece[] {
  const { axis, names, kinds } = rule.split as NonNullable<BlockRule['split']>;
  const extent = tensor.shape[axis];
  if (extent === undefined || extent % names.length !== 0)
    throw new UserError(
      `The parameter ${title.name} [${tensor.shape.join(', ')}] cannot be cut into ${names.length} equal parts along axis ${axis}.`,
    );
  const size = extent / names.length;
  return names.map((name, index) => ({
    ...renamed(title, { ...rule, name, kind: kinds?.[index] ?? rule.kind }),
    tensor,
    axis,
    start: index * size,
    stop: (index + 1) * size,
  }));
}

function blocksOf(pieces: readonly Piece[]): Block[] {
  const byName = new Map<string, Piece[]>();
  for (const piece of pieces) byName.set(piece.name, [...(byName.get(piece.name) ?? []), piece]);
  return [...byName].map(([name, members]) => {
    const [first] = members as [Piece];
    const shape =
      members.length === 1
        ? pieceShape(first)
        : [members.reduce((sum, piece) => sum + sizeOf(pieceShape(piece)), 0)];
    return { spec: { name, shape, kind: first.kind, layer: first.layer }, pieces: members };
  });
}

function pieceShape({ tensor, axis, start, stop }: Piece): number[] {
  return tensor.shape.map((extent, i) => (i === axis ? stop - start : extent));
}

function tensorNodes(
  b: OpBuilder,
  nodes: Readonly<Record<string, Node>>,
  blocks: readonly Block[],
): [string, Node][] {
  const parts = new Map<string, { piece: Piece; node: Node }[]>();
  for (const { spec, pieces } of blocks) {
    const node = nodes[spec.name] as Node;
    let start = 0;
    for (const piece of pieces) {
      const shape = pieceShape(piece);
      const stop = start + sizeOf(shape);
      const part = pieces.length === 1 ? node : b.reshape(b.sliceAxis(node, 0, start, stop), shape);
      start = stop;
      parts.set(piece.tensor.name, [...(parts.get(piece.tensor.name) ?? []), { piece, node: part }]);
    }
  }
  return [...parts].map(([name, list]) => {
    const inOrder = list.sort((x, y) => x.piece.start - y.piece.start);
    const [first] = inOrder as [(typeof inOrder)[0]];
    if (inOrder.length === 1) return [name, first.node];
    const joined = b.concat(
      inOrder.map(({ node }) => node),
      first.piece.axis,
    );
    return [name, joined];
  });
}

function blockValues(blocks: readonly Block[], dtype: FloatDType): ParameterValues {
  const read = new Map<WeightTensor, HostTensor>();
  const valuesOf = (tensor: WeightTensor) => {
    const known = read.get(tensor) ?? tensor.read();
    read.set(tensor, known);
    return known;
  };
  return Object.fromEntries(
    blocks.map(({ spec, pieces }) => {
      // Read first: only what was read is known to be as large as it says.
      const tensors = pieces.map(({ tensor }) => valuesOf(tensor));
      const data = allocate(dtype, sizeOf(spec.shape));
      let at = 0;
      for (const [index, piece] of pieces.entries())
        at = copyPiece(tensors[index] as HostTensor, piece, data, at);
      return [spec.name, { dtype, shape: spec.shape, data }];
    }),
  );
}

/** Copies the part of a tensor's values that a piece takes. @returns where the next one goes. */
function copyPiece(
  { data, shape }: HostTensor,
  { axis, start, stop }: Piece,
  target: Float32Array | Float64Array,
  at: number,
): number {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const extent = shape[axis] ?? 1;
  let next = at;
  for (let row = 0; row < outer; row++) {
    const from = (row * extent + start) * inner;
    const part = (data as Float32Array).subarray(from, from + (stop - start) * inner);
    target.set(part, next);
    next += part.length;
  }
  return next;
}
