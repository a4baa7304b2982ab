import { describe, expect, it } from 'vitest';
import { GrowingRecord } from '../../../../web/playground/state/growing-record.ts';
import { detailOf, sourceOf } from '../../../../web/playground/state/shown-run.ts';
import { ONE_AND_THREE, START } from '../small-record.ts';

const NOW = new Date('2026-01-02T03:04:05Z');

function coefficients(probe: number, steps: number) {
  return {
    type: 'coefficients',
    block: 'fc1.weight',
    probe,
    dim: 20,
    alphas: ONE_AND_THREE.alphas.slice(0, steps),
    betas: ONE_AND_THREE.betas.slice(0, steps),
    finished: steps === 2 ? 'steps' : null,
  } as const;
}

describe('a run from what the worker tells', () => {
  it('grows with the coefficients, and a block is whole when all its probes have ended', async () => {
    const record = new GrowingRecord(START, NOW);
    expect(detailOf({ id: 'x', version: 0, run: record.run() }).blocks[0]).toMatchObject({
      isMeasured: false,
      probeSteps: [],
    });
    record.take(coefficients(0, 1));
    record.take(coefficients(1, 1));
    expect(detailOf({ id: 'x', version: 1, run: record.run() }).blocks[0]).toMatchObject({
      isMeasured: false,
      probeSteps: [1, 1],
    });
    record.take(coefficients(0, 2));
    record.take(coefficients(1, 2));
    const shown = { id: 'x', version: 2, run: record.run() };
    expect(detailOf(shown).blocks[0]).toMatchObject({ isMeasured: true, probeSteps: [2, 2] });
    const [nodes] = await sourceOf(shown).spectra(['fc1.weight']);
    for (const probe of nodes?.probes ?? []) {
      expect(probe.nodes[0]).toBeCloseTo(1, 12);
      expect(probe.nodes[1]).toBeCloseTo(3, 12);
      expect(probe.weights[0]).toBeCloseTo(0.5, 12);
    }
    await expect(sourceOf(shown).spectra(['fc2.weight'])).rejects.toThrow(/no spectrum of 'fc2\.weight' yet/);
  });

  it('takes what is known before the work, and a stop', () => {
    const record = new GrowingRecord(START, NOW);
    record.take({
      type: 'ready',
      loss: 2.3,
      selfCheck: { symmetryError: 1e-9, repeatable: true },
      plan: { estimatedMs: 10, estimatedBytes: 20, text: ['A sentence.'] },
    });
    record.take(coefficients(0, 1));
    record.take({ type: 'stopped', products: 2, elapsedMs: 5, runtimeMs: 4 });
    const { run } = record.run().record;
    expect(run).toMatchObject({ loss: 2.3, status: 'interrupted', products: 2, elapsedMs: 5 });
    expect(detailOf({ id: 'x', version: 1, run: record.run() }).summary).toMatchObject({
      title: 'mlp, Hessian',
      status: 'interrupted',
      js0: null,
    });
  });

  it('keeps why it failed', () => {
    const record = new GrowingRecord(START, NOW);
    record.take({ type: 'failed', message: 'Expected one thing, found another.', isMistake: true });
    expect(record.run().record.run).toMatchObject({
      status: 'failed',
      error: 'Expected one thing, found another.',
    });
  });
});
