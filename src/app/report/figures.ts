/** The figures of a run, each as an SVG file of its own. */
import { curvatureTitle } from '../../curvature/products/index.ts';
import type { MetricsRecord } from '../runs/metrics.ts';
import type { RunRecord } from '../runs/records.ts';
import { blockExtremesChart } from './charts/block-extremes.ts';
import { heatmapChart } from './charts/heatmap.ts';
import { overlayChart } from './charts/overlay.ts';
import { panelsChart } from './charts/panels.ts';
import { spectrumFullChart } from './charts/spectrum-full.ts';
import { type DrawnStage, stagesChart } from './charts/stages.ts';
import { type TrainingCurve, trainingCurvesChart } from './charts/training-curves.ts';
import { type ColourScale, colourScale } from './definitions.ts';
import { type Chart, standaloneSvg } from './svg.ts';
import { FILE_PALETTE, type Palette } from './theme.ts';

/** A figure as a file: `name` without extension, `svg` complete with title, caption and background. */
export interface Figure {
  readonly name: string;
  readonly svg: string;
}

/**
 * All charts that a run's records allow, in the order of the report: whole spectrum, blocks' spectra, one heat map
 * for each definition of distance, extremes. What was not measured is left out.
 *
 * @param scales the colour scales of the heat maps by definition, where several runs share them.
 */
export function chartsOf(
  record: RunRecord,
  palette: Palette,
  scales?: ReadonlyMap<string, ColourScale>,
): Chart[] {
  const { spectra, distances, blocks } = record;
  const charts: (Chart | null)[] = [];
  if (spectra?.full && spectra.full.probes.length > 0) {
    const matrix = curvatureTitle(record.run.request.curvature);
    charts.push(spectrumFullChart(spectra.full, matrix, palette));
  }
  if (spectra)
    charts.push(overlayChart(spectra.blocks, blocks, palette), panelsChart(spectra.blocks, blocks, palette));
  if (distances) {
    const kinds = new Map(blocks.map((block) => [block.name, block.kind]));
    const zeroBlocks = new Set(distances.zeroBlocks.names);
    for (const distance of distances.definitions) {
      if (distance.blocks.length === 0) continue;
      const scale = scales?.get(distance.definition) ?? colourScale([distance]);
      charts.push(heatmapChart(distance, { palette, kinds, zeroBlocks, scale }));
    }
  }
  if (spectra) charts.push(blockExtremesChart(spectra.blocks, blocks, palette));
  return charts.filter((chart) => chart !== null);
}

/** The figures of a run for its directory: names like `spectrum-full` and `heatmap-jsd`. */
export function figuresOf(record: RunRecord): Figure[] {
  return chartsOf(record, FILE_PALETTE).map((chart) => ({
    name: chart.name,
    svg: standaloneSvg(chart, FILE_PALETTE),
  }));
}

/** The losses of one or several trainings as a file. @param subject what was trained, for the title. */
export function trainingFigure(subject: string, curves: readonly TrainingCurve[]): Figure {
  const chart = trainingCurvesChart(subject, curves, FILE_PALETTE);
  return { name: chart.name, svg: standaloneSvg(chart, FILE_PALETTE) };
}

/** Stages of a training side by side, as a file. @param subject what was trained, for the title. */
export function stagesFigure(subject: string, stages: readonly DrawnStage[]): Figure {
  const chart = stagesChart(subject, stages, FILE_PALETTE);
  return { name: chart.name, svg: standaloneSvg(chart, FILE_PALETTE) };
}

/**
 * What is drawn of a training's metrics.
 * @param initialLoss on the examples held back before the first step, where it is to be drawn.
 */
export function curveOf(
  label: string,
  metrics: readonly MetricsRecord[],
  initialLoss: number | null = null,
): TrainingCurve {
  return {
    label,
    training: metrics.map(({ step, loss }) => ({ step, loss })),
    validation: [
      ...(initialLoss === null ? [] : [{ step: 0, loss: initialLoss }]),
      ...metrics.flatMap(({ step, validationLoss }) =>
        validationLoss === undefined ? [] : [{ step, loss: validationLoss }],
      ),
    ],
  };
}
