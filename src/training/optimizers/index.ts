/** The list of optimizers. A new one is a file beside this one and a line here. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { adam } from './adam.ts';
import { adamMini } from './adam-mini.ts';
import { adamWithoutCorrection } from './adam-without-correction.ts';
import { adamw } from './adamw.ts';
import { blockwiseSgd } from './blockwise-sgd.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

interface OptimizerEntry {
  create(settings: Readonly<Record<string, unknown>>): Optimizer;
  /** Names of the settings that it takes. */
  readonly settings: readonly string[];
}

/** An entry of the list; each optimizer checks the values of its settings itself. */
function entry<Settings extends object>(
  create: (settings: Partial<Settings>) => Optimizer,
  settings: readonly (keyof Settings & string)[],
): OptimizerEntry {
  return { create: (given) => create(given as Partial<Settings>), settings };
}

const ADAM_SETTINGS = ['beta1', 'beta2', 'epsilon', 'epsilonAt'] as const;

export const OPTIMIZERS: Readonly<Record<string, OptimizerEntry>> = {
  sgd: entry(sgd, ['momentum']),
  adamw: entry(adamw, ADAM_SETTINGS),
  adam: entry(adam, ADAM_SETTINGS),
  'adam-without-correction': entry(adamWithoutCorrection, ADAM_SETTINGS),
  rmsprop: entry(rmsprop, ['beta2', 'epsilon', 'momentum']),
  'adam-mini': entry(adamMini, ADAM_SETTINGS),
  'blockwise-sgd': entry(blockwiseSgd, ['factors', 'momentum']),
};

/** All names, for schemas. */
export function optimizerNames(): [string, ...string[]] {
  return Object.keys(OPTIMIZERS) as [string, ...string[]];
}

/**
 * An optimizer by its name.
 * @throws UserError when there is none of that name, it has no such setting, or a setting is out of its range.
 */
export function optimizerNamed(name: string, settings: Readonly<Record<string, unknown>> = {}): Optimizer {
  const found = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : undefined;
  if (!found) {
    const near = nearMatches(name, Object.keys(OPTIMIZERS), 1)[0];
    throw new UserError(`There is no optimizer '${name}'; did you mean '${near}'?`);
  }
  const unknown = Object.keys(settings).find((key) => !found.settings.includes(key));
  if (unknown !== undefined)
    throw new UserError(
      `The optimizer ${name} has no setting '${unknown}'; it has ${found.settings.join(', ')}.`,
    );
  return found.create(settings);
}
