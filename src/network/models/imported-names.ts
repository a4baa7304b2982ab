/** Names, kinds and layers of an imported network's parameters, guessed from what exporters leave of them. */
import { isNormalisation, weightWord } from '../../tensor/onnx/import/weight-inputs.ts';
import type { WeightTensor } from '../../tensor/onnx/import/weights.ts';
import type { BlockKind } from './model.ts';

/** What a block is called and what it does. */
export interface BlockTitle {
  readonly name: string;
  readonly kind: BlockKind;
  /** 1-based, or null. */
  readonly layer: number | null;
}

/** Titles of all tensors; names are unique and fit for folders, and parameters choose theirs before constants. */
export function blockTitles(tensors: readonly WeightTensor[]): BlockTitle[] {
  const taken = new Set<string>();
  const last = [...tensors]
    .reverse()
    .find(({ uses, isParameter, shape }) => isParameter && shape.length > 1 && uses.some(isProduct));
  const byNeed = [...tensors].sort((x, y) => Number(y.isParameter) - Number(x.isParameter));
  const titles = new Map(
    byNeed.map((tensor) => {
      const name = unique(fitForFolders(nameOf(tensor)), taken);
      return [tensor, { name, kind: kindOf(tensor, name, tensor === last), layer: layerOf(name) }];
    }),
  );
  return tensors.map((tensor) => titles.get(tensor) as BlockTitle);
}

const isProduct = ({ node }: WeightTensor['uses'][number]) =>
  node.opType === 'MatMul' || node.opType === 'Gemm';

/** A module's own name for the tensor, or the module's name and the part that the tensor plays there. */
function nameOf({ name, isAnonymous, uses, shape }: WeightTensor): string {
  const use = uses[0];
  if (!isAnonymous || !use) return name;
  const { opType, scope } = use.node;
  const module = scope.length > 0 ? scope.join('.') : use.node.name;
  const stated = weightWord(opType, use.index) ?? 'constant';
  const word = stated === 'scale' && NORM_NAME.test(module) ? 'weight' : stated;
  const [first = 0, second = 0] = shape;
  const isInProjection =
    /attn|attention/.test(scope.at(-1) ?? '') && (first === 3 * second || second === 3 * first);
  return `${module}.${isInProjection && word === 'weight' ? 'in_proj_weight' : word}`;
}

function fitForFolders(name: string): string {
  return name.replace(/[^A-Za-z0-9_.\-[\]]+/g, '_').replace(/^[._]+/, '') || 'parameter';
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name === 'full' ? 'full_1' : name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}_${number}`;
  taken.add(candidate);
  return candidate;
}

/** By names, in the order in which they are asked: the first that fits decides. */
const KIND_PATTERNS: readonly (readonly [BlockKind, RegExp])[] = [
  ['class-token', /(cls|class|dist)_?token/],
  ['query-key-value', /qkv|c_attn|in_proj|query_key_value/],
  ['query', /(^|[._])(q|to_q|to_query|wq|q_lin|q_proj|q_proj_weight|query|query_proj)([._]|$)/],
  ['key', /(^|[._])(k|to_k|to_key|wk|k_lin|k_proj|k_proj_weight|key|key_proj)([._]|$)/],
  ['value', /(^|[._])(v|to_v|to_value|wv|v_lin|v_proj|v_proj_weight|value|value_proj)([._]|$)/],
  [
    'attention-projection',
    /(^|[._])(o_proj|out_proj|out_lin|to_out|wo)([._]|$)|(attn|attention).*(proj|dense|out|output)([._]|$)/,
  ],
  [
    'mlp-fc',
    /(^|[._])(fc1|lin1|linear1|c_fc|gate_proj|up_proj|wi|wi_[01]|w1|w3|pwconv1|intermediate|dense_h_to_4h|mlp\.fc)([._]|$)/,
  ],
  [
    'mlp-projection',
    /(^|[._])(fc2|lin2|linear2|down_proj|w2|pwconv2|dense_4h_to_h)([._]|$)|(mlp|ffn|feed_forward).*(proj|output)([._]|$)|layer\.\d+\.output\.dense/,
  ],
  ['patch-embedding', /patch/],
  ['output', /(^|[._])(lm_head|classifier|head|fc_out|readout|vocab_projector|score|logits)([._]|$)/],
  ['embedding', /embed|(^|[._])(wte|wpe)([._]|$)/],
];

const NORM_NAME = /norm|(^|[._])(ln|bn)[_\d]*([._]|$)|(^|[._])ln_f/i;

function kindOf({ uses, shape }: WeightTensor, name: string, isLast: boolean): BlockKind {
  const lower = name.toLowerCase();
  const rank = shape.filter((extent) => extent > 1).length;
  const isUsedBy = (...operators: string[]) => uses.some(({ node }) => operators.includes(node.opType));
  if (uses.some(({ node }) => isNormalisation(node.opType)) || (rank <= 1 && NORM_NAME.test(name)))
    return 'norm';
  const isAddedOnly = uses.every(({ node, index }) => weightWord(node.opType, index) === 'bias');
  const isRecurrent = isUsedBy('LSTM', 'GRU', 'RNN');
  if ((/bias|(^|[._])b$/.test(lower) || isAddedOnly) && (rank <= 1 || isRecurrent)) return 'bias';
  if (isUsedBy('Conv', 'ConvTranspose')) return /patch/.test(lower) ? 'patch-embedding' : 'conv';
  const found = KIND_PATTERNS.find(([, pattern]) => pattern.test(lower))?.[0];
  if (found) return found;
  if (isUsedBy('Gather') || (/pos/.test(lower) && isUsedBy('Add'))) return 'embedding';
  return isLast && rank > 1 ? 'output' : 'linear';
}

/** The number after the module that holds the layers, or the first number of the name. */
function layerOf(name: string): number | null {
  const listed = /(?:^|\.)(?:layers?|h|blocks?|stages?|encoder|decoder|resblocks)\.(\d+)(?=\.|$)/.exec(name);
  return listed ? Number(listed[1]) + 1 : null;
}
