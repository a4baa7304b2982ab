/** Advice as people read it. */
import type { Advice } from '../../study/advice/advice.ts';
import { COVERAGE } from '../../study/advice/forecast.ts';
import type { ParameterGroup } from '../../study/advice/groups.ts';
import { PAR_GAP } from '../../study/training/comparison.ts';
import type { RunFile } from '../runs/records.ts';
import { formatDuration, formatNumber } from './format.ts';
import { renderText } from './tables.ts';

/** What the answer cost, beside what trying both optimizers would. */
export interface AdviceCost {
  readonly elapsedMs: number;
  readonly products: number;
  /** Learning rates of each optimizer, and steps of each training. */
  readonly rates: number;
  readonly steps: number;
  /** Of SGD and AdamW with all of them. */
  readonly gradientsToTry: number;
}

/** Blocks of a group that are named. */
const NAMED = 3;

export function adviceText(
  { model, data }: Pick<RunFile, 'model' | 'data'>,
  advice: Advice,
  cost: AdviceCost,
): string {
  const { verdict, doubts, forecast, js0, noiseFloor, caveat } = advice;
  const error = js0.standardError === null ? '' : ` ± ${formatNumber(js0.standardError)}`;
  const floor = noiseFloor === null ? '' : `, noise floor ${formatNumber(noiseFloor)}`;
  const [least, largest] = forecast.interval;
  return [
    `${model.name} on ${data.description}: ${verdict}.`,
    ...doubts.map((doubt) => `  because ${doubt}`),
    '',
    `JS0 ${formatNumber(js0.mean)}${error} nats (jsd-log${floor}).`,
    `Expected gap of SGD ${percent(forecast.expectedGap)} of AdamW's fall in loss, ${percent(least)} to ${percent(largest)} in ${percent(COVERAGE)} of cases; Adam counts as needed above ${percent(PAR_GAP)}.`,
    '',
    'Nearest networks that were trained:',
    renderText(
      [
        { heading: 'network', numeric: false, cell: ({ name }) => name },
        { heading: 'data', numeric: false, cell: ({ data: name }) => name },
        { heading: 'JS0', numeric: true, cell: (point) => formatNumber(point.js0) },
        { heading: 'gap', numeric: true, cell: ({ relativeGap }) => percent(relativeGap) },
      ],
      forecast.nearest,
    ),
    '',
    'Blocks that differ most:',
    renderText(
      [
        { heading: 'block', numeric: false, cell: ({ name }) => name },
        { heading: 'mean distance', numeric: true, cell: ({ meanDistance }) => formatNumber(meanDistance) },
        {
          heading: 'largest eigenvalue / median',
          numeric: true,
          cell: ({ scaleRatio }) => formatNumber(scaleRatio),
        },
      ],
      advice.deviating,
    ),
    '',
    'Groups that can share a learning rate, with the factor of the common one for SGD by block:',
    renderText(
      [
        { heading: 'factor', numeric: true, cell: ({ factor }) => formatNumber(factor) },
        { heading: 'blocks', numeric: true, cell: ({ blocks }) => String(blocks.length) },
        { heading: '', numeric: false, cell: namesOf },
      ],
      advice.groups,
    ),
    '',
    `The answer took ${formatDuration(cost.elapsedMs)} and ${cost.products.toLocaleString('en')} products. Trying SGD and AdamW with ${cost.rates} learning rates of ${cost.steps} steps takes ${cost.gradientsToTry.toLocaleString('en')} gradients of whole batches, each of about a product's cost.`,
    caveat,
  ].join('\n');
}

function namesOf({ blocks }: ParameterGroup): string {
  const named = blocks.slice(0, NAMED).join(', ');
  return blocks.length > NAMED ? `${named}, …` : named;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(100 * share)} %` : 'all';
}
