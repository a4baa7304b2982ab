import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

const SMALL = ['--model', 'mlp', '--batch', '64', '--steps', '20', '--examples', '1000', '--threads', '1'];

describe('hesscope compare', () => {
  test('finds the best rate of each optimizer, draws their curves, and does nothing twice', async () => {
    const path = join(await temporaryFolder(), 'race');
    const given = [...SMALL, '--rates', '0.0001,0.01,1000000', '--out', path, '--json'];
    const first = await start('compare', ...given).end;
    expect(first.code).toBe(0);
    const found = JSON.parse(first.stdout) as {
      points: { optimizer: string; learningRate: number; hasDiverged: boolean; finalLoss: number | null }[];
      verdicts: { optimizer: string; best: { learningRate: number } }[];
      gap: number;
      initialLoss: number;
      relativeGap: number;
    };
    expect(found.points.length).toBe(6);
    // A rate of a million sends SGD to infinity at once.
    const wild = found.points.find(
      ({ optimizer, learningRate }) => optimizer === 'sgd' && learningRate === 1e6,
    );
    expect(wild).toMatchObject({ hasDiverged: true, finalLoss: null });
    expect(found.verdicts.map(({ best }) => best.learningRate)).toEqual([0.01, 0.01]);
    const lossOf = (name: string) =>
      found.points.find(({ optimizer, learningRate }) => optimizer === name && learningRate === 0.01)!
        .finalLoss!;
    expect(found.gap).toBe(lossOf('sgd') - lossOf('adamw'));
    expect(found.relativeGap).toBe(found.gap / (found.initialLoss - lossOf('adamw')));
    expect(await readFile(join(path, 'comparison.svg'), 'utf8')).toContain('each optimizer at its best rate');

    const metrics = await readFile(join(path, 'adamw-0.01', 'metrics.jsonl'));
    const again = await start('compare', ...given).end;
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout));
    expect(await readFile(join(path, 'adamw-0.01', 'metrics.jsonl'))).toEqual(metrics);
  }, 120_000);

  test('halves from saved states, adds a rate beyond the edge, and says what each optimizer was given', async () => {
    const path = join(await temporaryFolder(), 'race');
    const rates = ['--rates', '0.0001,0.0003,0.001,0.003'];
    const given = [...SMALL, '--steps', '30', ...rates, '--optimizers', 'sgd'];
    const first = await start('compare', ...given, '--search', 'halving', '--out', path).end;
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^compare: 4 trainings \(sgd-.*\) up to step 10, \d+ at once\n/);
    expect(first.stderr).toContain('compare: 2 trainings (');
    const { points, budgets } = JSON.parse(await readFile(join(path, 'comparison.json'), 'utf8')) as {
      points: { name: string; steps: number }[];
      budgets: { optimizer: string; trainings: number; steps: number }[];
    };
    // So small rates are too small for SGD: 0.003 is its best, and two more are tried beyond it.
    expect(points.map(({ steps }) => steps)).toEqual([10, 10, 20, 30, 30, 30]);
    expect(points.map(({ name }) => name).slice(-2)).toEqual(['sgd-0.01', 'sgd-0.03']);
    expect(budgets).toEqual([{ optimizer: 'sgd', trainings: 6, steps: 130 }]);
    expect(first.stdout).toContain('Budget: sgd 130 steps in 6 trainings.');

    // A training that paused is the one that did not.
    const alone = join(await temporaryFolder(), 'alone');
    const options = ['--optimizer', 'sgd', '--learning-rate', '0.003', '--out', alone];
    expect((await start('train', ...SMALL, '--steps', '30', ...options).end).code).toBe(0);
    const bytes = (folder: string) => readFile(join(folder, 'checkpoints', 'step-000030.safetensors'));
    expect(await bytes(join(path, 'sgd-0.003'))).toEqual(await bytes(alone));

    const again = await start('compare', ...given, '--search', 'halving', '--out', path).end;
    expect(again.stdout).toBe(first.stdout);
    const other = await start('compare', ...given, '--steps', '40', '--out', path).end;
    expect(other.code).toBe(2);
  }, 240_000);

  test('stops at Ctrl-C with 130, and goes on', async () => {
    const path = join(await temporaryFolder(), 'race');
    const given = [
      ...SMALL,
      '--steps',
      '300',
      '--optimizers',
      'adamw',
      '--rates',
      '0.001,0.002',
      '--no-extend',
      '--out',
      path,
    ];
    const running = start('compare', ...given);
    await running.sawFile(join(path, 'adamw-0.001', 'metrics.jsonl'));
    running.interrupt();
    const { code, stdout, stderr } = await running.end;
    expect(stderr).toContain(`The same command with --out ${path} goes on.`);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    const { code: later, stdout: text } = await start('compare', ...given).end;
    expect(later).toBe(0);
    expect(text).toMatch(/adamw +0\.001 .*\n.*adamw +0\.002/);
  }, 120_000);

  test('refuses a folder with trainings of other choices', async () => {
    const path = join(await temporaryFolder(), 'race');
    const given = [...SMALL, '--optimizers', 'adamw', '--rates', '0.01', '--out', path];
    expect((await start('compare', ...given).end).code).toBe(0);
    const { code, stderr } = await start('compare', ...given, '--seed', '5').end;
    expect(stderr).toMatch(/made with other choices: 'seed' was 0, now 5/);
    expect(code).toBe(2);
    const without = given.filter((text, index) => text !== '--examples' && given[index - 1] !== '--examples');
    const other = await start('compare', ...without).end;
    expect(other.stderr).toMatch(/'examples' was 1000, now left out/);
  }, 60_000);
});
