import { describe, expect, it } from 'vitest';
import { measurableBlocks } from '../../../src/network/blocks.ts';
import { gpt } from '../../../src/network/models/gpt.ts';
import { MODEL_PRESETS } from '../../../src/network/models/index.ts';
import { type Model, parameterCount } from '../../../src/network/models/model.ts';
import { initialiseParameters } from '../../../src/network/models/parameters.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';

function preset(name: string, vocabularySize?: number): Model {
  const model = MODEL_PRESETS[name]?.create(vocabularySize === undefined ? {} : { vocabularySize });
  if (!model) throw new Error(`there is no ${name}`);
  return model;
}

describe('sizes', () => {
  it.each([
    // nanoGPT on Shakespeare's 65 characters; Hugging Face's gpt2; the paper's own GPT2; (784+1)300 + (300+1)128 + ...
    ['gpt-nano', 65, 10_745_088, 38],
    ['gpt2', undefined, 124_439_808, 2 + 12 * 12],
    ['gpt2-paper', undefined, 124_373_760, 2 + 12 * 6],
    ['mlp', undefined, 785 * 300 + 301 * 128 + 129 * 64 + 65 * 10, 8],
  ] as const)('%s has the parameters and blocks of its original', (name, vocabulary, parameters, blocks) => {
    const model = preset(name, vocabulary);
    expect(parameterCount(model)).toBe(parameters);
    expect(measurableBlocks(model).length).toBe(blocks);
  });

  it('names are unique, and every layer of gpt-nano has its six weights in order', () => {
    const names = preset('gpt-nano', 65).parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('transformer.h.3.'))).toEqual(
      ['ln_1', 'attn.query', 'attn.key', 'attn.value', 'attn.proj', 'ln_2', 'mlp.fc', 'mlp.proj'].map(
        (part) => `transformer.h.3.${part}.weight`,
      ),
    );
  });

  it('an untied output is a parameter and a block of its own', () => {
    const config = {
      layers: 1,
      heads: 1,
      width: 4,
      contextLength: 3,
      vocabularySize: 5,
      bias: false,
      gelu: 'none',
      scaledProjections: 'both',
      dropout: 0,
    } as const;
    const tied = measurableBlocks(gpt('tied', { ...config, tied: true })).map(({ name }) => name);
    const untied = measurableBlocks(gpt('untied', { ...config, tied: false })).map(({ name }) => name);
    expect(untied).toEqual([...tied, 'lm_head.weight']);
  });
});

/** Mean and standard deviation of a parameter. */
function moments(values: Iterable<number>): { mean: number; deviation: number; count: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, deviation: Math.sqrt(variance), count: list.length };
}

describe('initial values', () => {
  const nano = initialiseParameters(preset('gpt-nano', 65), 0, 'float64');
  const valuesOf = (name: string) => nano[`transformer.${name}.weight`]?.data as Float64Array;

  it.each([
    ['wte', 0.02],
    ['h.2.attn.query', 0.02],
    ['h.2.mlp.fc', 0.02],
    ['h.2.attn.proj', 0.02 / Math.sqrt(12)],
    ['h.5.mlp.proj', 0.02 / Math.sqrt(12)],
  ] as const)('%s are normal with deviation %f', (name, expected) => {
    const { mean, deviation, count } = moments(valuesOf(name));
    // Five standard errors: sigma / sqrt(n) of a mean, sigma / sqrt(2 n) of a deviation.
    expect(Math.abs(mean)).toBeLessThan((5 * expected) / Math.sqrt(count));
    expect(Math.abs(deviation - expected)).toBeLessThan((5 * expected) / Math.sqrt(2 * count));
  });

  it("only the paper's GPT2 leaves the attention projection as it is", () => {
    const deviations = preset('gpt2-paper').parameters.flatMap(({ name, initial }) =>
      /h\.0\.(attn|mlp)\.proj/.test(name) && initial.kind === 'normal' ? [initial.standardDeviation] : [],
    );
    expect(deviations).toEqual([0.02, 0.02 / Math.sqrt(24)]);
  });

  it("the MLP's are uniform within 1 / sqrt(fan in), biases too", () => {
    const values = initialiseParameters(preset('mlp'), 0, 'float64');
    for (const [name, fanIn] of [
      ['fc1.weight', 784],
      ['fc1.bias', 784],
      ['fc3.weight', 128],
    ] as const) {
      const bound = 1 / Math.sqrt(fanIn);
      const { data } = values[name] as HostTensor;
      const { mean, deviation, count } = moments(data as Float64Array);
      const outside = (data as Float64Array).filter((value) => Math.abs(value) > bound);
      expect(outside.length).toBe(0);
      expect(Math.abs(mean)).toBeLessThan((5 * bound) / Math.sqrt(3 * count));
      // The deviation of a uniform variable is bound / sqrt(3); its own error is below bound / sqrt(n).
      expect(Math.abs(deviation - bound / Math.sqrt(3))).toBeLessThan((5 * bound) / Math.sqrt(count));
    }
  });

  it('depend on seed and name alone, and float32 is float64 rounded', () => {
    const model = preset('gpt-pico', 9);
    const [a, b, other] = [0, 0, 1].map((seed) => initialiseParameters(model, seed, 'float64'));
    const name = 'transformer.h.1.mlp.fc.weight';
    expect(a?.[name]?.data).toEqual(b?.[name]?.data);
    expect(a?.[name]?.data).not.toEqual(other?.[name]?.data);
    expect(initialiseParameters(model, 0, 'float32')[name]?.data).toEqual(
      Float32Array.from(a?.[name]?.data as Float64Array),
    );
  });
});
