/** The options of a spectrum request, which several commands take. */
import type { Command } from 'commander';
import { type SpectrumRequest, spectrumRequestSchema } from '../../study/spectrum/request.ts';
import { addChoices, type ChoiceOption, choicesOf, MODEL_OPTIONS, numeric } from './choices.ts';

const OPTIONS: readonly ChoiceOption<keyof SpectrumRequest>[] = [
  ...MODEL_OPTIONS,
  { key: 'curvature', flags: '--curvature <kind>' },
  { key: 'inputs', flags: '--inputs <files...>' },
  { key: 'targets', flags: '--targets <file>' },
  { key: 'loss', flags: '--loss <name>' },
  { key: 'output', flags: '--output <name>' },
  { key: 'blocksFile', flags: '--blocks-file <file>' },
  { key: 'offset', flags: '--offset <count>', parse: numeric },
  { key: 'blocks', flags: '-b, --blocks <selection>' },
  { key: 'full', flags: '--no-full', description: 'leave out the whole Hessian' },
  { key: 'probes', flags: '-p, --probes <count>', parse: numeric },
  { key: 'steps', flags: '-s, --steps <count>', parse: numeric },
  { key: 'tolerance', flags: '--tolerance <share>', parse: numeric },
  { key: 'probeKind', flags: '--probe-kind <kind>' },
  { key: 'exactUpTo', flags: '--exact-up-to <size>', parse: numeric },
  { key: 'reorthogonalize', flags: '--reorthogonalize' },
  { key: 'batch', flags: '--batch <count>', parse: numeric },
  { key: 'microBatches', flags: '--micro-batches <count>', parse: numeric },
  { key: 'ranges', flags: '--ranges <count>', parse: numeric },
  { key: 'memoryMiB', flags: '--memory <MiB>', parse: numeric },
];

/** Adds one option for each key of a spectrum request. */
export function addRequestOptions(command: Command): Command {
  return addChoices(command, OPTIONS, spectrumRequestSchema);
}

/**
 * The request that options and configuration file make together, not yet checked.
 * @throws UserError when the file cannot be read or is not an object of choices.
 */
export function requestInput(options: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  return choicesOf(options, OPTIONS);
}
