/** Theorem 3: the nodes of the Gauss rule are the eigenvalues of the Jacobi matrix, its weights squared components. */
import { gaussQuadrature } from '../../spectrum/index.ts';
import { judgeClaim } from '../claims.ts';
import type { TheoryCheck } from './check.ts';
import { type KnownMeasure, lanczosOf, type QuadratureRule, randomMeasure } from './known-measure.ts';

const DIM = 80;
const NODES = 12;

/** The monic orthogonal polynomial p_m by its recursion, whose betas are the squares of Lanczos'. */
function orthogonalPolynomial(x: number, alphas: readonly number[], betas: readonly number[]): number {
  let [before, value] = [0, 1];
  for (const [k, alpha] of alphas.entries()) {
    const beta = k === 0 ? 0 : (betas[k - 1] as number) ** 2;
    [before, value] = [value, (x - alpha) * value - beta * before];
  }
  return value;
}

/** c_j of Theorem 2: the integral of the polynomial that is 1 at node j and 0 at the others. */
function lagrangeWeight({ eigenvalues, masses }: KnownMeasure, nodes: readonly number[], j: number): number {
  const own = nodes[j] as number;
  const values = eigenvalues.map((x, i) => {
    const product = nodes.reduce(
      (value, node, k) => (k === j ? value : (value * (x - node)) / (own - node)),
      1,
    );
    return product * (masses[i] as number);
  });
  return values.reduce((sum, value) => sum + value, 0);
}

function leastDistance(nodes: readonly number[]): number {
  return Math.min(...nodes.slice(1).map((node, i) => node - (nodes[i] as number)));
}

/** The eigenvalues of a matrix of norm 1 are known to so much, and each of m factors of a weight to that over the distance. */
function roundingOf({ nodes }: QuadratureRule): { readonly node: number; readonly weight: number } {
  const node = 4 * NODES * Number.EPSILON;
  return { node, weight: (2 * NODES * node) / leastDistance(nodes) };
}

export const THEOREM_3: TheoryCheck = {
  name: 'theorem-3',
  title: 'Theorem 3: nodes and weights from the Jacobi matrix',
  remark:
    'Theorem 2 defines the rule by the roots of the orthogonal polynomial p_m and by integrals of Lagrange polynomials. Both are computed as they are defined, from the known measure, and held against the eigenvalues and the squared first components of eigenvectors of the Jacobi matrix.',
  async run(_size, seed) {
    const measure = randomMeasure(DIM, seed);
    const { alphas, betas } = await lanczosOf(measure, NODES, seed);
    const rule = gaussQuadrature(alphas, betas);
    const rounding = roundingOf(rule);
    const isRoot = rule.nodes.map((node) => {
      const [left, right] = [node - rounding.node, node + rounding.node].map((x) =>
        orthogonalPolynomial(x, alphas, betas),
      ) as [number, number];
      return left * right <= 0;
    });
    const differences = rule.weights.map((weight, j) =>
      Math.abs(weight - lagrangeWeight(measure, rule.nodes, j)),
    );
    const roots = isRoot.filter(Boolean).length;
    const worst = Math.max(...differences);
    return {
      numbers: { dim: DIM, nodes: NODES, roots, worstWeight: worst, rounding },
      claims: [
        judgeClaim(
          {
            id: 'theorem-3',
            text: 'The nodes are the eigenvalues of the Jacobi matrix, the weights the squared first components of its unit eigenvectors (Theorem 3).',
            threshold: `p_m changes sign within ${rounding.node.toExponential(1)} of each of ${NODES} eigenvalues, and the squares differ from the integrals by no more than ${rounding.weight.toExponential(1)}; one of both: partly`,
          },
          `${roots} of ${NODES} are roots; the weights differ by ${worst.toExponential(1)} at most`,
          roots === NODES && worst <= rounding.weight,
          roots === NODES || worst <= rounding.weight,
        ),
      ],
    };
  },
};
