/** The exact Hessian at the stages of a training: the mean entry of every block, and how block-diagonal it is. */
import type { ExactStage } from '../../../study/exact/stages.ts';
import { shortBlockNames } from '../block-names.ts';
import { formatNumber, formatShare } from '../format.ts';
import { type Chart, text } from '../svg.ts';
import { shortenToWidth, textWidth } from '../text-layout.ts';
import type { Palette } from '../theme.ts';
import { pixelated } from './cells.ts';
import { BAR, colourBar, shadeOf } from './matrix-map.ts';
import { evolutionPlot } from './stage-evolution.ts';
import { stageLabel } from './stages.ts';

const SIDE = 230;
const GAP = 16;
/** Maps in a row at most. */
const COLUMNS = 4;
const HEADING = 52;
const LABEL_SIZE = 10;
const LABEL_WIDTH = 170;
/** Blocks thinner than this have no room for their name. */
const LEAST_LABELLED = 8;
const EVOLUTION_HEIGHT = 200;

/** @param subject what was trained, for the title. */
export function exactStagesChart(subject: string, stages: readonly ExactStage[], palette: Palette): Chart {
  const values = stages.map(({ structure }) => structure.meanAbsolute);
  const largest = Math.max(0, ...values.flat(2));
  const shade = shadeOf(largest);
  const names = labelsOf(stages[0]?.groups.map(({ name }) => name) ?? []);
  const left = Math.max(0, ...names.map((name) => textWidth(name, LABEL_SIZE))) + 12;
  const columns = Math.max(1, Math.min(COLUMNS, stages.length));
  const rowHeight = HEADING + SIDE + GAP;
  const maps = stages.map((stage, index) => {
    const column = index % columns;
    const x = left + column * (SIDE + GAP);
    const y = Math.floor(index / columns) * rowHeight;
    const cells = stage.structure.meanAbsolute.map((row) => row.map(shade));
    const sides = column === 0 ? namesBeside(names, x, y + HEADING, palette) : '';
    return headingOf(stage, x, y, palette) + sides + pixelated(cells, x, y + HEADING, SIDE, SIDE);
  });
  const right = left + columns * (SIDE + GAP);
  const bottom = Math.ceil(stages.length / columns) * rowHeight;
  const width = right + BAR.width + 70;
  return {
    name: 'hessian-stages',
    title: `The exact Hessian of ${subject} along its training, block by block`,
    caption:
      'Mean absolute value of the entries of each block, on one logarithmic scale of colours for all stages. Below: the share of the squared norm that lies in the diagonal blocks; dashed, the share of a matrix without structure.',
    width,
    height: bottom + EVOLUTION_HEIGHT,
    minWidth: Math.min(width, 640),
    body: [
      ...maps,
      colourBar(largest, right + 4, HEADING, palette),
      evolutionPlot(evolutionOf(stages), { x: 0, y: bottom, width, height: EVOLUTION_HEIGHT }, palette),
    ].join(''),
  };
}

function labelsOf(names: readonly string[]): string[] {
  const short = shortBlockNames(names);
  return names.map((name) => shortenToWidth(short.get(name) ?? name, LABEL_SIZE, LABEL_WIDTH));
}

function headingOf(stage: ExactStage, x: number, y: number, palette: Palette): string {
  const { step, share, loss, structure } = stage;
  const small = { 'font-size': 10, fill: palette.muted };
  const when = share === null || step === null ? '' : `step ${step}, `;
  const { diagonalShare } = structure;
  return [
    text(stageLabel(stage), x, y + 14, { 'font-size': 13, 'font-weight': 'bold', fill: palette.ink }),
    text(`${when}loss ${formatNumber(loss)}`, x, y + 29, small),
    text(
      diagonalShare === null ? 'a matrix of zeros' : `${formatShare(diagonalShare)} in the diagonal blocks`,
      x,
      y + 43,
      small,
    ),
  ].join('');
}

function namesBeside(names: readonly string[], x: number, top: number, palette: Palette): string {
  const height = SIDE / names.length;
  if (height < LEAST_LABELLED) return '';
  return names
    .map((name, index) =>
      text(name, x - 6, top + (index + 0.5) * height + LABEL_SIZE * 0.35, {
        'font-size': LABEL_SIZE,
        'text-anchor': 'end',
        fill: palette.ink,
      }),
    )
    .join('');
}

function evolutionOf(stages: readonly ExactStage[]) {
  return {
    heading: 'Share of the squared norm in the diagonal blocks',
    unit: '',
    labels: stages.map(stageLabel),
    series: [
      {
        label: 'exact',
        points: stages.map(({ structure: { diagonalShare } }) =>
          diagonalShare === null ? null : { mean: diagonalShare, standardError: null },
        ),
      },
      {
        label: 'without structure',
        points: stages.map(({ structure: { structurelessShare } }) => ({
          mean: structurelessShare,
          standardError: null,
        })),
        isFloor: true,
      },
    ],
  };
}
