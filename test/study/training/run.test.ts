import { describe, expect, it } from 'vitest';
import { parseTrainingRequest } from '../../../src/study/training/request.ts';
import { runTraining, type TrainingObserver } from '../../../src/study/training/run.ts';
import type { Trainer, TrainingState } from '../../../src/training/trainer.ts';

/** A trainer whose evaluations after each number of steps are given. */
function trainerOf(losses: readonly number[]) {
  return {
    step: async (state: TrainingState) => {
      state.step++;
      return { step: state.step, loss: 1, gradientNorm: 1, learningRate: 1, hasDiverged: false };
    },
    evaluate: async ({ step }: TrainingState) => ({ loss: losses[step]!, accuracy: 0.5 }),
  } as unknown as Trainer;
}

async function run(losses: readonly number[], step = 0) {
  const told: string[] = [];
  const observer: TrainingObserver = {
    onBeginning: async ({ loss }) => void told.push(`beginning ${loss}`),
    onStep: async ({ step, validation }) => void told.push(`step ${step} ${validation?.loss ?? '-'}`),
    onCheckpoint: async () => undefined,
    onSave: async () => undefined,
    shouldStop: async () => false,
  };
  const request = parseTrainingRequest({ steps: losses.length - 1, evaluateEvery: 1 });
  const state: TrainingState = { step, parameters: {}, optimizer: {}, firstLoss: null };
  const end = await runTraining(trainerOf(losses), state, request, observer, () => 0);
  return { told, end };
}

describe('a training', () => {
  it('is evaluated before its first step, and not again when it goes on', async () => {
    expect(await run([4, 3, 2])).toEqual({ told: ['beginning 4', 'step 1 3', 'step 2 2'], end: 'finished' });
    expect((await run([4, 3, 2], 1)).told).toEqual(['step 2 2']);
  });

  it('has diverged when the loss on what is held back is not finite, which no file could hold', async () => {
    const { told, end } = await run([4, Number.POSITIVE_INFINITY, 2]);
    expect({ told, end }).toEqual({ told: ['beginning 4', 'step 1 -'], end: 'diverged' });
  });
});
