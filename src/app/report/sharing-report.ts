/** How long a measurement takes when workers share it, as a table and a picture. */
import type { SimulatedSharing, SimulationSettings } from '../../study/spectrum/units/simulate.ts';
import { sharingChart } from './charts/sharing.ts';
import { formatCount, formatDuration, formatNumber, formatShare, NO_VALUE } from './format.ts';
import { standaloneSvg } from './svg.ts';
import { type Column, renderText } from './tables.ts';
import { FILE_PALETTE } from './theme.ts';

/** Simulations of one measurement with several numbers of workers. */
export interface SharingAnswer {
  readonly units: number;
  /** In words. */
  readonly longestUnit: string;
  /** As predicted, without chance. */
  readonly longestUnitMs: number;
  /** What each worker does before its first unit. */
  readonly startMs: number;
  /** What the process that orders does before and after. */
  readonly aloneMs: number;
  readonly settings: SimulationSettings;
  readonly rows: readonly SimulatedSharing[];
}

/** What is assumed, and a row for each number of workers. */
export function sharingText(answer: SharingAnswer): string {
  const { units, longestUnit, longestUnitMs, startMs, rows } = answer;
  return [
    `Shared by workers: ${formatCount(units)} units, the longest ${formatDuration(longestUnitMs)} (${longestUnit}); each worker takes ${formatDuration(startMs)} to start.`,
    assumptionsText(answer.settings),
    '',
    renderText(columnsFor(rows), rows),
  ].join('\n');
}

/** The time against the number of workers, as an SVG file. @param model its name. */
export function sharingSvg(model: string, { rows, settings }: SharingAnswer): string {
  return standaloneSvg(sharingChart(model, rows, assumptionsText(settings), FILE_PALETTE), FILE_PALETTE);
}

function assumptionsText(settings: SimulationSettings): string {
  const { spread, stragglerShare, stragglerFactor, failuresPerHour, isReplaced, stallMs, draws } = settings;
  const slow =
    stragglerShare === 0 || stragglerFactor === 1
      ? 'no worker is slow'
      : `${formatShare(stragglerShare)} of workers take ${stragglerFactor} times as long`;
  const deaths =
    failuresPerHour === 0
      ? 'none dies'
      : `each dies ${failuresPerHour} times an hour and is ${isReplaced ? '' : 'not '}replaced, its unit begun again ${formatDuration(stallMs)} later`;
  return `${formatCount(draws)} simulations: units spread by ${spread} around their predicted times, ${slow}, ${deaths}.`;
}

/** Columns that would say nothing are left out. */
function columnsFor(rows: readonly SimulatedSharing[]): Column<SimulatedSharing>[] {
  const time = (ms: number) => (Number.isFinite(ms) ? formatDuration(ms) : NO_VALUE);
  const columns: Column<SimulatedSharing>[] = [
    { heading: 'workers', numeric: true, cell: ({ workers }) => formatCount(workers) },
    { heading: 'time', numeric: true, cell: ({ wallMs }) => time(wallMs.median) },
    {
      heading: '10 to 90 %',
      numeric: true,
      cell: ({ wallMs }) => `${time(wallMs.tenth)} to ${time(wallMs.ninetieth)}`,
    },
    { heading: 'at least', numeric: true, cell: ({ boundMs }) => time(boundMs) },
    { heading: 'worker-hours', numeric: true, cell: ({ workerHours }) => formatNumber(workerHours) },
    { heading: 'busy', numeric: true, cell: ({ utilisation }) => formatShare(utilisation) },
  ];
  if (rows.some(({ begunAgain }) => begunAgain > 0))
    columns.push({
      heading: 'begun again',
      numeric: true,
      cell: ({ begunAgain }) => formatNumber(begunAgain),
    });
  if (rows.some(({ finishedShare }) => finishedShare < 1))
    columns.push({
      heading: 'finished',
      numeric: true,
      cell: ({ finishedShare }) => formatShare(finishedShare),
    });
  return columns;
}
