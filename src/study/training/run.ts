/** A training from its state to its end, with evaluations and checkpoints on the way. */
import type { Evaluation, StepMetrics, Trainer, TrainingState } from '../../training/trainer.ts';
import type { TrainingRequest } from './request.ts';

/** What is told of one step; evaluations come at some of them. */
export interface MetricsLine extends Omit<StepMetrics, 'hasDiverged'> {
  readonly elapsedMs: number;
  readonly validation?: Evaluation;
}

/** How a training ended. */
export type TrainingEnd = 'finished' | 'diverged' | 'interrupted';

export interface TrainingObserver {
  /** Called before the first step, with how the initial parameters do. */
  onBeginning(initial: Evaluation): Promise<void>;
  /** Called after each step, with what it tells. */
  onStep(line: MetricsLine, state: TrainingState): Promise<void>;
  /** Called when the parameters of a moment are to be kept; step 0 is before the first step. */
  onCheckpoint(step: number, state: TrainingState): Promise<void>;
  /** Called when everything that a later process needs is to be kept. */
  onSave(state: TrainingState): Promise<void>;
  shouldStop(): Promise<boolean>;
}

/** A part of a training, from where its state is. */
export interface TrainingLeg {
  /** The last step of the part. */
  readonly until: number;
  /** Steps after which it is judged besides those that the request names. */
  readonly judgedAt: readonly number[];
}

/** At least so long passes between two saves of the whole state. */
const SAVE_INTERVAL_MS = 30_000;

/**
 * Trains on until the last step of the request or of the part that is asked for, a divergence or a request to stop. A
 * training that ends before the request's last step is `interrupted` and goes on from what was saved.
 *
 * @param elapsedMs how long the training has taken so far, earlier processes included.
 */
export async function runTraining(
  trainer: Trainer,
  state: TrainingState,
  request: TrainingRequest,
  observer: TrainingObserver,
  elapsedMs: () => number,
  { until, judgedAt }: TrainingLeg = { until: request.steps, judgedAt: [] },
): Promise<TrainingEnd> {
  const kept = checkpointSteps(request);
  const judged = new Set([...judgedAt, until, request.steps]);
  if (state.step === 0) {
    await observer.onBeginning(await trainer.evaluate(state));
    if (kept.has(0)) await observer.onCheckpoint(0, state);
  }
  let savedAt = performance.now();
  while (state.step < until) {
    if (await observer.shouldStop()) {
      await observer.onSave(state);
      return 'interrupted';
    }
    const { hasDiverged, ...metrics } = await trainer.step(state);
    if (hasDiverged) return 'diverged';
    const isJudged = state.step % request.evaluateEvery === 0 || judged.has(state.step);
    const validation = isJudged ? await trainer.evaluate(state) : null;
    // A step too large may leave parameters that are finite while their loss is not.
    const isSound = validation === null || Number.isFinite(validation.loss);
    const line = { ...metrics, elapsedMs: elapsedMs(), ...(validation && isSound ? { validation } : {}) };
    await observer.onStep(line, state);
    if (!isSound) return 'diverged';
    if (kept.has(state.step)) await observer.onCheckpoint(state.step, state);
    if (performance.now() - savedAt >= SAVE_INTERVAL_MS && state.step < request.steps) {
      await observer.onSave(state);
      savedAt = performance.now();
    }
  }
  if (state.step >= request.steps) return 'finished';
  await observer.onSave(state);
  return 'interrupted';
}

/** The steps after which the parameters are kept. */
export function checkpointSteps({ checkpoints, steps }: TrainingRequest): ReadonlySet<number> {
  return new Set(checkpoints.map((share) => Math.round(share * steps)));
}
