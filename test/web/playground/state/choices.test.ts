import { describe, expect, it } from 'vitest';
import { MODEL_PRESETS } from '../../../../src/network/models/index.ts';
import { parseSpectrumRequest } from '../../../../src/study/spectrum/request.ts';
import { choicesOf, commandOf, requestOf } from '../../../../web/playground/state/choices.ts';
import { OFFERED_MODELS } from '../../../../web/playground/state/models.ts';

const chosen = (query: string) => choicesOf(new URLSearchParams(query));

describe('the choices of an address', () => {
  it('are what it says', () => {
    const { model, ...others } = chosen('model=vit-pico&batch=3&probes=5&steps=7&seed=9&device=webgpu');
    expect(model.name).toBe('vit-pico');
    expect(others).toEqual({ batch: 3, probes: 5, steps: 7, seed: 9, device: 'webgpu' });
  });

  it('are as usual where it says nothing, or what cannot be', () => {
    const usual = chosen('');
    expect(chosen('model=gpt-17&batch=0&probes=1e9&steps=2.5&seed=-1&device=abacus')).toEqual(usual);
    expect(chosen('model=mlp').batch).not.toBe(usual.batch);
  });

  it('are the same request as the command that is shown', () => {
    const choices = chosen('model=mlp&batch=3&probes=5&steps=7&seed=9');
    const options = commandOf(choices).matchAll(/--(\w+) (\S+)/g);
    const asked = Object.fromEntries(
      Array.from(options, ([, key, value]) => [key, key === 'model' ? value : Number(value)]),
    );
    expect(parseSpectrumRequest(requestOf(choices, 2))).toEqual(
      parseSpectrumRequest({ ...asked, threads: 2 }),
    );
  });
});

describe('the models of the page', () => {
  it.each(OFFERED_MODELS)('$name is a preset that reads what the page has', ({ name, reads }) => {
    const preset = MODEL_PRESETS[name];
    expect(preset?.dataKind === 'images' ? 'digits' : 'text').toBe(reads);
    if (reads === 'text') expect(preset?.tokenizer).toBe('character');
  });
});
