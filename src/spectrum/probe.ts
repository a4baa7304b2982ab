import { UserError } from '../errors.ts';
import { RandomStream } from '../random/stream.ts';
import { norm, scale } from '../vector/vector.ts';
import type { Precision, Vector } from './operator.ts';

/** `gaussian`: uniform on the sphere (the paper's choice, Appendix D.1); `rademacher`: signs (Algorithm 5). */
export type ProbeKind = 'gaussian' | 'rademacher';

/** Names one random probe. */
export interface ProbeRequest {
  readonly kind: ProbeKind;
  /** Length of the vector. */
  readonly dim: number;
  readonly precision: Precision;
  readonly seed: number;
  /** The rest of the name, for example `['probe', 'wte', 3]`. */
  readonly path: readonly (string | number)[];
}

/** Random numbers are drawn in pieces of this many, so that a long probe needs no second long array. */
const PIECE = 65_536;

/**
 * A random vector of unit Euclidean length (to rounding), with E[v v^T] = I / dim.
 *
 * It depends on the request alone, whatever was drawn before.
 *
 * @throws UserError when `dim` is not a positive integer.
 */
export function sampleProbe(request: ProbeRequest): Vector {
  const { kind, dim, precision, seed, path } = request;
  if (!Number.isSafeInteger(dim) || dim < 1) {
    throw new UserError(`expected a probe of at least one element, found the length ${dim}`);
  }
  const stream = new RandomStream(seed, ...path);
  const probe = precision === 'float32' ? new Float32Array(dim) : new Float64Array(dim);
  for (let start = 0; start < dim; start += PIECE) {
    const count = Math.min(PIECE, dim - start);
    probe.set(kind === 'gaussian' ? stream.gaussian(count, start) : stream.rademacher(count, start), start);
  }
  scale(probe, 1 / norm(probe));
  return probe;
}
