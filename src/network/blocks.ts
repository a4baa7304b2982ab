/** Parameter blocks of a model and how users choose among them. */
import { UserError } from '../errors.ts';
import { nearMatches } from '../names.ts';
import type { Model, ParameterSpec } from './models/model.ts';

/** The blocks that a blockwise spectrum may measure: every parameter but those of normalisation layers (paper D.1). */
export function measurableBlocks(model: Model): ParameterSpec[] {
  return model.parameters.filter((parameter) => parameter.kind !== 'norm');
}

/** How selections are written, for help texts. */
export const BLOCK_SELECTION_HELP =
  "all, none, even, odd, paper, kind:query, layer:3, a name, or a pattern with * such as '*.attn.*'; several separated by commas";

/** The name under which a model states the blocks that the paper measured. */
const PAPER_SELECTION = 'paper';

/**
 * The blocks that a selection names, in the model's order.
 *
 * @param selection comma-separated terms, each `all`, `none`, `even` or `odd` (by 0-based position among the
 *   measurable blocks), a selection that the model names (`paper`), `kind:<kind>`, `layer:<number>` (1-based), a name, or a pattern with `*`.
 * @throws UserError for a term that matches nothing, with the near matches.
 */
export function selectBlocks(model: Model, selection: string): ParameterSpec[] {
  const blocks = measurableBlocks(model);
  const terms = selection
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  if (terms.length === 0)
    throw new UserError(`Expected a selection of blocks (${BLOCK_SELECTION_HELP}), found an empty one.`);
  const chosen = new Set(terms.flatMap((term) => blocksOfTerm(model, blocks, term)));
  return blocks.filter((block) => chosen.has(block));
}

function blocksOfTerm(
  model: Model,
  blocks: readonly ParameterSpec[],
  term: string,
): readonly ParameterSpec[] {
  if (term === 'none') return [];
  if (term === 'all') return blocks;
  if (term === 'even' || term === 'odd')
    return blocks.filter((_, index) => index % 2 === (term === 'even' ? 0 : 1));
  const named = model.selections?.[term];
  if (named !== undefined) return selectBlocks(model, named);
  const matches = blocks.filter(matcher(term));
  if (matches.length > 0) return matches;
  throw new UserError(explainMiss(model, blocks, term));
}

function matcher(term: string): (block: ParameterSpec) => boolean {
  const [prefix, value] = splitPrefix(term);
  if (prefix === 'kind') return (block) => block.kind === value;
  if (prefix === 'layer') return (block) => block.layer === Number(value);
  const escaped = term.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const pattern = new RegExp(`^${escaped}$`);
  return (block) => pattern.test(block.name) || block.name === `${term}.weight`;
}

function splitPrefix(term: string): [string | null, string] {
  const colon = term.indexOf(':');
  return colon < 0 ? [null, term] : [term.slice(0, colon), term.slice(colon + 1)];
}

function explainMiss(model: Model, blocks: readonly ParameterSpec[], term: string): string {
  const [prefix, value] = splitPrefix(term);
  const norm = model.parameters.find((parameter) => parameter.name === term);
  if (norm)
    return `The block '${term}' belongs to a normalisation layer, which blockwise spectra leave out; choose another block of ${model.name}.`;
  if (prefix === 'kind') {
    const kinds = [...new Set(blocks.map((block) => block.kind))];
    return `${model.name} has no blocks of kind '${value}'; its kinds are ${kinds.join(', ')}.`;
  }
  if (prefix === 'layer') {
    const layers = Math.max(0, ...blocks.map((block) => block.layer ?? 0));
    return `${model.name} has no layer '${value}'; its layers are 1 to ${layers}.`;
  }
  if (term === PAPER_SELECTION)
    return `The paper names no blocks that it measured for ${model.name}; choose them by another selection (${BLOCK_SELECTION_HELP}).`;
  const near = nearMatches(
    term,
    blocks.map((block) => block.name),
  );
  return `${model.name} has no block '${term}'; did you mean ${near.map((name) => `'${name}'`).join(' or ')}? (${BLOCK_SELECTION_HELP})`;
}
