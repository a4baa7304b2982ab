import { ancestors, dependents, type Graph, graphOf, type Node, type Output } from '../graph/node.ts';
import { replay } from '../graph/passes/rebuild.ts';
import { byteSize } from '../graph/type.ts';
import { newBuilder } from '../ops/index.ts';

/**
 * A linear map in two parts: what does not depend on the tangents and is computed once (the primal part,
 * whose results that the rest needs are the residuals), and what is computed for each product.
 */
export interface Linearization {
  /** The primal nodes that the tangent part reads, in topological order. */
  readonly residuals: readonly Node[];
  /** The tangent part: inputs are graph inputs it reads, residuals (named `residual.<id>`) and tangents. */
  readonly tangentGraph: Graph;
}

/**
 * Which residuals are kept. `all`: whatever the tangent part reads, so that it computes nothing twice. `lean`: not what a
 * cheap pass makes again from others that are kept anyway; less memory, a little more time for each product.
 */
export type ResidualDetail = 'all' | 'lean';

/** The name under which a residual is passed from the primal part to tangent parts. */
export function residualName(node: Node): string {
  return `residual.${node.id}`;
}

/**
 * Partial evaluation: splits the computation of `outputs` at the tangents.
 *
 * Constants, reshapes, broadcasts, and transposes and slices of graph inputs are made again in the tangent part rather
 * than kept: a transposed weight as a residual would hold the weights twice.
 *
 * @param tangents the inputs that carry the vector.
 * @param outputs the results, each depending on a tangent.
 * @param choice how much is kept; or the residuals of a larger linearisation, to which this one then keeps: what it
 * needs besides is made again from them. Of none, everything is made again from the inputs.
 */
export function linearize(
  name: string,
  tangents: readonly Node[],
  outputs: readonly Output[],
  choice: ResidualDetail | ReadonlySet<Node> = 'all',
): Linearization {
  const nodes = ancestors(outputs.map((output) => output.node));
  const moving = dependents(nodes, tangents);
  const boundary = new Set<Node>();
  const remade = new Set<Node>();
  const mayBeKept = (node: Node) => typeof choice === 'string' || node.op === 'input' || choice.has(node);
  const reach = (node: Node) => {
    if (remade.has(node)) return;
    if (mayBeKept(node) && !isRemade(node)) boundary.add(node);
    else {
      remade.add(node);
      for (const input of node.inputs) reach(input);
    }
  };
  for (const node of nodes)
    if (moving.has(node)) for (const input of node.inputs) if (!moving.has(input)) reach(input);
  if (choice === 'lean') makeCheapOnesAgain(boundary, remade);
  const residuals = [...boundary].filter((node) => node.op !== 'input').sort((x, y) => x.id - y.id);
  return {
    residuals,
    tangentGraph: tangentGraphOf(name, nodes, outputs, tangents, boundary, remade, moving),
  };
}

/** Bytes that the residuals of one micro-batch take. */
export function residualBytes(residuals: readonly Node[]): number {
  return residuals.reduce((sum, node) => sum + byteSize(node.type), 0);
}

/** What the runtime does without touching the elements, or by repeating few of them: never worth keeping. */
const FREE = new Set(['constant', 'reshape', 'broadcast']);
/** What copies elements: made again where that spares a second copy of a graph input, such as a transposed weight. */
const COPIES = new Set(['transpose', 'slice']);

/** Whether a primal node is cheaper made again than kept. */
function isRemade(node: Node): boolean {
  return FREE.has(node.op) || (COPIES.has(node.op) && isViewOfInput(node.inputs[0] as Node));
}

/** One pass over elements of which there are no more in than out: worth making again where memory is short. */
const CHEAP = new Set(['add', 'sub', 'mul', 'neg', 'transpose', 'slice', 'cast']);

/** A runtime may move a constant scale into the product that follows, which rounds otherwise than when it is kept. */
function isScaling(node: Node): boolean {
  return node.inputs.some(({ op }) => op === 'constant');
}

/** Moves from `boundary` to `remade` what follows cheaply from the rest of the boundary and from inputs, latest first. */
function makeCheapOnesAgain(boundary: Set<Node>, remade: Set<Node>): void {
  for (const node of [...boundary].sort((x, y) => y.id - x.id)) {
    const reached: Node[] = [];
    const isAtHand = (value: Node): boolean => {
      if (boundary.has(value) || remade.has(value)) return true;
      reached.push(value);
      return value.op === 'input' || (FREE.has(value.op) && value.inputs.every(isAtHand));
    };
    if (!CHEAP.has(node.op) || isScaling(node) || !node.inputs.every(isAtHand)) continue;
    boundary.delete(node);
    remade.add(node);
    for (const value of reached) (value.op === 'input' ? boundary : remade).add(value);
  }
}

function isViewOfInput(node: Node): boolean {
  if (node.op === 'input') return true;
  const [source] = node.inputs;
  return source !== undefined && (FREE.has(node.op) || COPIES.has(node.op)) && isViewOfInput(source);
}

function tangentGraphOf(
  name: string,
  nodes: readonly Node[],
  outputs: readonly Output[],
  tangents: readonly Node[],
  boundary: ReadonlySet<Node>,
  remade: ReadonlySet<Node>,
  moving: ReadonlySet<Node>,
): Graph {
  const b = newBuilder();
  const placed = new Map<Node, Node>();
  const inputs: Node[] = [];
  for (const node of nodes) {
    if (boundary.has(node) || tangents.includes(node)) {
      const inputName = node.op === 'input' ? (node.attributes.name as string) : residualName(node);
      const input = b.input(inputName, node.type);
      placed.set(node, input);
      inputs.push(input);
    } else if (moving.has(node) || remade.has(node)) {
      placed.set(
        node,
        replay(
          node,
          node.inputs.map((input) => placed.get(input) as Node),
          b,
        ),
      );
    }
  }
  return graphOf(
    name,
    inputs,
    outputs.map((output) => ({ name: output.name, node: placed.get(output.node) as Node })),
  );
}
