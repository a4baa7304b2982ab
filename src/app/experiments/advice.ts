/** Advice from a run that was measured. */
import { UserError } from '../../errors.ts';
import { ADVICE_DISTANCE, type Advice, adviseFrom } from '../../study/advice/advice.ts';
import { CALIBRATION_POINTS } from '../../study/advice/calibration-points.ts';
import type { RunRecord } from '../runs/records.ts';

/**
 * What to train with, from the spectra of all blocks.
 *
 * @param path of the run, for messages.
 * @throws UserError when the run is no finished measurement of several blocks.
 */
export function adviceOf(path: string, { run, spectra, distances }: RunRecord): Advice {
  if (run.kind === 'training')
    throw new UserError(`The run at '${path}' is a training: expected a spectrum run.`);
  if (run.status !== 'finished' || !spectra)
    throw new UserError(
      `The run at '${path}' is ${run.status}: expected a finished one. Go on with it by 'hesscope spectrum --out ${path} --resume'.`,
    );
  const found = distances?.definitions.find(({ definition }) => definition === ADVICE_DISTANCE);
  if (!found)
    throw new UserError(
      `The run at '${path}' has ${spectra.blocks.length} blocks and so no distances: measure at least three blocks.`,
    );
  return adviseFrom(spectra.blocks, found, CALIBRATION_POINTS);
}
