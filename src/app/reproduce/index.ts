/** Every figure and table of the paper; a new one is a file in `figures/` and a line here. */
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import type { Reproduction } from './definition.ts';
import { fig1 } from './figures/fig1.ts';
import { fig2 } from './figures/fig2.ts';
import { fig3 } from './figures/fig3.ts';
import { fig4 } from './figures/fig4.ts';
import { fig5 } from './figures/fig5.ts';
import { fig6 } from './figures/fig6.ts';
import { fig7 } from './figures/fig7.ts';
import { fig8 } from './figures/fig8.ts';
import { fig9 } from './figures/fig9.ts';
import { fig10 } from './figures/fig10.ts';
import { fig11 } from './figures/fig11.ts';
import { fig12 } from './figures/fig12.ts';
import { fig13 } from './figures/fig13.ts';
import { fig14 } from './figures/fig14.ts';
import { table1 } from './figures/table1.ts';
import { table2 } from './figures/table2.ts';

/** In the paper's order. */
export const REPRODUCTIONS: readonly Reproduction[] = [
  fig1,
  fig2,
  fig3,
  fig4,
  fig5,
  fig6,
  fig7,
  fig8,
  fig9,
  fig10,
  fig11,
  fig12,
  fig13,
  fig14,
  table1,
  table2,
];

/** The one of a name. @throws UserError for a name that there is none of. */
export function reproductionNamed(name: string): Reproduction {
  const found = REPRODUCTIONS.find((reproduction) => reproduction.name === name);
  if (found) return found;
  const names = REPRODUCTIONS.map((reproduction) => reproduction.name);
  const [near] = nearMatches(name, names);
  throw new UserError(
    `Expected a figure or table of ${names.join(', ')} or all, found '${name}'${near ? `; did you mean '${near}'?` : '.'}`,
  );
}
