/**
 * How strongly blocks of the Hessian are coupled, without the matrix: the paper's open problem (D.2).
 *
 * For a vector v of independent standard normal entries on block l, E|H_kl v|^2 = |H_kl|_F^2, so that one product gives an
 * unbiased estimate of a whole column of block norms. Its variance is 2 |H_kl^T H_kl|_F^2: the relative error of one probe is
 * sqrt(2) for a block of rank one and falls with the rank.
 */
import type { CurvatureKind } from '../../curvature/products/index.ts';
import { UserError } from '../../errors.ts';
import { RandomStream } from '../../random/stream.ts';
import { estimate, jackknifeStandardError, type Vector } from '../../spectrum/index.ts';
import type { Engine } from '../../tensor/engine/engine.ts';
import { columnsPerRun } from '../spectrum/plan.ts';
import { openSubject } from '../spectrum/prepare.ts';
import { spectrumRequestOf } from '../spectrum/request.ts';
import { curvatureOf } from '../spectrum/subject.ts';
import { groupParameters, type ParameterGroup } from './groups.ts';
import { embed, type Piece, piecesOf } from './pieces.ts';
import type { CouplingRequest } from './request.ts';

/** |H_kl v|^2 of one probe of block l, for every block k. */
export type ColumnSample = readonly number[];

/** What was measured of each block by its name: a sample for each probe. */
export type ColumnSamples = Readonly<Record<string, readonly ColumnSample[]>>;

/** A number with its standard error over probes. */
export interface Estimated {
  readonly mean: number;
  readonly standardError: number;
}

export interface Coupling {
  readonly model: string;
  readonly parameterCount: number;
  readonly data: string;
  readonly curvature: CurvatureKind;
  readonly loss: number;
  readonly probes: number;
  readonly groups: readonly Pick<ParameterGroup, 'name' | 'size'>[];
  /** |H_kl|_F^2: the mean of the estimates from the columns of k and of l. */
  readonly squaredNorms: readonly (readonly Estimated[])[];
  /** The root mean square entry |H_kl|_F / sqrt(d_k d_l). The root of an unbiased square is biased down, by var / (8 mean^2) of it. */
  readonly rmsEntries: readonly (readonly number[])[];
  /** |H_kl|_F / sqrt(|H_kk|_F |H_ll|_F); above 1 is possible, as H is indefinite. Null where a diagonal block is zero. */
  readonly ratios: readonly (readonly (number | null)[])[];
  /** Share of the squared norm in the diagonal blocks; null for a matrix that is zero. */
  readonly diagonalShare: Estimated | null;
  /** What that share is where all entries are alike: sum of d_l^2 / d^2. */
  readonly structurelessShare: number;
}

/** How a measurement goes on. */
export interface CouplingHooks {
  /** Samples of an earlier part of the same measurement. */
  readonly known: ColumnSamples;
  /** Told of each block that is done, with its samples; the work ends with null when it answers false. */
  onColumn(name: string, samples: readonly ColumnSample[], done: number, count: number): Promise<boolean>;
}

/**
 * Measures all columns that are not known yet.
 *
 * @throws UserError for a request that does not fit, or fewer than two blocks.
 */
export async function measureCoupling(
  request: CouplingRequest,
  engine: Engine,
  { known, onColumn }: CouplingHooks,
): Promise<Coupling | null> {
  const wanted = spectrumRequestOf(request);
  const subject = await openSubject(wanted);
  const groups = groupParameters(subject.selected, request.group);
  if (groups.length < 2)
    throw new UserError(
      `Coupling is between blocks: expected at least two, found ${groups.length} in '${request.blocks}'.`,
    );
  const curvature = curvatureOf(subject, wanted, engine);
  try {
    const loss = await curvature.loss();
    const whole = curvature.whole();
    // As many as are multiplied at once; no matrix is formed.
    await whole.setColumnsPerRun(columnsPerRun(whole, { ...wanted, exactUpTo: 0 }));
    const pieces = groups.map((group) => piecesOf(subject.model.parameters, [group]));
    const samples: Record<string, readonly ColumnSample[]> = {};
    for (const [index, { name, size }] of groups.entries()) {
      const earlier = known[name];
      if (earlier) {
        samples[name] = earlier;
        continue;
      }
      const vectors = Array.from({ length: request.probes }, (_, probe) =>
        embed(drawn(request, name, probe, size), pieces[index] as Piece[], whole.dim),
      );
      const products = await whole.matmat(vectors);
      const own = products.map((product) => pieces.map((group) => squaredNorm(product, group)));
      samples[name] = own;
      if (!(await onColumn(name, own, Object.keys(samples).length, groups.length))) return null;
    }
    await whole.release();
    const { model, parameterCount, data } = subject;
    return {
      model: model.name,
      parameterCount,
      data: data.description,
      curvature: request.curvature,
      loss,
      ...couplingOf(groups, samples, request.probes),
    };
  } finally {
    await curvature.release();
  }
}

function drawn({ seed, precision }: CouplingRequest, name: string, probe: number, size: number): Vector {
  const values = new RandomStream(seed, 'coupling', name, probe).gaussian(size);
  return precision === 'float32' ? Float32Array.from(values) : values;
}

function squaredNorm(product: Vector, pieces: readonly Piece[]): number {
  let sum = 0;
  for (const { start, size } of pieces)
    for (let i = start; i < start + size; i++) sum += (product[i] as number) ** 2;
  return sum;
}

/** The estimates that samples of all columns make. */
export function couplingOf(
  groups: readonly Pick<ParameterGroup, 'name' | 'size'>[],
  samples: ColumnSamples,
  probes: number,
): Pick<
  Coupling,
  'probes' | 'groups' | 'squaredNorms' | 'rmsEntries' | 'ratios' | 'diagonalShare' | 'structurelessShare'
> {
  /** Of the block in row k and column l, from probe p of either column. */
  const both = (k: number, l: number, p: number): number => {
    const column = samples[(groups[l] as (typeof groups)[number]).name]?.[p]?.[k] as number;
    const row = samples[(groups[k] as (typeof groups)[number]).name]?.[p]?.[l] as number;
    return (column + row) / 2;
  };
  const perProbe = Array.from({ length: probes }, (_, p) => p);
  const squaredNorms = groups.map((_, k) =>
    groups.map((_, l) => estimated(perProbe.map((p) => both(k, l, p)))),
  );
  const mean = (k: number, l: number) => squaredNorms[k]?.[l]?.mean as number;
  const sizes = groups.map(({ size }) => size);
  const dim = sizes.reduce((sum, size) => sum + size, 0);
  return {
    probes,
    groups: groups.map(({ name, size }) => ({ name, size })),
    squaredNorms,
    rmsEntries: sizes.map((rows, k) => sizes.map((columns, l) => Math.sqrt(mean(k, l) / (rows * columns)))),
    ratios: sizes.map((_, k) =>
      sizes.map((_, l) => {
        const diagonal = mean(k, k) * mean(l, l);
        return diagonal > 0 ? Math.sqrt(mean(k, l)) / diagonal ** 0.25 : null;
      }),
    ),
    diagonalShare: shareOf(groups.length, both, perProbe),
    structurelessShare: sizes.reduce((sum, size) => sum + (size / dim) ** 2, 0),
  };
}

function estimated(values: readonly number[]): Estimated {
  const { mean, standardError } = estimate(values);
  return { mean, standardError: standardError ?? 0 };
}

/** A ratio of sums: its error is the jackknife's over probes. */
function shareOf(
  count: number,
  both: (k: number, l: number, p: number) => number,
  probes: readonly number[],
): Estimated | null {
  const sums = probes.map((p) => {
    let [diagonal, total] = [0, 0];
    for (let k = 0; k < count; k++)
      for (let l = 0; l < count; l++) {
        const value = both(k, l, p);
        total += value;
        if (k === l) diagonal += value;
      }
    return { diagonal, total };
  });
  const share = (of: readonly (typeof sums)[number][]) =>
    of.reduce((sum, { diagonal }) => sum + diagonal, 0) / of.reduce((sum, { total }) => sum + total, 0);
  const mean = share(sums);
  if (!Number.isFinite(mean)) return null;
  const without = sums.map((_, left) => share(sums.filter((_, index) => index !== left)));
  return { mean, standardError: jackknifeStandardError(without) ?? 0 };
}
