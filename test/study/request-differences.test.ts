import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differingChoices } from '../../src/study/request-differences.ts';

describe('choices that differ from those of a run', () => {
  it('are told with what they were, keys that are not given aside', () => {
    expect(differingChoices({ steps: 5, seed: 0 }, { steps: 4, seed: 0, batch: 8 })).toEqual([
      "'steps' was 4, now 5",
    ]);
    expect(differingChoices({ blocks: 'even' }, {})).toEqual(['\'blocks\' was left out, now "even"']);
  });

  it('do not include memory, which changes no number', () => {
    expect(differingChoices({ memoryMiB: 1 }, { memoryMiB: 2 })).toEqual([]);
  });

  it('do not include one place written in two ways', () => {
    const absolute = resolve('runs/a/best.safetensors');
    expect(differingChoices({ weights: absolute }, { weights: 'runs/./a/best.safetensors' })).toEqual([]);
    expect(differingChoices({ weights: absolute }, { weights: 'runs/b/best.safetensors' }).length).toBe(1);
    // The first is what comes with hesscope, the second a file.
    expect(differingChoices({ data: 'moby-dick' }, { data: './moby-dick' }).length).toBe(1);
  });
});
