/** Advice from a run that was measured. */
import { UserError } from '../../errors.ts';
import { ADVICE_DISTANCE, type Advice, adviseFrom } from '../../study/advice/advice.ts';
import { CALIBRATION_POINTS } from '../../study/advice/calibration-points.ts';
import { rateFactors } from '../../study/advice/groups.ts';
import { defaultRates } from '../../study/training/comparison.ts';
import type { AdviceCost } from '../report/index.ts';
import type { RunFile, RunRecord } from '../runs/records.ts';

/** `advice.json` */
export interface AdviceRecord extends Advice {
  readonly model: RunFile['model'];
  readonly data: RunFile['data'];
  /** By which the rate of SGD is multiplied, for each block that is not zero. */
  readonly factors: Readonly<Record<string, number>>;
  readonly cost: AdviceCost;
}

/** Of each training with which the forecast was calibrated, about. */
const TRAINING_STEPS = 300;

/** What is written of the advice from a run. @throws UserError as {@link adviceOf} does. */
export function adviceRecord(path: string, record: RunRecord): AdviceRecord {
  const { model, data } = record.run;
  const advice = adviceOf(path, record);
  return { model, data, ...advice, factors: rateFactors(advice.groups), cost: costOf(record) };
}

/** Beside the grids that `hesscope compare` tries. */
function costOf({ run: { elapsedMs, products } }: RunRecord): AdviceCost {
  const [rates, steps] = [defaultRates('sgd').length, TRAINING_STEPS];
  return { elapsedMs, products, rates, steps, gradientsToTry: 2 * rates * steps };
}

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
