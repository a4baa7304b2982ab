import { describe, expect, it } from 'vitest';
import { beginTraining, openTraining } from '../../src/study/training/prepare.ts';
import { parseTrainingRequest } from '../../src/study/training/request.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';

const opened = (given: Record<string, unknown>) => openTraining(parseTrainingRequest(given));

describe('what judges a training', () => {
  it('is 512 images, or sequences of 32,768 tokens together, of those held back', async () => {
    const images = await opened({ model: 'mlp' });
    expect(images.validation.count).toBe(512);
    expect(images.division).toContain('the last 1000 held back, the first 512 of which judge it');
    const sequences = await opened({ model: 'gpt-nano' });
    expect(sequences.validation.count).toBe(128);
  });

  it('is as many as are asked for, at least a batch and at most all that are held back', async () => {
    const judged = async (given: Record<string, unknown>) =>
      (await opened({ model: 'mlp', ...given })).validation.count;
    expect(await judged({ validationExamples: 700 })).toBe(700);
    expect(await judged({ validationExamples: 5, batch: 50 })).toBe(50);
    expect(await judged({ validationExamples: 5000 })).toBe(1000);
    expect(await judged({ examples: 400 })).toBe(40);
  });
});

describe('augmented pictures', () => {
  const engine = onnxRuntimeEngine({ threads: 1 });
  const SMALL = { model: 'mlp', batch: 10, examples: 100, steps: 8, augment: 'flip-crop' } as const;

  it('are trained on, the same from a saved state on, and never judged by', async () => {
    const begin = async (given: Record<string, unknown> = {}) => {
      const request = parseTrainingRequest({ ...SMALL, ...given });
      return beginTraining(await openTraining(request), request, engine);
    };
    const { trainer, state } = await begin();
    const plain = await begin({ augment: 'none' });
    expect(await trainer.evaluate(state)).toEqual(await plain.trainer.evaluate(plain.state));
    // Nine batches make an epoch of 90 examples; the steps go over its end.
    for (let step = 0; step < 7; step++) await trainer.step(state);
    const copy = structuredClone(state);
    const losses = [];
    for (let step = 0; step < 5; step++) losses.push((await trainer.step(state)).loss);
    const other = await begin();
    for (const loss of losses) expect((await other.trainer.step(copy)).loss).toBe(loss);
    expect(copy).toEqual(state);
    const first = await plain.trainer.step(plain.state);
    expect(first.loss).not.toBe((await other.trainer.step(other.state)).loss);
    for (const { trainer: used } of [{ trainer }, plain, other]) await used.release();
  });

  it('are refused where there are none', async () => {
    await expect(opened({ model: 'gpt-pico', augment: 'flip' })).rejects.toThrow(
      "'augment': expected pictures to flip, found text in 'moby-dick'; leave it out.",
    );
  });
});
