/** All figures by name. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { BATCH_SIZE } from './batch-size.ts';
import { BLOCKWISE_SGD } from './blockwise-sgd.ts';
import { CLIPPING } from './clipping.ts';
import type { FigureDefinition } from './definition.ts';
import { FIGURE_5A } from './figure-5a.ts';
import { FIGURE_6 } from './figure-6.ts';
import { FIGURE_7 } from './figure-7.ts';
import { FIGURE_14 } from './figure-14.ts';
import { FIGURE_9, FIGURE_10 } from './optimizer-figures.ts';

/** In the order in which they are listed. */
export const FIGURES: readonly FigureDefinition[] = [
  FIGURE_5A,
  FIGURE_6,
  FIGURE_7,
  FIGURE_9,
  FIGURE_10,
  FIGURE_14,
  CLIPPING,
  BATCH_SIZE,
  BLOCKWISE_SGD,
];

/** A figure by its name. @throws UserError when there is none, with the nearest one that there is. */
export function figureNamed(name: string): FigureDefinition {
  const found = FIGURES.find((figure) => figure.name === name);
  if (found) return found;
  const names = FIGURES.map((figure) => figure.name);
  throw new UserError(
    `There is no figure '${name}'; did you mean '${nearMatches(name, names, 1)[0]}'? There are ${names.join(', ')}.`,
  );
}
