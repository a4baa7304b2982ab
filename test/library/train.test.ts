import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../app/runs/small-run.ts';
import { compiledModule } from '../compiled/compiled.ts';

type Library = typeof import('../../src/index.ts');

const { train, UserError } = await compiledModule<Library>('index.ts');

const SMALL = { model: 'mlp', optimizer: 'sgd', batch: 8, steps: 400, examples: 40 } as const;

it('a training by the library is a run like that of the command, and goes on where it was stopped', async () => {
  const out = join(await temporaryFolder(), 'run');
  const stopping = new AbortController();
  const first = await train(SMALL, {
    out,
    signal: stopping.signal,
    onEvent: ({ type }) => {
      if (type === 'trained') stopping.abort();
    },
  });
  expect(first).toMatchObject({ status: 'interrupted', path: out });
  const { status, record } = await train(SMALL, { resume: out });
  expect(status).toBe('finished');
  expect(record.run).toMatchObject({ kind: 'training', status: 'finished' });
});

it('a mistake in a request is a UserError', async () => {
  await expect(train({ model: 'mlp', optimizer: 'sgdd' })).rejects.toThrow(UserError);
});
