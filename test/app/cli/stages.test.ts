import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readRun } from '../../../src/app/runs/directory.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import type { Claim } from '../../../src/study/claims.ts';
import type { Stage } from '../../../src/study/spectrum/stages.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';
import { start } from './running-command.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));

const TRAINING = ['--model', 'mlp', '--batch', '64', '--steps', '20', '--examples', '1000', '--seed', '3'];
const ONE_THREAD = ['--threads', '1'];
/** Two blocks and the whole Hessian. */
const SPECTRUM = [
  '--blocks',
  'even',
  '--probes',
  '2',
  '--steps',
  '6',
  '--batch',
  '16',
  '--exact-up-to',
  '0',
  ...ONE_THREAD,
];

interface Found {
  readonly path: string;
  readonly training: { readonly steps: number };
  readonly stages: readonly (Stage & { readonly claims: readonly Claim[] })[];
  readonly claims: readonly Claim[];
}

async function trained(folder: string, shares: string): Promise<string> {
  const path = join(folder, 'training');
  const given = [
    ...TRAINING,
    ...ONE_THREAD,
    '--evaluate-every',
    '10',
    '--checkpoints',
    shares,
    '--out',
    path,
  ];
  expect(await hesscope('train', ...given)).toMatchObject({ code: 0 });
  return path;
}

const nodesOf = async (path: string) => {
  const { spectra } = await readRun(path);
  return [spectra!.full!, ...spectra!.blocks].map(({ probes }) => probes.map(({ nodes }) => nodes));
};

describe('hesscope spectrum --checkpoints', () => {
  test('measures every stage of a training, the first as at initialisation, and does nothing twice', async () => {
    const folder = await temporaryFolder();
    const training = await trained(folder, '0,0.5,1');
    const out = join(folder, 'stages');
    const given = ['spectrum', '--checkpoints', training, ...SPECTRUM, '--no-report', '--out', out];
    const first = await hesscope(...given, '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const found = JSON.parse(first.stdout) as Found;
    expect(found.training.steps).toBe(20);
    expect(found.stages.map(({ name, step, share }) => [name, step, share])).toEqual([
      ['step-000000', 0, 0],
      ['step-000010', 10, 0.5],
      ['step-000020', 20, 1],
    ]);
    // Ten classes of equal chances: ln 10 before the first step, and less after training.
    const losses = found.stages.map(({ loss }) => loss!);
    expect(losses[2]!).toBeLessThan(losses[0]! / 2);
    expect(found.stages.map(({ validationLoss }) => validationLoss === null)).toEqual([true, false, false]);
    for (const { name, full, distances } of found.stages) {
      const { spectra, distances: measured } = await readRun(join(out, name));
      expect(full!.largest).toEqual(spectra!.full!.largest);
      expect(full!.normaliser).toEqual(spectra!.full!.normaliser);
      expect(distances.map(({ mean }) => mean)).toEqual(measured!.definitions.map(({ js0 }) => js0));
      expect((await verifyRun(join(out, name))).steps.flatMap(({ findings }) => findings)).toEqual([]);
    }
    expect(found.claims.map(({ id }) => id)).toEqual([
      'figure-1-symmetric',
      'figure-1-negative-disappear',
      'figure-1-bulk-and-outliers',
      'figure-1-no-large-outlier',
    ]);
    expect(JSON.parse(await readFile(join(out, 'stages.json'), 'utf8'))).toEqual({
      ...found,
      path: undefined,
    });
    expect(await readFile(join(out, 'stages.svg'), 'utf8')).toContain('>step 10, loss');

    const initial = join(folder, 'initial');
    const same = ['spectrum', '--model', 'mlp', '--seed', '3', ...SPECTRUM, '--no-report', '--out', initial];
    expect(await hesscope(...same)).toMatchObject({ code: 0 });
    expect(await nodesOf(join(out, 'step-000000'))).toEqual(await nodesOf(initial));

    const before = await stat(join(out, 'step-000010', 'run.json'));
    const again = await hesscope(...given);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('3 of 3 stages are done already');
    expect(again.stdout).toMatch(/100 % +20 +0\.\d+/);
    expect((await stat(join(out, 'step-000010', 'run.json'))).mtimeMs).toBe(before.mtimeMs);

    const { code, stderr } = await hesscope(...given, '--probes', '3');
    expect(stderr).toMatch(/step-000000' was measured with other choices: 'probes' was 2, now 3/);
    expect(code).toBe(2);
  }, 120_000);

  test('stops at Ctrl-C with 130, and the same command goes on', async () => {
    const folder = await temporaryFolder();
    const training = await trained(folder, '0,1');
    const out = join(folder, 'stages');
    const given = ['spectrum', '--checkpoints', training, ...SPECTRUM, '--steps', '30', '--no-report'];
    const running = start(...given, '--out', out);
    await running.sawFile(join(out, 'step-000000', 'lanczos', 'full', '0.json'));
    running.interrupt();
    const { code, stdout, stderr } = await running.end;
    expect(stderr).toContain(`The same command with --out ${out} goes on.`);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    // Also where the first stage was about to end: the second must not begin.
    await expect(readRun(join(out, 'step-000020'))).rejects.toThrow(/no hesscope run/);
    expect(await hesscope(...given, '--out', out)).toMatchObject({ code: 0 });
    for (const name of ['step-000000', 'step-000020'])
      expect((await verifyRun(join(out, name))).steps.flatMap(({ findings }) => findings)).toEqual([]);
  }, 120_000);

  test('refuses what does not fit the training', async () => {
    const folder = await temporaryFolder();
    const training = await trained(folder, '0');
    await mkdir(join(folder, 'plain'));
    for (const [options, message] of [
      [[training, '--model', 'gpt-pico'], /Expected the model 'mlp'/],
      [[training, '--weights', 'x.safetensors'], /Both 'weights' and checkpoints/],
      [[join(folder, 'plain')], /no hesscope run at/],
      [[training, '--resume'], /name it with --out/],
      [[training, '--out', training], /found a run at/],
    ] as const) {
      const { code, stderr } = await hesscope('spectrum', '--checkpoints', ...options);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  }, 60_000);
});
