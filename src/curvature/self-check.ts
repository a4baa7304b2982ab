import { type LinearOperator, sampleProbe, type Vector } from '../spectrum/index.ts';
import { dot, norm } from '../vector/vector.ts';

export interface SelfCheck {
  /** |<u, H v> - <H u, v>| / (|H u| + |H v|) for random unit vectors u and v; rounding only, if all is well. */
  readonly symmetryError: number;
  /** Whether the same product came out with the same bits twice. */
  readonly repeatable: boolean;
  /** Time of one product once everything is warm. */
  readonly productMs: number;
}

/** What rounding may leave of symmetry, in the precision of the products: sums of many terms lose some digits. */
const SYMMETRY_TOLERANCE = { float32: 1e-4, float64: 1e-10 } as const;

/**
 * Checks before the work that an operator is one to run Lanczos on: finite, symmetric, deterministic.
 * @param columns how many vectors are multiplied at once where time is measured.
 * @throws naming the operator and what was found.
 */
export async function checkOperator(operator: LinearOperator, seed: number, columns = 1): Promise<SelfCheck> {
  const { name, dim, precision } = operator;
  const draw = (which: string) =>
    sampleProbe({ kind: 'gaussian', dim, precision, seed, path: ['self-check', name, which] });
  const [u, v] = [draw('u'), draw('v')];
  const [hu] = await operator.matmat([u]);
  const many = new Array<typeof v>(columns).fill(v);
  const [hv] = await operator.matmat(many);
  const startedAt = performance.now();
  const [again] = await operator.matmat(many);
  const productMs = (performance.now() - startedAt) / columns;
  if (!hu || !hv || !again) throw new Error(`${name}: expected a product for each vector`);
  const size = norm(hu) + norm(hv);
  if (!Number.isFinite(size))
    throw new Error(
      `${name}: expected finite Hessian products, found NaN or infinity${await causeOf(operator, Number.isFinite(norm(hu)) ? v : u)}`,
    );
  const symmetryError = size === 0 ? 0 : Math.abs(dot(u, hv) - dot(hu, v)) / size;
  if (symmetryError > SYMMETRY_TOLERANCE[precision])
    throw new Error(
      `${name}: expected <u, Hv> = <Hu, v> to ${SYMMETRY_TOLERANCE[precision]} of the product's size, found a difference of ${symmetryError.toExponential(2)}; the loss may not be twice differentiable where it is evaluated, or an operation's derivative is wrong`,
    );
  const repeatable = hv.every((value, index) => Object.is(value, again[index]));
  if (!repeatable)
    throw new Error(
      `${name}: expected the same product twice from the same vector, found different ones; the loss must not draw random numbers`,
    );
  return { symmetryError, repeatable, productMs };
}

/** What the operator says of a product that is not finite. */
async function causeOf(operator: LinearOperator, column: Vector): Promise<string> {
  const cause = await operator.whyNotFinite?.(column);
  return cause === undefined ? '' : `, ${cause}`;
}
