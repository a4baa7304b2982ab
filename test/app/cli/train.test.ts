import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

const SMALL = [
  '--model',
  'mlp',
  '--batch',
  '64',
  '--steps',
  '30',
  '--evaluate-every',
  '10',
  '--threads',
  '1',
];
const ARGUMENTS = [...SMALL, '--learning-rate', '0.002', '--checkpoints', '0,0.5,1'];

/** All that a training left, without times. */
async function resultOf(path: string) {
  const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  const metrics = lines.map((line) => {
    const { elapsedMs, ...rest } = JSON.parse(line) as Record<string, number>;
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    return rest;
  });
  const names = ['step-000000', 'step-000015', 'step-000030', 'best'];
  const checkpoints = await Promise.all(
    names.map((name) => readFile(join(path, 'checkpoints', `${name}.safetensors`), 'base64')),
  );
  return { metrics, checkpoints };
}

describe('hesscope train', () => {
  test('learns, and goes on after Ctrl-C and after a kill to the same bytes', async () => {
    const folder = await temporaryFolder();
    const [whole, stopped, killed] = ['whole', 'stopped', 'killed'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const undisturbed = await start('train', ...ARGUMENTS, '--out', whole, '--json').end;
    expect(undisturbed).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(undisturbed.stdout) as { metrics: Record<string, number>[] };
    expect(result).toMatchObject({ path: whole, status: 'finished', hasDiverged: false });
    expect(result.metrics.length).toBe(30);
    expect(result.metrics.at(-1)).toMatchObject({ step: 30 });
    expect(result.metrics.at(-1)!.validationAccuracy).toBeGreaterThan(0.7);
    const { run } = await readRun(whole);
    expect(run).toMatchObject({ kind: 'training', status: 'finished' });
    // Before the first step the logits are near zero: the loss is that of ten equal classes, within a tenth.
    expect(Math.abs(run.initial!.validationLoss - Math.log(10))).toBeLessThan(0.1);

    const running = start('train', ...ARGUMENTS, '--out', stopped);
    await running.sawFile(join(stopped, 'metrics.jsonl'));
    running.interrupt();
    const { code, stderr } = await running.end;
    expect(stderr).toContain(`Go on with: hesscope train --out ${stopped} --resume`);
    expect(code).toBe(130);
    expect(await start('train', '--out', stopped, '--resume').end).toMatchObject({ code: 0 });

    const doomed = start('train', ...ARGUMENTS, '--out', killed);
    await doomed.sawFile(join(killed, 'metrics.jsonl'));
    doomed.kill();
    await doomed.end;
    expect(await start('train', '--out', killed, '--resume').end).toMatchObject({ code: 0 });

    for (const path of [whole, stopped, killed])
      expect((await verifyRun(path)).steps.flatMap(({ findings }) => findings)).toEqual([]);

    const expected = await resultOf(whole);
    expect(await resultOf(stopped)).toEqual(expected);
    expect(await resultOf(killed)).toEqual(expected);
  }, 120_000);

  test('says that a training diverged and what to do', async () => {
    const path = join(await temporaryFolder(), 'run');
    const options = ['--optimizer', 'sgd', '--learning-rate', '1e9', '--out', path];
    const { code, stdout, stderr } = await start('train', ...SMALL, ...options).end;
    expect(code).toBe(0);
    expect(stderr).toContain('The loss has diverged');
    expect(stdout).toContain('diverged after');
  });

  test.each([
    [['--optimizer', 'adamm'], /'optimizer'/],
    [['--optimizer-set', 'momentum'], /Expected a setting as name=value/],
    [['--batch', '6000'], /Expected at least 12000 examples/],
    [['--resume'], /name it with --out/],
    [['--steps', '10', '--warmup', '20'], /warm-up of at most all 10 steps, found 20/],
  ])('%j ends with a sentence and exit code 2', async (options, message) => {
    const { code, stderr } = await start('train', '--model', 'mlp', ...options).end;
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
