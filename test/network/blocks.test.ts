import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { measurableBlocks, selectBlocks } from '../../src/network/blocks.ts';
import { MODEL_PRESETS } from '../../src/network/models/index.ts';
import type { Model } from '../../src/network/models/model.ts';

const model = MODEL_PRESETS['gpt-pico']?.create({ vocabularySize: 9 }) as Model;
const all = measurableBlocks(model).map(({ name }) => name);
const select = (selection: string) => selectBlocks(model, selection).map(({ name }) => name);

describe('a selection of blocks', () => {
  it('takes all, none, even and odd positions', () => {
    expect(all.length).toBe(2 + 2 * 6);
    expect(select('all')).toEqual(all);
    expect(select('none')).toEqual([]);
    expect(select('even')).toEqual(all.filter((_, index) => index % 2 === 0));
    expect(select('odd')).toEqual(all.filter((_, index) => index % 2 === 1));
  });

  it('takes kinds, layers, names and patterns, each block once and in the order of the network', () => {
    expect(select('kind:key')).toEqual([
      'transformer.h.0.attn.key.weight',
      'transformer.h.1.attn.key.weight',
    ]);
    expect(select('layer:2')).toEqual(all.filter((name) => name.startsWith('transformer.h.1.')));
    expect(select('transformer.wpe')).toEqual(['transformer.wpe.weight']);
    expect(select('*.mlp.*, transformer.wte.weight ,kind:mlp-fc')).toEqual(
      all.filter((name) => name.includes('.mlp.') || name.includes('wte')),
    );
  });

  it('takes a selection that the model names, among other terms', () => {
    const named = { ...model, selections: { paper: 'kind:key,layer:2' } };
    const chosen = selectBlocks(named, 'paper, transformer.wpe').map(({ name }) => name);
    expect(chosen).toEqual(select('kind:key,layer:2,transformer.wpe'));
    expect(() => select('paper')).toThrow('The paper names no blocks that it measured for gpt-pico');
  });

  it('leaves out normalisation layers, and says so when one is asked for', () => {
    expect(all.some((name) => name.includes('ln_'))).toBe(false);
    expect(() => select('transformer.ln_f.weight')).toThrow(/normalisation layer/);
  });

  it.each([
    ['quary', /no block 'quary'.*attn\.query/],
    ['kind:qeury', /no blocks of kind 'qeury'; its kinds are embedding, query, key/],
    ['layer:7', /no layer '7'; its layers are 1 to 2/],
    [' , ', /found an empty one/],
    ['*nothing*', /no block '\*nothing\*'/],
  ])('refuses %s with a sentence that helps', (selection, message) => {
    expect(() => select(selection)).toThrow(message);
    expect(() => select(selection)).toThrow(UserError);
  });
});
