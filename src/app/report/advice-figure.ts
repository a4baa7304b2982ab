/** Advice as a picture: where a network stands among those whose training was tried. */
import type { Advice } from '../../study/advice/advice.ts';
import type { CalibrationPoint } from '../../study/advice/calibration.ts';
import { COVERAGE } from '../../study/advice/forecast.ts';
import { PAR_GAP } from '../../study/training/comparison.ts';
import { scatterChart } from './charts/scatter.ts';
import { standaloneSvg } from './svg.ts';
import { FILE_PALETTE } from './theme.ts';

/** A gap beyond this is drawn here: what SGD loses by diverging would push all else together. */
const LARGEST_DRAWN = 1.2;

/**
 * The networks of the calibration by JS0 and relative gap, and the forecast for this one with its interval, as an SVG file.
 *
 * @param model its name.
 */
export function adviceSvg(
  model: string,
  { js0, forecast, verdict }: Advice,
  calibration: readonly CalibrationPoint[],
): string {
  const { expectedGap, interval } = forecast;
  const points = [
    ...calibration.map(({ name, architecture, js0, relativeGap }) => ({
      label: name,
      group: architecture,
      x: js0,
      y: Math.min(LARGEST_DRAWN, relativeGap),
    })),
    { label: `${model}, expected`, group: 'forecast', x: js0.mean, y: expectedGap, yRange: interval },
  ];
  const chart = scatterChart(
    'advice',
    `${model}: ${verdict}`,
    `Networks that were trained, by JS0 (jsd-log) before training and the relative gap of SGD after it, and what is expected of ${model}; the bar holds the gap in ${Math.round(100 * COVERAGE)} % of cases.`,
    {
      kind: 'scatter',
      xLabel: 'JS0 (jsd-log, nats)',
      yLabel: 'relative gap of SGD',
      points,
      bound: { y: PAR_GAP, label: 'Adam is needed above' },
    },
    FILE_PALETTE,
  );
  return standaloneSvg(chart, FILE_PALETTE);
}
