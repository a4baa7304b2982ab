import type { Vector } from '../../spectrum/index.ts';

/** How many numbers of state an optimizer keeps for a parameter tensor: one for each element, or one for all. */
export type StateExtent = 'element' | 'block';

/** State tensors of one parameter by name. */
export type OptimizerState = Readonly<Record<string, Vector>>;

/** One parameter tensor in a step. Its values and state are changed in place. */
export interface Update {
  /** The parameter's name, for optimizers that treat blocks differently. */
  readonly name: string;
  readonly values: Vector;
  /** Never changed. */
  readonly gradient: Vector;
  readonly state: OptimizerState;
  readonly learningRate: number;
  /** 1 for the first step. */
  readonly step: number;
}

/**
 * A rule by which gradients move parameters, one tensor at a time. Elements may be float32; the arithmetic of an
 * element is in float64 and is rounded when it is stored.
 */
export interface Optimizer {
  readonly name: string;
  /** All settings as they are used, for run records. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it keeps for each parameter; every state starts at zero. */
  readonly state: Readonly<Record<string, StateExtent>>;
  update(update: Update): void;
}

/** The state of a parameter before the first step, in the precision of its values. */
export function initialState({ state }: Optimizer, values: Vector): OptimizerState {
  const newVector = (size: number): Vector =>
    values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  return Object.fromEntries(
    Object.entries(state).map(([name, extent]) => [name, newVector(extent === 'block' ? 1 : values.length)]),
  );
}

/** The state tensor of a name. @throws Error when it is missing. */
export function stateOf({ name, state }: Update, key: string): Vector {
  const found = state[key];
  if (!found)
    throw new Error(`expected a state '${key}' of parameter '${name}', found ${Object.keys(state)}`);
  return found;
}
