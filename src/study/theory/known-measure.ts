/** Matrices whose eigenvalues and probes are known, so that the measure (8) of Appendix D can be written down. */
import { Matrix } from 'ml-matrix';
import { drawRotation } from '../../quadratic/rotation.ts';
import { RandomStream } from '../../random/stream.ts';
import {
  gaussQuadrature,
  type LanczosState,
  type LinearOperator,
  runLanczos,
  startLanczos,
} from '../../spectrum/index.ts';

/** The measure that a probe sees: masses at the eigenvalues. Masses sum to 1. */
export interface KnownMeasure {
  /** Ascending. */
  readonly eigenvalues: readonly number[];
  readonly masses: readonly number[];
}

/** A Gauss rule: as many nodes as weights. */
export interface QuadratureRule {
  /** Ascending. */
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** What is drawn: the measure, its rules, and their errors by degree. */
export interface QuadraturePicture {
  readonly measure: KnownMeasure;
  readonly rules: readonly {
    readonly rule: QuadratureRule;
    readonly errors: readonly number[];
  }[];
}

/** `dim` places at even distances from -1 to 1. */
function evenPlaces(dim: number): number[] {
  return Array.from({ length: dim }, (_, i) => (2 * i) / (dim - 1) - 1);
}

/** Even places with the masses of a random unit vector. */
export function randomMeasure(dim: number, seed: number): KnownMeasure {
  const coordinates = new RandomStream(seed, 'known-measure', 'probe').gaussian(dim);
  const squares = Array.from(coordinates, (value) => value * value);
  const total = squares.reduce((sum, value) => sum + value, 0);
  return { eigenvalues: evenPlaces(dim), masses: squares.map((value) => value / total) };
}

/**
 * Lanczos on a matrix H = Q diag(eigenvalues) Q^T with the probe Q sqrt(masses), whose measure is the one given.
 *
 * @param steps at most the number of eigenvalues.
 */
export async function lanczosOf(
  { eigenvalues, masses }: KnownMeasure,
  steps: number,
  seed: number,
): Promise<LanczosState> {
  const dim = eigenvalues.length;
  const q = drawRotation('haar', dim, new RandomStream(seed, 'known-measure', 'rotation'));
  const h = q.mmul(Matrix.diag([...eigenvalues])).mmul(q.transpose());
  const times = (matrix: Matrix, vector: ArrayLike<number>) =>
    Float64Array.from(matrix.mmul(Matrix.columnVector(Array.from(vector))).to1DArray());
  const operator: LinearOperator = {
    name: 'known measure',
    dim,
    precision: 'float64',
    matmat: async (columns) => columns.map((column) => times(h, column)),
  };
  const probe = times(q, masses.map(Math.sqrt));
  const state = startLanczos(probe, { steps, reorthogonalize: true });
  await runLanczos(operator, [state]);
  return state;
}

/** The Gauss rule of the measure with so many nodes, as Lanczos and the eigenvalues of its matrix give it. */
export async function ruleOf(measure: KnownMeasure, nodes: number, seed: number): Promise<QuadratureRule> {
  const { alphas, betas } = await lanczosOf(measure, nodes, seed);
  return gaussQuadrature(alphas, betas);
}
