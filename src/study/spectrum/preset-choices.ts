/** How many micro-batches make the paper's batch. */
import { UserError } from '../../errors.ts';
import type { ModelOptions, ModelPreset } from '../../network/models/index.ts';
import type { SpectrumRequest } from './request.ts';

/**
 * The number of micro-batches; `paper` stands for as many as make up the batch that the paper used.
 * @throws UserError when the paper has no batch for the model, its sequences are to be shorter than the paper's, or
 *   micro-batches of this size do not divide it.
 */
export function microBatchesOf(
  { model, batch, microBatches }: SpectrumRequest,
  preset: ModelPreset,
  options: ModelOptions,
): number {
  if (microBatches !== 'paper') return microBatches;
  const { paperBatch, contextLength } = preset;
  const shortened = options.contextLength;
  if (contextLength !== null && shortened !== undefined && shortened !== contextLength)
    throw new UserError(
      `The paper's batch has sequences of ${contextLength} tokens, found a contextLength of ${shortened}; leave it out, or give 'microBatches' as a number.`,
    );
  if (paperBatch === undefined)
    throw new UserError(
      `The paper names no batch for ${model}; give 'microBatches' as a number, as it is for the models that the paper measured.`,
    );
  if (paperBatch % batch === 0) return paperBatch / batch;
  const unit =
    contextLength === null
      ? 'images'
      : `sequences (${(paperBatch * contextLength).toLocaleString('en')} tokens)`;
  throw new UserError(
    `The paper's batch for ${model} is ${paperBatch.toLocaleString('en')} ${unit}, which micro-batches of ${batch} do not divide; set 'batch' to ${nearestDivisors(paperBatch, batch).join(' or ')}.`,
  );
}

/** The divisors of a number next below and above another one. */
function nearestDivisors(total: number, wanted: number): number[] {
  const divisors = Array.from({ length: total }, (_, index) => index + 1).filter((d) => total % d === 0);
  const below = divisors.filter((divisor) => divisor < wanted).at(-1);
  const above = divisors.find((divisor) => divisor > wanted);
  return [below, above].filter((divisor) => divisor !== undefined);
}
