import type { ParameterSpec } from '../network/models/model.ts';
import { gatherFixedFactors } from '../tensor/autodiff/fixed-factors.ts';
import { type Linearization, linearize, type ResidualDetail } from '../tensor/autodiff/linearize.ts';
import { inputName, type Node, type Output } from '../tensor/graph/node.ts';
import { CURVATURES, type CurvatureKind } from './products/index.ts';
import type { TracedModel } from './trace.ts';

/** The prefixes of a tangent graph's vector inputs and product outputs. */
export const TANGENT = 'tangent.';
export const PRODUCT = 'product.';

/**
 * The product with a block of a curvature matrix as a linear map split from its primal part.
 *
 * @param group the parameters whose rows and columns make the block.
 * @param choice which residuals are kept; a block keeps to those of the whole.
 * @throws UserError when the loss has no such curvature.
 */
export function linearizeBlock(
  traced: TracedModel,
  kind: CurvatureKind,
  name: string,
  group: readonly ParameterSpec[],
  choice: ResidualDetail | ReadonlySet<Node> = 'all',
): Linearization {
  const { b, parameterInputs } = traced;
  const chosen = new Set(group.map((parameter) => parameter.name));
  const wanted = parameterInputs.flatMap((node, index) => (chosen.has(inputName(node)) ? [index] : []));
  const tangents = wanted.map((index) => {
    const { type, attributes } = parameterInputs[index] as Node;
    return b.input(`${TANGENT}${attributes.name as string}`, type);
  });
  const products = CURVATURES[kind].product(traced, wanted, tangents);
  const found = products.flatMap((node, position) => {
    const parameter = parameterInputs[wanted[position] as number] as Node;
    return node ? [{ name: `${PRODUCT}${inputName(parameter)}`, node }] : [];
  });
  const nodes = gatherFixedFactors(
    b,
    tangents,
    found.map(({ node }) => node),
    choice,
  );
  const outputs: Output[] = found.map((output, index) => ({ ...output, node: nodes[index] as Node }));
  return linearize(`${kind} ${name}`, tangents, outputs, choice);
}
