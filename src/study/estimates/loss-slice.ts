/** The loss along directions of the parameters. */
import type { ParameterValues } from '../../network/models/parameters.ts';
import type { Eigenpair, Vector } from '../../spectrum/index.ts';
import { axpy, dot } from '../../vector/vector.ts';
import { byParameter, type OpenMatrix } from './matrix.ts';

/** The loss at w + t v for an eigenvector v, beside its parabola. */
export interface LossSlice {
  readonly name: string;
  /** v^T A v, the eigenvalue. */
  readonly value: number;
  /** The slope of the loss in the direction, g^T v. */
  readonly slope: number;
  readonly points: readonly {
    readonly t: number;
    readonly loss: number;
    /** loss(w) + t slope + t^2 value / 2. */
    readonly parabola: number;
  }[];
}

/** An eigenvalue below this share of the loss would draw the parabola over a million units. */
const LEAST_VALUE = 1e-12;

/**
 * Draws the loss along eigenvectors, out to where the bend alone changes it by the loss itself: |value| t^2 / 2 = loss.
 *
 * @param count points of each, an odd number so that the middle one is where the parameters are; an even one is raised.
 */
export async function sliceAlong(
  pairs: readonly { readonly name: string; readonly pair: Eigenpair }[],
  { facts, selected, parameters, landscape }: OpenMatrix,
  count: number,
): Promise<LossSlice[]> {
  const half = Math.floor(count / 2);
  const gradients = await landscape.gradientAt(parameters);
  const slices: LossSlice[] = [];
  for (const { name, pair } of pairs) {
    const parts = byParameter(pair.vector, selected);
    const slope = parts.reduce(
      (sum, { parameter, values }) => sum + dot(gradients[parameter.name] as Vector, values),
      0,
    );
    const reach = Math.sqrt((2 * Math.abs(facts.loss)) / Math.max(Math.abs(pair.value), LEAST_VALUE));
    const points: LossSlice['points'][number][] = [];
    for (let index = -half; index <= half; index++) {
      const t = (index / half) * reach;
      const loss = await landscape.at(moved(parameters, parts, t));
      points.push({ t, loss, parabola: facts.loss + t * slope + (t * t * pair.value) / 2 });
    }
    slices.push({ name, value: pair.value, slope, points });
  }
  return slices;
}

function moved(
  parameters: ParameterValues,
  parts: ReturnType<typeof byParameter>,
  t: number,
): ParameterValues {
  const changed = parts.map(({ parameter, values }) => {
    const tensor = parameters[parameter.name] as ParameterValues[string];
    const data = (tensor.data as Vector).slice();
    axpy(t, values, data);
    return [parameter.name, { ...tensor, data }] as const;
  });
  return { ...parameters, ...Object.fromEntries(changed) };
}
