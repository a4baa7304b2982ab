import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../app/runs/small-run.ts';
import { compiledModule } from '../compiled/compiled.ts';

type Library = typeof import('../../src/index.ts');

const { advise, compare, UserError } = await compiledModule<Library>('index.ts');

it('a comparison by the library finds the best rate of each optimizer', async () => {
  const out = join(await temporaryFolder(), 'race');
  const told: string[] = [];
  const comparison = await compare(
    {
      model: 'mlp',
      optimizers: ['sgd', 'adamw'],
      rates: [0.0001, 0.01],
      extend: false,
      steps: 6,
      batch: 8,
      examples: 80,
    },
    { out, parallel: 2, onProgress: (text) => told.push(text) },
  );
  expect(comparison?.points.length).toBe(4);
  for (const { optimizer, best } of comparison?.verdicts ?? []) {
    const own = comparison?.points.filter((point) => point.optimizer === optimizer) ?? [];
    expect(own.length).toBe(2);
    expect(best?.finalLoss).toBe(
      Math.min(...own.map(({ finalLoss }) => finalLoss ?? Number.POSITIVE_INFINITY)),
    );
  }
  expect(comparison?.verdicts.map(({ optimizer }) => optimizer)).toEqual(['sgd', 'adamw']);
  expect(told.at(-1)).toContain('4 of 4 done');
});

it('advice by the library is that of its run', async () => {
  const out = join(await temporaryFolder(), 'run');
  const { status, advice, record } = await advise(
    { model: 'mlp', probes: 2, steps: 4, full: false, batch: 4 },
    { out, report: false },
  );
  expect(status).toBe('finished');
  const js0 = record.distances?.definitions.find(({ definition }) => definition === 'jsd-log')?.js0.mean;
  expect(advice?.js0.mean).toBe(js0);
  expect(advice?.groups.flatMap(({ blocks }) => blocks).sort()).toEqual(
    record.blocks.map(({ name }) => name).sort(),
  );
});

it('a measurement of too few blocks gives no advice, and says so', async () => {
  const out = join(await temporaryFolder(), 'run');
  const one = advise(
    { model: 'mlp', probes: 2, steps: 2, blocks: 'fc4.bias', batch: 4 },
    { out, report: false },
  );
  await expect(one).rejects.toThrow(UserError);
});
