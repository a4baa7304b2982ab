/** What Section 3.1 and Figure 8 say of the quadratic problems, held against what was found. */
import type { QuadraticContest } from '../../quadratic/contest.ts';
import { type Claim, judgeClaim } from '../claims.ts';

/** Adam, its scales fixed by the first gradient: the method that converges. */
const ADAM = 'adam-1';
/** GD lags behind where Adam takes at most this share of its steps, and is on par down to it. */
const LAGS = 0.5;
/** Adam is on par, too, where it takes up to so many times GD's steps. */
const ON_PAR = 2;

/** Judges a case of the paper; a problem of one's own has no claim. */
export function claimsOfContest({ name, title, isHeterogeneous, methods }: QuadraticContest): Claim[] {
  if (isHeterogeneous === null) return [];
  const ratio = methods.find((method) => method.name === ADAM)?.medianRatio ?? null;
  const found =
    ratio === null
      ? 'in at least half of the trials one of them did not get there'
      : `a median of ${ratio.toPrecision(3)} times GD's steps`;
  const claim = { id: `8-case-${name}` };
  return [
    isHeterogeneous
      ? judgeClaim(
          {
            ...claim,
            text: `GD largely lags behind Adam in case ${name}, ${title} (Figure 8).`,
            threshold: `Adam with beta2 = 1 solves it in at most half of GD's steps, median over trials; in fewer: partly`,
          },
          found,
          ratio !== null && ratio <= LAGS,
          ratio !== null && ratio < 1,
        )
      : judgeClaim(
          {
            ...claim,
            text: `GD is on par with Adam in case ${name}, ${title} (Figure 8).`,
            threshold: `Adam with beta2 = 1 takes ${LAGS} to ${ON_PAR} times GD's steps, median over trials`,
          },
          found,
          ratio !== null && ratio >= LAGS && ratio <= ON_PAR,
          false,
        ),
  ];
}
