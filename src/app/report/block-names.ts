/** Short names for axes and legends, made by rule, so that a reader can undo them. */

/** Containers that say nothing about which block is meant. */
const WRAPPERS = new Set([
  'transformer',
  'bert',
  'model',
  'module',
  'backbone',
  'net',
  'encoder',
  'decoder',
  'embeddings',
  'body',
]);

/** Containers whose following number is the layer: `h.0` becomes `0`. */
const STACKS = new Set(['h', 'layers', 'layer', 'blocks', 'block', 'stages']);

/** Inside these, the parts of attention name themselves: `attn.query` becomes `query`. */
const ATTENTION = new Set(['attn', 'attention', 'self_attn', 'self_attention', 'selfattention']);
const ATTENTION_PARTS = /^(query|key|value|q|k|v|qkv|q_proj|k_proj|v_proj|c_attn)$/;

function shorten(name: string): string {
  const parts = name.split('.').filter(Boolean);
  if (parts.length > 1 && parts.at(-1) === 'weight') parts.pop();
  while (parts.length > 1 && WRAPPERS.has(parts[0]!)) parts.shift();
  const bias = parts.length > 1 && parts.at(-1) === 'bias' ? ' bias' : '';
  if (bias) parts.pop();
  const stack = parts.findIndex((part, at) => STACKS.has(part) && /^\d+$/.test(parts[at + 1] ?? ''));
  const [, layer = ''] = stack >= 0 && parts.length > 2 ? parts.splice(stack, 2) : [];
  const attention = parts.findIndex((part) => ATTENTION.has(part.toLowerCase()));
  // BERT has one container more: `attention.self.query`.
  const containers = attention >= 0 && parts[attention + 1] === 'self' ? 2 : 1;
  if (attention >= 0 && ATTENTION_PARTS.test(parts[attention + containers] ?? ''))
    parts.splice(attention, containers);
  return [layer, parts.join('.')].filter(Boolean).join(' ') + bias;
}

/**
 * Short names of blocks: the container and the trailing `.weight` go, the layer's number comes first, so
 * `transformer.h.0.attn.query.weight` becomes `0 query`. Names that would coincide stay as they are.
 *
 * @returns a map from every full name to its short one; no two are equal.
 */
export function shortBlockNames(names: readonly string[]): Map<string, string> {
  const holders = new Map<string, number>();
  for (const name of names) holders.set(shorten(name), (holders.get(shorten(name)) ?? 0) + 1);
  const taken = new Set(names);
  return new Map(
    names.map((name) => {
      const short = shorten(name);
      const clash = holders.get(short)! > 1 || short === '' || (taken.has(short) && short !== name);
      return [name, clash ? name : short];
    }),
  );
}
