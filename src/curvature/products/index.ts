import type { Curvature } from './curvature.ts';
import { empiricalFisher } from './empirical-fisher.ts';
import { gaussNewton } from './gauss-newton.ts';
import { hessian } from './hessian.ts';

/** All curvature matrices by name; a new one is a file here and an entry. */
export const CURVATURES = {
  hessian,
  'gauss-newton': gaussNewton,
  fisher: empiricalFisher,
} as const satisfies Readonly<Record<string, Curvature>>;

export type CurvatureKind = keyof typeof CURVATURES;

/** What a matrix is called after 'the'; the Hessian for a name that is not known, such as an older record's. */
export function curvatureTitle(kind: unknown): string {
  const known: Readonly<Record<string, Curvature>> = CURVATURES;
  return (
    (typeof kind === 'string' && Object.hasOwn(known, kind) ? known[kind] : null)?.title ?? hessian.title
  );
}

export const CURVATURE_KINDS = Object.keys(CURVATURES) as [CurvatureKind, ...CurvatureKind[]];
