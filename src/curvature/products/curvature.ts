import type { Node } from '../../tensor/graph/node.ts';
import type { TracedModel } from '../trace.ts';

/** A symmetric matrix over the parameters that says how a loss bends, known by its products. */
export interface Curvature {
  /** What it is called after 'the'. */
  readonly title: string;
  /** One line for help and tables. */
  readonly summary: string;
  /**
   * Builds the product of a block with a vector.
   *
   * @param wanted the places of the block's parameters among the traced ones.
   * @param tangents the vector, one tensor for each of them.
   * @returns the product, one tensor for each of them; null where it is structurally zero.
   * @throws UserError when the loss has no such curvature.
   */
  product(traced: TracedModel, wanted: readonly number[], tangents: readonly Node[]): (Node | null)[];
}

/** The traced parameters at some places. */
export function parametersAt({ parameterInputs }: TracedModel, wanted: readonly number[]): Node[] {
  return wanted.map((index) => parameterInputs[index] as Node);
}

/** Parameters with their tangents. */
export function seedsOf(parameters: readonly Node[], tangents: readonly Node[]): Map<Node, Node> {
  return new Map(parameters.map((parameter, index) => [parameter, tangents[index] as Node]));
}
