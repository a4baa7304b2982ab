import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeptCases } from '../../../bench/peers/kept-cases.ts';
import type { CaseRecord } from '../../../bench/peers/results.ts';

const record = { name: 'mlp-128', loss: 2.3 } as CaseRecord;

describe('cases kept for a comparison that goes on later', () => {
  it('gives back what was measured under the same circumstances, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hesscope-cases-'));
    const now = { commit: 'abc', threads: 2, repeats: 9 };
    const kept = new KeptCases(folder, now);
    expect(await kept.find('mlp-128')).toBeNull();
    await kept.keep(record);
    expect(await kept.find('mlp-128')).toEqual(record);
    expect(await new KeptCases(folder, { ...now, threads: 1 }).find('mlp-128')).toBeNull();
    expect(await new KeptCases(folder, { ...now, commit: 'abc-dirty' }).find('mlp-128')).toBeNull();
    expect(await new KeptCases(folder, { ...now, repeats: 1 }).find('mlp-128')).toBeNull();
  });
});
