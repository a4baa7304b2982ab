/** Mamba against what is known of its reference implementation. */
import { describe, expect, it } from 'vitest';
import { measurableBlocks } from '../../../src/network/blocks.ts';
import { mamba } from '../../../src/network/models/mamba.ts';
import { parameterCount } from '../../../src/network/models/model.ts';
import { create, listed, momentsOf, valuesOf } from './created.ts';

const data = { vocabularySize: 65 };
const nano = create('mamba-nano', data);

describe('sizes', () => {
  it('of 24 layers and width 768 are those of mamba-130m', () => {
    const config = { layers: 24, width: 768, expansion: 2, stateSize: 16, kernel: 4, contextLength: 8 };
    const model = mamba('mamba-130m', { ...config, vocabularySize: 50_280, tied: true });
    // The checkpoint state-spaces/mamba-130m.
    expect(parameterCount(model)).toBe(129_135_360);
  });

  it('an untied output is one more matrix', () => {
    const untied = create('mamba-nano', data, { tied: false });
    expect(listed(untied)).toEqual([...listed(nano), 'lm_head.weight [65, 384]']);
  });

  it("names and shapes are those of the reference's state dictionary", () => {
    expect(listed(nano)[0]).toBe('backbone.embedding.weight [65, 384]');
    expect(listed(nano, 'backbone.layers.9.')).toEqual(
      [
        'norm.weight [384]',
        'mixer.A_log [768, 16]',
        'mixer.D [768]',
        'mixer.in_proj.weight [1536, 384]',
        'mixer.conv1d.weight [768, 1, 4]',
        'mixer.conv1d.bias [768]',
        'mixer.x_proj.weight [56, 768]',
        'mixer.dt_proj.weight [768, 24]',
        'mixer.dt_proj.bias [768]',
        'mixer.out_proj.weight [384, 768]',
      ].map((name) => `backbone.layers.9.${name}`),
    );
    expect(listed(nano).at(-1)).toBe('backbone.norm_f.weight [384]');
  });

  it('all but the scales of RMSNorm are blocks', () => {
    expect(nano.parameters.length - measurableBlocks(nano).length).toBe(10 + 1);
  });
});

describe('initial values', () => {
  it.each([
    ['in_proj.weight', 1 / Math.sqrt(384)],
    ['conv1d.weight', 1 / 2],
    ['conv1d.bias', 1 / 2],
    ['x_proj.weight', 1 / Math.sqrt(768)],
    ['dt_proj.weight', 1 / Math.sqrt(24)],
    // PyTorch's law, smaller by the root of the number of layers.
    ['out_proj.weight', 1 / Math.sqrt(768 * 10)],
  ] as const)('of %s are uniform within %f', (part, bound) => {
    const values = valuesOf(nano, `backbone.layers.3.mixer.${part}`);
    const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(greatest).toBeLessThanOrEqual(bound);
    // That none of 768 or more values lies in the outer twentieth has probability 1e-17.
    expect(greatest).toBeGreaterThan(0.95 * bound);
  });

  it('of the embedding are normal with deviation 0.02', () => {
    const { mean, deviation, count } = momentsOf(nano, 'backbone.embedding.weight');
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(count));
    expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * count));
  });

  it('of the decay rates are 1 to 16 in every channel, of the skip 1', () => {
    const rates = valuesOf(nano, 'backbone.layers.0.mixer.A_log').map((value) => Math.exp(value));
    // A rounding of the logarithm, at most 3, times the slope of the exponential, at most 16.
    for (const [i, rate] of rates.entries()) expect(Math.abs(rate - ((i % 16) + 1))).toBeLessThan(1e-14);
    expect(valuesOf(nano, 'backbone.layers.0.mixer.D').every((value) => value === 1)).toBe(true);
  });

  it('make time steps that are uniform in their logarithm between 0.001 and 0.1', () => {
    const steps = Array.from(valuesOf(nano, 'backbone.layers.0.mixer.dt_proj.bias'), (bias) =>
      Math.log1p(Math.exp(bias)),
    );
    const logs = steps.map((step) => Math.log10(step));
    expect(Math.min(...logs)).toBeGreaterThanOrEqual(-3 - 1e-12);
    expect(Math.max(...logs)).toBeLessThanOrEqual(-1 + 1e-12);
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
    // A uniform law over two decades: mean -2, deviation 2 / sqrt(12), five standard errors.
    const expected = 2 / Math.sqrt(12);
    expect(Math.abs(mean + 2)).toBeLessThan((5 * expected) / Math.sqrt(logs.length));
    expect(Math.abs(deviation - expected)).toBeLessThan((5 * expected) / Math.sqrt(2 * logs.length));
  });
});
