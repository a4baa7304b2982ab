/** Optimizers compared under an equal budget: the same steps, batches and seeds, each with its own best learning rate. */
import { z } from 'zod';
import { optimizerNames } from '../../training/optimizers/index.ts';
import { refusal } from '../request-errors.ts';
import { parseTrainingRequest, type TrainingRequest, trainingRequestSchema } from './request.ts';

const {
  optimizer: _optimizer,
  learningRate: _rate,
  optimizerSettings: _settings,
  ...shared
} = trainingRequestSchema.shape;

export const comparisonRequestSchema = z.strictObject({
  ...shared,
  optimizers: z
    .array(z.enum(optimizerNames()))
    .min(1)
    .default(['sgd', 'adamw'])
    .describe('which are compared'),
  rates: z
    .array(z.number().positive())
    .min(1)
    .optional()
    .describe('learning rates that each tries; by default three a decade around its usual one'),
  search: z
    .enum(['grid', 'halving'])
    .default('grid')
    .describe(
      'grid: all rates to the end; halving: all for a third of the steps, the better half for another third, and the better half of these to the end',
    ),
  extend: z
    .boolean()
    .default(true)
    .describe('whether up to two rates are added beyond the edge of a grid where the best rate is at it'),
});

export type ComparisonRequest = z.output<typeof comparisonRequestSchema>;

/** A request as users write it. */
export type ComparisonRequestInput = z.input<typeof comparisonRequestSchema>;

/** Checks a request and fills in its defaults. @throws UserError naming each offending key. */
export function parseComparisonRequest(input: unknown): ComparisonRequest {
  const result = comparisonRequestSchema.safeParse(input);
  if (result.success) return result.data;
  throw refusal(result.error, input, Object.keys(comparisonRequestSchema.shape));
}

/** One training of a comparison. */
export interface GridPoint {
  readonly optimizer: string;
  readonly learningRate: number;
  /** `sgd-0.1`: a name for its folder. */
  readonly name: string;
  readonly request: TrainingRequest;
}

const SGD_RATES = [0.003, 0.01, 0.03, 0.1, 0.3, 1];
const ADAPTIVE_RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03];

/** The learning rates that an optimizer tries unless told otherwise: three a decade around its usual one. */
export function defaultRates(optimizer: string): readonly number[] {
  return ['sgd', 'blockwise-sgd'].includes(optimizer) ? SGD_RATES : ADAPTIVE_RATES;
}

/** The trainings of a comparison: every optimizer with every rate, as many for each. */
export function gridOf(request: ComparisonRequest): GridPoint[] {
  const { optimizers, rates } = request;
  return optimizers.flatMap((optimizer) =>
    (rates ?? defaultRates(optimizer)).map((rate) => pointOf(request, optimizer, rate)),
  );
}

/** The training of a comparison by one optimizer with one rate. */
export function pointOf(request: ComparisonRequest, optimizer: string, learningRate: number): GridPoint {
  const { optimizers: _optimizers, rates: _rates, search: _search, extend: _extend, ...shared } = request;
  return {
    optimizer,
    learningRate,
    name: `${optimizer}-${learningRate}`,
    request: parseTrainingRequest({ ...shared, optimizer, learningRate }),
  };
}

/** What became of a training of the grid. */
export interface GridResult {
  /** Of its folder. */
  readonly name: string;
  readonly optimizer: string;
  readonly learningRate: number;
  /** Steps that it was trained. */
  readonly steps: number;
  readonly hasDiverged: boolean;
  /** On the examples held back, after the last of these steps; null when it has diverged. */
  readonly finalLoss: number | null;
  readonly finalAccuracy: number | null;
}

export interface OptimizerVerdict {
  readonly optimizer: string;
  /** The point with the least final loss among those that were trained longest; null when all diverged. */
  readonly best: GridResult | null;
  /** Whether the best rate is at the edge of the grid, so that a better one may lie beyond. */
  readonly isAtEdge: boolean;
}

/** Each optimizer's best point. */
export function judge(results: readonly GridResult[]): OptimizerVerdict[] {
  const names = [...new Set(results.map(({ optimizer }) => optimizer))];
  return names.map((optimizer) => {
    const own = results
      .filter((result) => result.optimizer === optimizer)
      .sort((a, b) => a.learningRate - b.learningRate);
    const sound = own.filter(({ finalLoss }) => finalLoss !== null);
    const longest = Math.max(...sound.map(({ steps }) => steps));
    const finished = sound.filter(({ steps }) => steps === longest);
    const best = finished.sort((a, b) => (a.finalLoss ?? 0) - (b.finalLoss ?? 0))[0] ?? null;
    const place = best ? own.indexOf(best) : -1;
    return { optimizer, best, isAtEdge: place === 0 || place === own.length - 1 };
  });
}

/**
 * A relative gap up to here counts as on par: SGD at its best misses no more than a tenth of the fall in loss that AdamW
 * reaches under the same budget. Fixed before any comparison was run.
 */
export const PAR_GAP = 0.1;

/** How far one optimizer's best is behind another's: the difference of their final losses, in nats. */
export function gapOf(verdicts: readonly OptimizerVerdict[], behind: string, ahead: string): number | null {
  const [worse, better] = [bestLossOf(verdicts, behind), bestLossOf(verdicts, ahead)];
  return worse === null || better === null ? null : worse - better;
}

/**
 * The gap as a share of what the optimizer ahead has gained: (final loss of the one behind - that of the one ahead) /
 * (loss before the first step - final loss of the one ahead), each at its best rate and on the examples held back. 0
 * means that both do as well, 1 that the one behind has learnt nothing, more that it is worse than the initial
 * parameters, less than 0 that it is in truth ahead.
 *
 * @param initialLoss in nats; null where it is not known.
 * @returns null where a part is missing, or the one ahead has gained nothing.
 */
export function relativeGapOf(
  verdicts: readonly OptimizerVerdict[],
  behind: string,
  ahead: string,
  initialLoss: number | null,
): number | null {
  const [gap, better] = [gapOf(verdicts, behind, ahead), bestLossOf(verdicts, ahead)];
  if (gap === null || better === null || initialLoss === null || initialLoss <= better) return null;
  return gap / (initialLoss - better);
}

function bestLossOf(verdicts: readonly OptimizerVerdict[], name: string): number | null {
  return verdicts.find(({ optimizer }) => optimizer === name)?.best?.finalLoss ?? null;
}
