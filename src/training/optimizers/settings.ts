/** Checks of optimizers' settings: a mistake is a sentence, not a NaN a thousand steps later. */
import { UserError } from '../../errors.ts';

/** A decay rate of a moving average. @throws UserError when it is not in [0, 1), or [0, 1] where 1 is allowed. */
export function requireDecayRate(setting: string, value: number, allowsOne = false): void {
  if (value >= 0 && (value < 1 || (allowsOne && value === 1))) return;
  throw new UserError(`'${setting}': expected a number in [0, 1${allowsOne ? ']' : ')'}, found ${value}`);
}

/** @throws UserError when the value is negative or not finite. */
export function requireNotNegative(setting: string, value: number): void {
  if (value >= 0 && Number.isFinite(value)) return;
  throw new UserError(`'${setting}': expected a finite number of at least 0, found ${value}`);
}

/** @throws UserError when the value is not `outside` or `inside`. */
export function requireEpsilonPlace(value: string): void {
  if (value === 'outside' || value === 'inside') return;
  throw new UserError(`'epsilonAt': expected outside or inside, found '${value}'`);
}
