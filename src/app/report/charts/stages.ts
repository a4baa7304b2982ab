/** Stages of a training side by side: the whole Hessian (the paper's Figure 1), and what has changed from one to the next. */
import { ZERO_SHARE } from '../../../spectrum/index.ts';
import type { Stage } from '../../../study/spectrum/stages.ts';
import type { SpectrumRecord } from '../../runs/records.ts';
import { definitionFacts, headlineDefinition } from '../definitions.ts';
import { formatNumber, formatPowerOfTen } from '../format.ts';
import { type Chart, coordinate, element, text } from '../svg.ts';
import type { Palette } from '../theme.ts';
import { powersOfTen } from './axes.ts';
import { type NormalisedAxes, normaliseSpectra } from './normalised.ts';
import { frequencyHeight, normalisedAxis, normalisedCurve, type PanelSize } from './normalised-panel.ts';
import { type EvolutionContent, evolutionPlot } from './stage-evolution.ts';

const LEAST_WIDTH = 860;
/** Room for a panel's headings and for the ticks below it. */
const LEAST_PANEL_WIDTH = 112;
const GAP = 10;
const AXIS_WIDTH = 36;
const HEADING_HEIGHT = 48;
const PANEL_HEIGHT = 190;
const TICK_HEIGHT = 18;
const EVOLUTION_HEIGHT = 220;
const EVOLUTION_GAP = 26;
/** Smoothing in decades of the axis: wide enough that the gaps between Ritz values of the bulk close. */
const SIGMA = 0.02;

/** A stage to be drawn. */
export interface DrawnStage {
  readonly stage: Stage;
  /** The whole Hessian; null where it was not measured. */
  readonly full: SpectrumRecord | null;
}

/** What a stage is called: its share of the training, its step, or its file. */
export function stageLabel({ share, step, name }: Pick<Stage, 'share' | 'step' | 'name'>): string {
  if (share !== null) return `${Number((100 * share).toFixed(1))} %`;
  return step === null ? name : `step ${step}`;
}

/**
 * One column for each stage with its whole spectrum, normalised, on common axes; below it the mean distance between
 * blocks and the mass on either side of zero over the stages.
 *
 * @param subject what was trained, for the title.
 */
export function stagesChart(subject: string, stages: readonly DrawnStage[], palette: Palette): Chart {
  const width = Math.max(LEAST_WIDTH, AXIS_WIDTH + stages.length * (LEAST_PANEL_WIDTH + GAP));
  const spectra = stages.flatMap(({ full }) => (full ? [full] : []));
  const panels = spectra.length === 0 ? '' : spectraOf(stages, width, palette);
  const top = panels === '' ? 0 : HEADING_HEIGHT + PANEL_HEIGHT + TICK_HEIGHT + EVOLUTION_GAP;
  const plots = evolutionsOf(stages.map(({ stage }) => stage));
  const plotWidth = (width - GAP * (plots.length - 1)) / Math.max(1, plots.length);
  const evolutions = plots.map(({ heading, unit, series }, index) =>
    evolutionPlot(
      { heading, unit, series, labels: stages.map(({ stage }) => stageLabel(stage)) },
      { x: index * (plotWidth + GAP), y: top, width: plotWidth, height: EVOLUTION_HEIGHT },
      palette,
    ),
  );
  return {
    name: 'stages',
    title: `The Hessian of ${subject} along its training`,
    caption: captionOf(spectra.length > 0, plots.length > 0),
    width,
    height: plots.length === 0 ? top : top + EVOLUTION_HEIGHT,
    minWidth: LEAST_WIDTH,
    body: panels + evolutions.join(''),
  };
}

function captionOf(hasSpectra: boolean, hasEvolution: boolean): string {
  const spectra = `One column for each stage: to the right the eigenvalue of the whole Hessian divided by N, the stage's 10th largest (symmetric log), upwards the frequency (log), on common axes. Smoothing: σ = ${SIGMA} decades. Dashed: zero.`;
  const evolution =
    'Below: how the numbers move from stage to stage, with bars of one standard error over probes. The noise floor is the distance that two halves of one block’s probes have.';
  return [hasSpectra ? spectra : '', hasEvolution ? evolution : ''].filter(Boolean).join(' ');
}

function spectraOf(stages: readonly DrawnStage[], width: number, palette: Palette): string {
  const size = { width: (width - AXIS_WIDTH) / stages.length - GAP, height: PANEL_HEIGHT };
  const drawn = stages.flatMap(({ full }) => (full ? [full] : []));
  const { curves, axes } = normaliseSpectra(drawn, 4 * Math.round(size.width), SIGMA);
  const curveOf = new Map(curves.map((entry) => [entry.spectrum, normalisedCurve(entry, axes, size)]));
  const ground = groundOf(axes, size, palette);
  const columns = stages.map(({ stage, full }, index) => {
    const x = AXIS_WIDTH + index * (size.width + GAP);
    const line = (full && curveOf.get(full)) ?? '';
    return `<g transform="translate(${coordinate(x)},${HEADING_HEIGHT})">${headingOf(stage, palette)}${ground}${drawnCurve(line, size, palette)}</g>`;
  });
  const labels = frequencyTicks(axes).map((tick) =>
    text(
      formatPowerOfTen(tick),
      AXIS_WIDTH - 5,
      HEADING_HEIGHT + frequencyHeight(tick, axes, PANEL_HEIGHT) + 3.5,
      {
        'font-size': 10,
        'text-anchor': 'end',
        fill: palette.muted,
      },
    ),
  );
  return labels.join('') + columns.join('');
}

/** Share or step, step and loss, and what the eigenvalues are divided by, above a panel. */
function headingOf(stage: Stage, palette: Palette): string {
  const { step, share, loss, full } = stage;
  const small = { 'font-size': 10, fill: palette.muted };
  const facts = [
    share === null || step === null ? '' : `step ${step}`,
    loss === null ? '' : `loss ${formatNumber(loss)}`,
  ].filter(Boolean);
  return [
    text(stageLabel(stage), 0, -34, { 'font-size': 13, 'font-weight': 'bold', fill: palette.ink }),
    text(facts.join(', '), 0, -20, small),
    full ? text(`N = ${formatNumber(full.normaliser.value)}`, 0, -7, small) : '',
  ].join('');
}

function drawnCurve(line: string, { width, height }: PanelSize, palette: Palette): string {
  if (line === '')
    return text('not measured', width / 2, height / 2, {
      'font-size': 11,
      'text-anchor': 'middle',
      fill: palette.muted,
    });
  return (
    element('path', { d: `${line}V${height}H0Z`, fill: palette.accent, 'fill-opacity': 0.18 }) +
    element('path', {
      d: line,
      fill: 'none',
      stroke: palette.accent,
      'stroke-width': 1.3,
      'stroke-linejoin': 'round',
    })
  );
}

/** What all panels have: their ground, lines at powers of ten, zero, and the axis of eigenvalues. */
function groundOf(axes: NormalisedAxes, size: PanelSize, palette: Palette): string {
  const { width, height } = size;
  const zero = ((0 - axes.low) / (axes.high - axes.low)) * width;
  const lines = frequencyTicks(axes).map((tick) =>
    element('path', {
      d: `M0,${coordinate(frequencyHeight(tick, axes, height))}H${coordinate(width)}`,
      stroke: palette.faint,
      'stroke-width': 0.8,
    }),
  );
  return [
    element('rect', { width, height, fill: palette.faint, 'fill-opacity': 0.3 }),
    ...lines,
    element('path', {
      d: `M${coordinate(zero)},0V${height}`,
      stroke: palette.muted,
      'stroke-width': 0.7,
      'stroke-dasharray': '2,2',
    }),
    normalisedAxis(axes, size, palette),
  ].join('');
}

const frequencyTicks = ({ floor, top }: NormalisedAxes) => powersOfTen(floor, top, 6);

/** One plot below the panels. */
type Evolution = Omit<EvolutionContent, 'labels'>;

/** What is drawn over the stages: distances by the headline definition, and the whole Hessian's mass and asymmetry. */
function evolutionsOf(stages: readonly Stage[]): Evolution[] {
  if (stages.length < 2) return [];
  const definition = headlineDefinition(
    stages.map(({ distances }) => distances.map((distance) => distance.definition)),
  );
  const evolutions: Evolution[] = [];
  if (definition !== null) {
    const found = stages.map(
      ({ distances }) => distances.find((distance) => distance.definition === definition)!,
    );
    const { unit } = definitionFacts(definition);
    evolutions.push({
      heading: 'Mean distance between blocks',
      unit,
      series: [
        { label: definition, points: found.map(({ mean }) => mean) },
        {
          label: 'noise floor',
          points: found.map(({ noiseFloor }) =>
            noiseFloor === null ? null : { mean: noiseFloor, standardError: null },
          ),
          isFloor: true,
        },
      ],
    });
  }
  if (stages.some(({ full }) => full !== null))
    evolutions.push({
      heading: 'Whole Hessian: mass on either side',
      unit: 'share',
      series: [
        { label: `below −${ZERO_SHARE} N`, points: stages.map(({ full }) => full?.negativeMass ?? null) },
        { label: `above ${ZERO_SHARE} N`, points: stages.map(({ full }) => full?.positiveMass ?? null) },
      ],
    });
  return evolutions;
}
