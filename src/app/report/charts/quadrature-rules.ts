/** Gauss rules beside the measure that they stand for: cumulated masses, and errors of integrals by degree. */
import * as Plot from '@observablehq/plot';
import type { QuadraturePicture, QuadratureRule } from '../../../study/theory/known-measure.ts';
import { type Chart, dotLegend, plotFragment, text } from '../svg.ts';
import type { Palette } from '../theme.ts';

const PANEL = { width: 440, height: 320 };
const GAP = 24;
const TITLE_HEIGHT = 24;
const LEGEND_HEIGHT = 30;
/** Errors below are drawn here: rounding, or none at all. */
const LEAST_ERROR = 1e-17;

/** The measure's cumulated mass as steps with those of its rules, and the rules' errors of Chebyshev polynomials. */
export function quadratureRulesChart({ measure, rules }: QuadraturePicture, palette: Palette): Chart {
  const drawn = rules.map((entry, index) => ({
    ...entry,
    label: `m = ${entry.rule.nodes.length}`,
    colour: palette.series[(index + 1) % palette.series.length] as string,
  }));
  const legend = dotLegend([{ label: 'the measure', colour: palette.ink }, ...drawn], palette);
  const truth = { nodes: measure.eigenvalues, weights: measure.masses };
  const masses = [
    Plot.line(stepsOf(truth), { x: 'place', y: 'mass', curve: 'step-after', stroke: palette.ink }),
    ...drawn.map(({ rule, colour }) =>
      Plot.line(stepsOf(rule), {
        x: 'place',
        y: 'mass',
        curve: 'step-after',
        stroke: colour,
        strokeWidth: 1.6,
      }),
    ),
  ];
  const errors = drawn.flatMap(({ rule, errors: found, colour }) => [
    Plot.ruleX([2 * rule.nodes.length - 0.5], { stroke: colour, strokeDasharray: '3 3' }),
    Plot.lineY(
      found.map((error, degree) => ({ degree, error: Math.max(LEAST_ERROR, error) })),
      { x: 'degree', y: 'error', stroke: colour, strokeWidth: 1.6, marker: 'dot' },
    ),
  ]);
  const right = PANEL.width + GAP;
  const top = LEGEND_HEIGHT + TITLE_HEIGHT;
  return {
    name: 'quadrature-rules',
    title: 'Gauss quadrature of a known measure',
    caption:
      'Left: the share of the measure up to each place, in black, and of its rules with m nodes, which cross it at every node and between. Right: the error of the integrals of Chebyshev polynomials; the dashed lines stand before degree 2m, below which a rule is exact (Theorem 2).',
    width: right + PANEL.width,
    height: top + PANEL.height,
    minWidth: 720,
    body: [
      legend,
      headingOf('Cumulated mass', 0, palette),
      panel({ x: { label: 'eigenvalue' }, y: { label: 'mass up to it', grid: true } }, masses, 0, palette),
      headingOf('Error of integrals', right, palette),
      panel(
        {
          x: { label: 'degree of the polynomial' },
          y: { label: 'error', type: 'log', grid: true, tickFormat: '.0e' },
        },
        errors,
        right,
        palette,
      ),
    ].join(''),
  };
}

function headingOf(title: string, x: number, palette: Palette): string {
  return text(title, x + 60, LEGEND_HEIGHT + 13, {
    'font-size': 14,
    'font-weight': 'bold',
    fill: palette.ink,
  });
}

function panel(
  scales: Pick<Plot.PlotOptions, 'x' | 'y'>,
  marks: Plot.Markish[],
  x: number,
  palette: Palette,
): string {
  const options = { ...PANEL, marginLeft: 60, marginBottom: 36, ...scales, marks };
  return plotFragment(options, palette, x, LEGEND_HEIGHT + TITLE_HEIGHT);
}

/** The cumulated mass at each node, from 0 at the left end of the axis to 1 at the right one. */
function stepsOf({ nodes, weights }: QuadratureRule): { readonly place: number; readonly mass: number }[] {
  let mass = 0;
  const points = nodes.map((place, i) => {
    mass += weights[i] as number;
    return { place, mass };
  });
  return [{ place: -1, mass: 0 }, ...points, { place: 1, mass: 1 }];
}
