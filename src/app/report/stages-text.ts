/** Stages of a training as a table for a terminal, and what the paper says of them. */
import { ZERO_SHARE } from '../../spectrum/index.ts';
import type { Claim } from '../../study/claims.ts';
import type { Stage } from '../../study/spectrum/stages.ts';
import { stageLabel } from './charts/stages.ts';
import { headlineDefinition } from './definitions.ts';
import { formatEstimate, formatNumber, formatShare, NO_VALUE } from './format.ts';
import { type Column, renderText } from './tables.ts';

/** One line a stage, then the claims with their verdicts. */
export function stagesText(stages: readonly Stage[], claims: readonly Claim[]): string {
  const parts = [renderText(columnsOf(stages), stages)];
  if (stages.some(({ full }) => full !== null))
    parts.push(
      `N: the 10th largest eigenvalue; < -${ZERO_SHARE} N: the share of the mass there. docs/training.md defines all.`,
    );
  if (claims.length > 0) parts.push(claims.map(claimText).join('\n'));
  return parts.join('\n\n');
}

/** A claim with its verdict, and the numbers behind it on a line of their own. */
export function claimText({ text, verdict, found }: Claim): string {
  return `${verdict.padEnd(8)}  ${text}\n          ${found}`;
}

function columnsOf(stages: readonly Stage[]): Column<Stage>[] {
  const definition = headlineDefinition(
    stages.map(({ distances }) => distances.map((one) => one.definition)),
  );
  const hasFull = stages.some(({ full }) => full !== null);
  return [
    { heading: 'stage', numeric: true, cell: stageLabel },
    { heading: 'step', numeric: true, cell: ({ step }) => (step === null ? NO_VALUE : String(step)) },
    { heading: 'loss', numeric: true, cell: ({ loss }) => formatNumber(loss) },
    ...(hasFull ? FULL_COLUMNS : []),
    ...(definition === null ? [] : distanceColumns(definition)),
  ];
}

function number(heading: string, of: (full: NonNullable<Stage['full']>) => number): Column<Stage> {
  return { heading, numeric: true, cell: ({ full }) => formatNumber(full && of(full)) };
}

const FULL_COLUMNS: readonly Column<Stage>[] = [
  number('largest', ({ largest }) => largest.mean),
  number('least', ({ least }) => least.mean),
  number('N', ({ normaliser }) => normaliser.value),
  {
    heading: `< -${ZERO_SHARE} N`,
    numeric: true,
    cell: ({ full }) => (full ? formatShare(full.negativeMass.mean) : NO_VALUE),
  },
  number('asymmetry', ({ massAsymmetry }) => massAsymmetry.mean),
  number('outliers', ({ outliers }) => outliers.mean),
  number('bulk / N', ({ dispersion }) => dispersion.mean),
];

function distanceColumns(definition: string): Column<Stage>[] {
  const of = ({ distances }: Stage) => distances.find((distance) => distance.definition === definition);
  return [
    { heading: definition, numeric: true, cell: (stage) => formatEstimate(of(stage)?.mean ?? null) },
    {
      heading: 'noise floor',
      numeric: true,
      cell: (stage) => formatNumber(of(stage)?.noiseFloor ?? null, 2),
    },
  ];
}
