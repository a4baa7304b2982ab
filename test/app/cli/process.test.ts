import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

/** Some seconds of products, each of them short. */
const LONG = ['--blocks', 'layer:2', '--no-full', '--probes', '2', '--steps', '150', '--batch', '2'];

describe('Ctrl-C', () => {
  test('once keeps everything, says how to go on, and ends with 130; the run then goes on', async () => {
    const path = join(await temporaryFolder(), 'run');
    const running = start('spectrum', ...LONG, '--no-report', '--out', path);
    await running.saw('Loss');
    running.interrupt();
    const { code, stdout, stderr } = await running.end;
    expect(stderr).toContain('stopping after the current step');
    expect(stderr).toContain(
      `What is done is in ${path}. Go on with: hesscope spectrum --out ${path} --resume`,
    );
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect((await readRun(path)).run).toMatchObject({ status: 'interrupted', error: null });

    const resumed = await start('spectrum', '--out', path, '--resume', '--no-report', '--json').end;
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toBe('');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ path, status: 'finished' });
    expect((await verifyRun(path)).sound).toBe(true);
  });

  test('twice ends a long product at once, and the run can be resumed', async () => {
    const path = join(await temporaryFolder(), 'run');
    // A product with this block of the 11M-parameter model takes seconds, two of them are asked for.
    const size = ['--probes', '1', '--steps', '2', '--batch', '2'];
    const block = ['--model', 'gpt-nano', '--blocks', 'transformer.h.0.mlp.fc', '--no-full'];
    const running = start('spectrum', ...block, ...size, '--no-report', '--out', path);
    await running.saw('Loss');
    running.interrupt();
    await running.saw('stopping');
    running.interrupt();
    const { code, stderr } = await running.end;
    expect(stderr).toContain(`hesscope spectrum --out ${path} --resume`);
    expect(stderr).not.toContain('this is a bug');
    expect(code).toBe(130);

    const resumed = await start('spectrum', '--out', path, '--resume', '--no-report', '--json').end;
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect((await readRun(path)).run.status).toBe('finished');
  });

  test('while the computing process still starts is no bug', async () => {
    const path = join(await temporaryFolder(), 'run');
    const running = start('spectrum', ...LONG, '--out', path);
    // The line is printed by a handler that is there as soon as the job has been started.
    await new Promise((resolve) => setTimeout(resolve, 700));
    running.interrupt();
    const { code, stderr } = await running.end;
    expect(stderr).not.toContain('this is a bug');
    expect(stderr).not.toMatch(/\n\s+at /);
    // Before the handler stands, the signal ends the process as it ends any other.
    expect([130, null]).toContain(code);
  });
});

test('a mistake found by the computing process is one sentence, with exit code 2', async () => {
  const path = join(await temporaryFolder(), 'run');
  const { code, stdout, stderr } = await start('spectrum', '--blocks', 'attn.quary', '--out', path).end;
  expect(stderr).toMatch(/^hesscope: gpt-pico has no block 'attn\.quary'; did you mean [^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test.each(['stdout', 'stderr'] as const)(
  'a reader that goes away ends it without a word: %s',
  async (stream) => {
    // Bad options are told on standard error, the list of models on standard output.
    const running = start(...(stream === 'stdout' ? ['models'] : ['models', '--nonsense']));
    running.process[stream]?.destroy();
    const { code, stdout, stderr } = await running.end;
    expect({ code, stdout, stderr }).toEqual({
      code: stream === 'stdout' ? 0 : expect.any(Number),
      stdout: '',
      stderr: '',
    });
  },
);
