/** How the learning rates of a comparison are searched: which trainings go on, and which are added. */
import {
  type ComparisonRequest,
  type GridPoint,
  type GridResult,
  gridOf,
  judge,
  type OptimizerVerdict,
  pointOf,
} from './comparison.ts';

/** Successive halving judges after each of so many equal parts of the steps. */
const RUNG_COUNT = 3;
/** How often the grid of an optimizer may grow by a rate. */
const MOST_EXTENSIONS = 2;

/** A part of a training: on from where it is, up to a step. */
export interface Leg {
  readonly point: GridPoint;
  /** The step after which it is judged and stops. */
  readonly until: number;
}

/** What an optimizer was given. */
export interface Budget {
  readonly optimizer: string;
  readonly trainings: number;
  /** Of all of them together; those that diverged ended early. */
  readonly steps: number;
}

/** The steps after which points are compared, ascending; the last one is the end of the training. */
export function rungsOf({ search, steps }: Pick<ComparisonRequest, 'search' | 'steps'>): number[] {
  if (search === 'grid') return [steps];
  const rungs = Array.from({ length: RUNG_COUNT }, (_, index) =>
    Math.ceil((steps * (index + 1)) / RUNG_COUNT),
  );
  return [...new Set(rungs)];
}

/**
 * Trains the points of a comparison. `grid` trains all to the end. `halving` trains all for a third of the steps, the
 * better half of each optimizer's for another third, and the better half of these to the end (successive halving,
 * Jamieson and Talwalkar 2016). Then, where the best rate of an optimizer is at the edge of its grid, up to two rates
 * beyond it are trained to the end.
 *
 * @param train advances trainings and says where each is then; null when it was interrupted.
 * @returns where every point is at the end, by optimizer and rate; null when it was interrupted.
 */
export async function searchRates(
  request: ComparisonRequest,
  train: (legs: readonly Leg[]) => Promise<readonly GridResult[] | null>,
): Promise<GridResult[] | null> {
  const results = new Map<string, GridResult>();
  const advance = async (points: readonly GridPoint[], until: number) => {
    const found = await train(points.map((point) => ({ point, until })));
    for (const result of found ?? []) results.set(result.name, result);
    return found !== null;
  };
  let going = gridOf(request);
  for (const until of rungsOf(request)) {
    if (!(await advance(going, until))) return null;
    going = betterHalves(going, results);
  }
  for (let round = 0; request.extend && round < MOST_EXTENSIONS; round++) {
    const added = extensions(request, [...results.values()]);
    if (added.length > 0 && !(await advance(added, request.steps))) return null;
  }
  const { optimizers } = request;
  return [...results.values()].sort(
    (a, b) =>
      optimizers.indexOf(a.optimizer) - optimizers.indexOf(b.optimizer) || a.learningRate - b.learningRate,
  );
}

/** What each optimizer was given. */
export function budgetsOf(results: readonly GridResult[]): Budget[] {
  return [...new Set(results.map(({ optimizer }) => optimizer))].map((optimizer) => {
    const own = results.filter((result) => result.optimizer === optimizer);
    return { optimizer, trainings: own.length, steps: own.reduce((sum, { steps }) => sum + steps, 0) };
  });
}

/** The points of each optimizer that go on: half of them, rounded up, less what has diverged. */
function betterHalves(points: readonly GridPoint[], results: ReadonlyMap<string, GridResult>): GridPoint[] {
  const lossOf = ({ name }: GridPoint) => results.get(name)?.finalLoss ?? Number.POSITIVE_INFINITY;
  return [...new Set(points.map(({ optimizer }) => optimizer))].flatMap((optimizer) => {
    const own = points.filter((point) => point.optimizer === optimizer);
    return own
      .filter((point) => Number.isFinite(lossOf(point)))
      .sort((a, b) => lossOf(a) - lossOf(b))
      .slice(0, Math.ceil(own.length / 2));
  });
}

/** One rate more for each optimizer whose best is at the edge. */
function extensions(request: ComparisonRequest, results: readonly GridResult[]): GridPoint[] {
  return judge(results).flatMap((verdict) => {
    const rate = rateBeyond(verdict, results);
    return rate === null ? [] : [pointOf(request, verdict.optimizer, rate)];
  });
}

/**
 * The rate beyond the edge of an optimizer's grid at which its best is: as far from the edge as the rates before it are
 * from each other, so that 0.1, 0.3, 1 goes on with 3 and 10. Null when the best is inside, and when there is one rate.
 */
export function rateBeyond(
  { optimizer, best }: OptimizerVerdict,
  results: readonly GridResult[],
): number | null {
  const own = results.filter((result) => result.optimizer === optimizer);
  const rates = [...new Set(own.map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  if (best === null || rates.length < 2) return null;
  if (best.learningRate === rates[0]) rates.reverse();
  else if (best.learningRate !== rates.at(-1)) return null;
  const [third, second, edge] = [rates.at(-3), rates.at(-2) as number, rates.at(-1) as number];
  // Grids of three a decade take turns between a factor of 3 and one of 3.33; two steps have both.
  const beyond = third === undefined ? (edge * edge) / second : (second * edge) / third;
  return Number(beyond.toPrecision(3));
}
