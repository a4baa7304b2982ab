import { describe, expect, it } from 'vitest';
import { stageChoices } from '../../../src/study/model/stage-choices.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import { parseTrainingRequest } from '../../../src/study/training/request.ts';

const training = parseTrainingRequest({
  model: 'gpt-pico',
  data: 'text.txt',
  tokenizer: 'character',
  modelOptions: { qkv: 'fused', head: 'random' },
  seed: 4,
  precision: 'float64',
  batch: 7,
  steps: 30,
  threads: 3,
});

const request = (...given: Parameters<typeof stageChoices>) => parseSpectrumRequest(stageChoices(...given));

describe('the request of a stage', () => {
  it('has the model, the data and the seed of the training, and the usual settings of a spectrum', () => {
    const found = request({}, training, 'step-3.safetensors');
    expect(found.threads).toBeUndefined();
    expect(found).toMatchObject({
      model: 'gpt-pico',
      data: 'text.txt',
      tokenizer: 'character',
      modelOptions: { qkv: 'fused', head: 'random' },
      seed: 4,
      precision: 'float64',
      weights: 'step-3.safetensors',
      batch: 8,
      steps: 100,
    });
  });

  it('takes what is given now, options of the model one by one', () => {
    const given = {
      data: 'other.txt',
      seed: 0,
      precision: 'float32',
      steps: 5,
      modelOptions: { qkv: 'split' },
    };
    expect(request(given, training, 'a')).toMatchObject({
      ...given,
      modelOptions: { qkv: 'split', head: 'random' },
    });
  });

  it('is that of a spectrum without a training', () => {
    expect(request({ model: 'mlp' }, null, 'a')).toMatchObject({ model: 'mlp', weights: 'a', seed: 0 });
  });

  it.each([
    [{ weights: 'b' }, /Both 'weights' and checkpoints/],
    [{ model: 'mlp' }, /Expected the model 'gpt-pico'.*found 'mlp'/],
    [{ probes: 0 }, /'probes'/],
  ])('%j is refused', (given, message) => {
    expect(() => request(given, training, 'a')).toThrow(message);
  });
});
