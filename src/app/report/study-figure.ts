/** The figures of the paper as files, and their verdicts as text. */
import type { Claim } from '../../study/claims.ts';
import type { Findings } from '../../study/figures/definition.ts';
import { curvePanelsChart } from './charts/curve-panels.ts';
import { scatterChart } from './charts/scatter.ts';
import { spreadChart } from './charts/spread.ts';
import type { TrainingCurve } from './charts/training-curves.ts';
import { type Chart, standaloneSvg } from './svg.ts';
import { FILE_PALETTE } from './theme.ts';

/** What stands in titles and results of a small version. */
export const QUICK_MARK = 'QUICK VERSION: shows that it works, no evidence';

/**
 * The picture of a figure as an SVG file.
 *
 * @param title of the figure.
 * @param isQuick whether it is a small version, which it then says.
 * @param curves the curve of a training by its name, with its label.
 */
export function studyFigureSvg(
  title: string,
  isQuick: boolean,
  findings: Findings,
  curves: (training: string, label: string) => TrainingCurve,
): string {
  const marked = isQuick ? `${title} (${QUICK_MARK})` : title;
  return standaloneSvg(chartOf(marked, findings, curves), FILE_PALETTE);
}

function chartOf(
  title: string,
  { picture, caption }: Findings,
  curves: (training: string, label: string) => TrainingCurve,
): Chart {
  if (picture.kind === 'spread') return spreadChart('figure', title, caption, picture, FILE_PALETTE);
  if (picture.kind === 'scatter') return scatterChart('figure', title, caption, picture, FILE_PALETTE);
  const panels = picture.panels.map((panel) => ({
    title: panel.title,
    curves: panel.curves.map(({ training, label }) => curves(training, label)),
  }));
  return curvePanelsChart('figure', title, caption, panels, FILE_PALETTE);
}

/** Each claim with its verdict, what was found and the rule. */
export function claimsText(claims: readonly Claim[]): string {
  return claims
    .map(
      ({ text, threshold, found, verdict }) =>
        `${verdict.toUpperCase()}: ${text}\n  found: ${found}\n  rule:  ${threshold}`,
    )
    .join('\n');
}
