import { UserError } from '../../errors.ts';
import type { DistanceDefinition, DistanceName } from './definition.ts';
import { jsDistance } from './js-distance.ts';
import { jsd } from './jsd.ts';
import { jsdLog } from './jsd-log.ts';
import { jsdNormalised } from './jsd-normalised.ts';
import { paper } from './paper.ts';
import { wasserstein1 } from './wasserstein-1.ts';

/** Every definition by its name, in the order in which they are shown. */
export const DISTANCES: Readonly<Record<DistanceName, DistanceDefinition>> = {
  jsd,
  'js-distance': jsDistance,
  paper,
  'jsd-normalised': jsdNormalised,
  'jsd-log': jsdLog,
  'wasserstein-1': wasserstein1,
};

/** The names of all definitions, in the order in which they are shown. */
export const DISTANCE_NAMES: readonly DistanceName[] = Object.values(DISTANCES).map(({ name }) => name);

/**
 * A definition by its name.
 *
 * @throws UserError for an unknown name, listing the known ones.
 */
export function distanceNamed(name: string): DistanceDefinition {
  const known = DISTANCE_NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    throw new UserError(`unknown distance "${name}"; choose one of ${DISTANCE_NAMES.join(', ')}`);
  }
  return DISTANCES[known];
}
