import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finishedRun, temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

test('a demo that cannot begin ends with its page, a sentence and exit code 2', async () => {
  const out = join(await temporaryFolder(), 'demo');
  await finishedRun({ path: join(out, 'mlp') });
  const { code, stderr } = await start('demo', '--page', '--out', out).end;
  expect(stderr).toMatch(/^Dashboard: http:\/\/127\.0\.0\.1:\d+\/$/m);
  expect(stderr).toContain(join(out, 'mlp'));
  expect(code).toBe(2);
}, 60_000);
