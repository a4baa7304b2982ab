/** Quadratic problems as people see them: a picture and a table. */

import type { QuadraticCase } from '../../quadratic/cases.ts';
import type { MethodResult, QuadraticContest } from '../../quadratic/contest.ts';
import { descentsChart } from './charts/descents.ts';
import { eigenvalueHistogramsChart } from './charts/eigenvalue-histograms.ts';
import { formatCount, formatNumber } from './format.ts';
import { standaloneSvg } from './svg.ts';
import { renderText } from './tables.ts';
import { FILE_PALETTE } from './theme.ts';

/** The losses of all problems, as an SVG file. @param target the relative loss that counts as solved. */
export function quadraticSvg(contests: readonly QuadraticContest[], target: number): string {
  return standaloneSvg(descentsChart(contests, target, FILE_PALETTE), FILE_PALETTE);
}

/** The eigenvalues of the blocks of some problems (Figures 12 and 13), as an SVG file. */
export function histogramsSvg(cases: readonly QuadraticCase[]): string {
  return standaloneSvg(eigenvalueHistogramsChart(cases, FILE_PALETTE), FILE_PALETTE);
}

/** A table for each problem: steps of each method, and how many times GD's they are. */
export function quadraticText(contests: readonly QuadraticContest[]): string {
  return contests
    .map((contest) =>
      [
        `${contest.name === 'own' ? contest.title : `Case ${contest.name}, ${contest.title}`}: ${contest.spectra.length} blocks, ${contest.dim} variables, condition number ${formatNumber(contest.conditionNumber)}`,
        renderText(
          [
            { heading: 'method', numeric: false, cell: ({ title }: MethodResult) => title },
            { heading: 'median steps', numeric: true, cell: ({ medianSteps }) => steps(medianSteps) },
            { heading: 'of GD’s', numeric: true, cell: ({ medianRatio }) => ratio(medianRatio) },
            { heading: 'solved', numeric: true, cell: solved },
          ],
          contest.methods,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

const steps = (count: number | null) => (count === null ? 'never' : formatCount(Math.round(count)));
const ratio = (value: number | null) => (value === null ? '' : formatNumber(value));

function solved({ descents }: MethodResult): string {
  return `${descents.filter(({ stepsToTarget }) => stepsToTarget !== null).length} of ${descents.length}`;
}
