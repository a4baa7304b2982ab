import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIGURES } from '../../../src/study/figures/index.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './compiled-command-line.ts';
import { start } from './running-command.ts';

const SMALL = ['--quick', '--cs', '1,15', '--rates', '0.01', '--steps', '8', '--examples', '400'];

describe('hesscope figure', () => {
  test('lists the figures that there are', async () => {
    const { stdout, code } = await hesscope('figure');
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(FIGURES.map(({ name }) => name));
  });

  test('makes a picture, numbers and verdicts, marked as quick, and shares trainings', async () => {
    const out = await temporaryFolder();
    const { code, stdout, stderr } = await start('figure', '5a', ...SMALL, '--out', out, '--json').end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const record = JSON.parse(stdout) as Record<string, unknown>;
    expect(JSON.parse(await readFile(join(out, 'figure-5a/figure.json'), 'utf8'))).toEqual(record);
    expect(record).toMatchObject({
      figure: '5a',
      quick: expect.stringContaining('QUICK'),
      request: { cs: [1, 15], rates: [0.01], steps: 8 },
      claims: [{ id: '5a', verdict: expect.stringMatching(/^(agrees|partly|does not)$/) }],
    });
    const trainings = record.trainings as { optimizer: string; subject: string; initialLoss: number }[];
    expect(trainings.map(({ subject, optimizer }) => `${subject} ${optimizer}`)).toEqual([
      'c = 1 sgd',
      'c = 1 adam',
      'c = 15 sgd',
      'c = 15 adam',
    ]);
    // At c = 1 the logits start near zero: the loss is that of ten equal classes, log 10, within a tenth.
    expect(trainings[0]!.initialLoss).toBeGreaterThan(Math.log(10) - 0.1);
    expect(trainings[0]!.initialLoss).toBeLessThan(Math.log(10) + 0.1);
    expect(await readFile(join(out, 'figure-5a/figure.svg'), 'utf8')).toContain('QUICK VERSION');
    const png = await readFile(join(out, 'figure-5a/figure.png'));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');

    const metrics = join(out, 'trainings/mlp-c1-sgd-0.01-seed-0/metrics.jsonl');
    const before = await readFile(metrics);
    const curves = await start('figure', '14', ...SMALL, '--out', out).end;
    expect(curves).toMatchObject({ code: 0, stdout: expect.stringContaining('SGD performs worse') });
    expect(curves.stderr).toContain('c multiplies the output of each layer');
    expect(await readFile(metrics)).toEqual(before);
    expect((await readdir(out)).sort()).toEqual(['figure-14', 'figure-5a', 'trainings']);
  }, 240_000);

  test('stops at Ctrl-C with 130, and the same command goes on', async () => {
    const out = await temporaryFolder();
    const given = ['figure', '5a', ...SMALL, '--steps', '300', '--cs', '1', '--out', out, '--parallel', '1'];
    const running = start(...given);
    await running.sawFile(join(out, 'trainings/mlp-c1-sgd-0.01-seed-0/metrics.jsonl'));
    running.interrupt();
    const { code, stdout, stderr } = await running.end;
    expect(stderr).toContain(`The same command with --out ${out} goes on.`);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect((await start(...given).end).code).toBe(0);
  }, 240_000);

  test.each([
    [['5b'], /There is no figure '5b'; did you mean '5a'/],
    [['9', '--cs', '1'], /Figure 9 has no choice of 'cs'/],
    [['--quick'], /Expected which figure/],
    [['5a', '--parallel', '0'], /'--parallel': expected a whole number/],
  ])('%j ends with a sentence and exit code 2', async (given, message) => {
    const { code, stderr } = await hesscope('figure', ...given);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
