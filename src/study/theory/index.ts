/** All checks of the theory by name. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { PRECONDITIONER, SCALE_SPREAD } from './case-3-trials.ts';
import type { TheoryCheck } from './check.ts';
import { PROPOSITION_1 } from './proposition-1.ts';
import { PROPOSITION_2 } from './proposition-2.ts';
import { QUADRATURE_ERROR } from './quadrature-error.ts';
import { REAL_BLOCKS } from './real-blocks.ts';
import { TABLE_2 } from './table-2.ts';
import { THEOREM_1 } from './theorem-1.ts';
import { THEOREM_2 } from './theorem-2.ts';
import { THEOREM_3 } from './theorem-3.ts';
import { THEOREM_4 } from './theorem-4.ts';

/** In the order of the paper. */
export const THEORY_CHECKS: readonly TheoryCheck[] = [
  PROPOSITION_1,
  THEOREM_1,
  PROPOSITION_2,
  SCALE_SPREAD,
  TABLE_2,
  PRECONDITIONER,
  REAL_BLOCKS,
  THEOREM_2,
  THEOREM_3,
  THEOREM_4,
  QUADRATURE_ERROR,
];

/** A check by its name. @throws UserError when there is none, with the nearest one that there is. */
export function theoryCheckNamed(name: string): TheoryCheck {
  const found = THEORY_CHECKS.find((check) => check.name === name);
  if (found) return found;
  const names = THEORY_CHECKS.map((check) => check.name);
  throw new UserError(
    `There is no check '${name}'; did you mean '${nearMatches(name, names, 1)[0]}'? There are ${names.join(', ')}.`,
  );
}
