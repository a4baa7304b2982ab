/** Where a network ends and its loss begins. */
import { UserError } from '../../errors.ts';
import { ancestors, dependents, type Node } from '../../tensor/graph/node.ts';
import { definitionOf } from '../../tensor/ops/index.ts';
import type { TracedModel } from '../trace.ts';

/** An output of the network with the convex function that is taken of it. */
export interface LossHead {
  /** What goes into the loss: logits, or what is compared with targets. */
  readonly output: Node;
  /** Losses of single predictions for `classes`; of single elements for the others. */
  readonly loss: Node;
  readonly kind: 'classes' | 'square' | 'logistic';
}

/**
 * The heads of a loss: going back from it through operations that are linear, until each way ends at a cross-entropy, a
 * square or a logistic loss.
 *
 * @throws UserError when a way ends elsewhere, naming the operation.
 */
export function lossHeads({ loss, parameterInputs }: TracedModel): LossHead[] {
  const moving = dependents(ancestors([loss]), parameterInputs);
  const heads = ends(loss, moving, new Set()).flatMap((node) => headAt(node, moving) ?? []);
  // A logistic loss is softplus(z) - z y: its other way reaches z itself, and ends there.
  const outputs = new Set(heads.map(({ output }) => output));
  const foreign = ends(loss, moving, outputs).find((node) => !outputs.has(node) && !headAt(node, moving));
  if (heads.length > 0 && !foreign) return heads;
  throw new UserError(
    `Where does the network end? Expected a loss that is a mean of cross-entropies, squared errors or logistic losses, found '${foreign?.op ?? loss.op}' on the way to it; take the Hessian.`,
  );
}

/** The first nodes, going back, that are not linear in what comes from the parameters, or that `stops` holds. */
function ends(loss: Node, moving: ReadonlySet<Node>, stops: ReadonlySet<Node>): Node[] {
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (node: Node) => {
    if (seen.has(node)) return;
    seen.add(node);
    const next = stops.has(node) ? null : linearInputs(node, moving);
    if (next) for (const input of next) visit(input);
    else found.add(node);
  };
  visit(loss);
  return [...found];
}

/** The moving inputs of a node that is linear in them; null for any other. */
function linearInputs(node: Node, moving: ReadonlySet<Node>): Node[] | null {
  if (node.op === 'input') return null;
  const places = [...node.inputs.keys()].filter((index) => moving.has(node.inputs[index] as Node));
  const op = definitionOf(node);
  const isLinear =
    op.kind === 'linear'
      ? places.every((index) => op.linearArguments(node).includes(index))
      : op.kind === 'bilinear'
        ? places.length === 1
        : node.op === 'div' && places.every((index) => index === 0);
  return isLinear ? places.map((index) => node.inputs[index] as Node) : null;
}

function headAt(node: Node, moving: ReadonlySet<Node>): LossHead | null {
  const [first, second] = node.inputs as [Node, Node];
  if (node.op === 'crossEntropy' && !moving.has(second))
    return { output: first, loss: node, kind: 'classes' };
  if (node.op === 'softplus') return { output: first, loss: node, kind: 'logistic' };
  if (node.op !== 'mul' || first !== second || first.op !== 'sub') return null;
  const [output, target] = first.inputs as [Node, Node];
  return moving.has(output) && !moving.has(target) ? { output, loss: node, kind: 'square' } : null;
}
