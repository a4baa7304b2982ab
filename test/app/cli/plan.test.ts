import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SharingAnswer } from '../../../src/app/report/index.ts';
import * as host from '../../../src/app/worker/host.ts';
import type { Calculation } from '../../../src/study/spectrum/calculate.ts';
import type { Forecast } from '../../../src/study/spectrum/foresee.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import type { SimulatedSharing } from '../../../src/study/spectrum/units/simulate.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));
afterEach(() => vi.restoreAllMocks());

const SMALL = [
  '--model',
  'mlp',
  '--batch',
  '4',
  '--blocks',
  'fc3.weight,fc4.bias',
  '--probes',
  '2',
  '--steps',
  '3',
];

/** The cells of a line, which two blanks or more set apart. */
const cells = (line: string | undefined) => line?.trim().split(/ {2,}/) ?? [];

describe('hesscope plan', () => {
  test('prints the plan, the operators with their methods, and the graphs of layers and blocks', async () => {
    const { code, stdout, stderr } = await hesscope('plan', ...SMALL, '--exact-up-to', '10', '--probes', '5');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const lines = stdout.split('\n');
    const rowsOf = (name: string) => lines.map(cells).filter(([first]) => first === name);
    expect(lines[0]).toMatch(/^mlp \(282,934 parameters\) on 10,000 handwritten digits/);
    expect(stdout).toMatch(/^float32 on onnxruntime \S+ \(cpu, \d+ threads\)\. Loss 2\.\d+\.$/m);
    // fc4.bias has 10 parameters: its 10 columns take fewer products than 5 probes of 3 steps.
    expect(rowsOf('fc4 bias')[0]?.slice(0, 4)).toEqual(['fc4 bias', '10', 'exact', '10']);
    expect(rowsOf('fc3')[0]?.slice(0, 5)).toEqual(['fc3', '8,192', 'lanczos', '15', '5']);
    expect(rowsOf('fc3')).toHaveLength(2);
    for (const name of ['layer 1', 'layer 4', 'primal part']) expect(rowsOf(name)).toHaveLength(1);
    expect(rowsOf('whole Hessian')).toHaveLength(2);
  });

  test('leaves the table of blocks out where there are none', async () => {
    const { stdout } = await hesscope('plan', '--model', 'mlp', '--batch', '4', '--blocks', 'none');
    expect(stdout).toContain('layer 4');
    expect(stdout).not.toMatch(/^block +nodes/m);
  });

  test('with --json prints one object and nothing else', async () => {
    const { code, stdout, stderr } = await hesscope('plan', ...SMALL, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as Forecast & { request: Record<string, unknown> };
    expect(result.request).toMatchObject({ model: 'mlp', steps: 3, device: 'cpu' });
    expect(result.plan.operators.map(({ name }) => name)).toEqual(['fc3.weight', 'fc4.bias', 'full']);
    expect(result.graphs.operators.map(({ name }) => name)).toEqual(['fc3.weight', 'fc4.bias', 'full']);
    expect(result.graphs.parts.map(({ layer }) => layer)).toEqual([1, 2, 3, 4]);
    expect(result.plan.estimatedMs).toBeGreaterThan(0);
    expect(result.graphs.primal.residualBytes).toBe(result.graphs.whole.residualBytes);
  });

  test('takes the choices of hesscope spectrum, from a file too, and writes nothing', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'request.yaml');
    writeFileSync(file, 'model: mlp\nbatch: 4\nblocks: fc4.weight\nfull: false\nprecision: float64\n');
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { code, stdout } = await hesscope('plan', '--config', 'request.yaml', '--seed', '3', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).request).toMatchObject({ precision: 'float64', seed: 3, full: false });
    } finally {
      process.chdir(before);
    }
    expect(await readdir(folder)).toEqual(['request.yaml']);
  });

  test('says a mistake in one sentence', async () => {
    const { code, stdout, stderr } = await hesscope('plan', '--model', 'mlpp');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("no model 'mlpp'");
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('Ctrl-C ends it at once, with 130', async () => {
    let kill = () => {};
    vi.spyOn(host, 'startPlan').mockImplementation(() => {
      const forecast = new Promise<Forecast>((_, reject) => {
        kill = () => reject(new host.ProcessEndedError('the computing process ended with SIGKILL'));
      });
      setImmediate(() => process.emit('SIGINT'));
      return { forecast, kill: () => kill() };
    });
    const { code, stdout, stderr } = await hesscope('plan', ...SMALL);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toBe('Stopped before the plan was made.\n');
  });
});

describe('hesscope plan --workers', () => {
  const row = expect.objectContaining({ wallMs: expect.anything(), workerHours: expect.anything() });
  interface Answer {
    readonly workers?: SharingAnswer;
    readonly sharing?: unknown;
  }
  const answerOf = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await hesscope('plan', ...SMALL, '--json', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer;
  };

  test('says nothing of workers unless it is asked', async () => {
    const answer = await answerOf();
    expect(Object.keys(answer)).not.toContain('workers');
    expect(Object.keys(answer)).not.toContain('sharing');
  });

  test('gives a row for 1, 2, 4 workers and so on up to the number', async () => {
    const { workers } = await answerOf(
      '--workers',
      '6',
      '--spread',
      '0',
      '--stragglers',
      '0',
      '--failures',
      '0',
    );
    expect(workers?.rows).toEqual([row, row, row, row]);
    expect(workers?.rows.map((one) => one.workers)).toEqual([1, 2, 4, 6]);
    // The check, two blocks and the whole.
    expect(workers?.units).toBe(4);
    expect(workers?.longestUnit).toBe('full, probes 1 to 2');
    const last = workers?.rows.at(-1);
    expect(last?.wallMs.median).toBeCloseTo(last?.boundMs ?? Number.NaN, 6);
  });

  test('goes up to 1,000 without a number, with a machine that is not here too, and the same every time', async () => {
    const args = ['--workers', '--rate', '50', '--examples', '8', '--seed', '3'];
    const first = await answerOf(...args);
    expect(first.workers?.rows).toHaveLength(11);
    expect(first.workers?.rows.at(-1)?.workers).toBe(1000);
    expect(first.workers?.settings).toMatchObject({ seed: 3, attempts: 3, stallMs: 30_000 });
    expect(await answerOf(...args)).toEqual(first);
  });

  test('takes the whole work of one worker for the calculated time of the pruned way, but for checks and starts', async () => {
    const args = ['--workers', '1', '--rate', '0.1', '--spread', '0', '--stragglers', '0', '--failures', '0'];
    const answer = (await answerOf(...args, '--exact-up-to', '1')) as Answer & Calculation;
    const { rows, startMs, aloneMs } = answer.workers as SharingAnswer;
    const hours = ((rows[0] as SimulatedSharing).wallMs.median - startMs - aloneMs) / 3_600_000;
    const pruned = answer.ways[0]?.hours ?? Number.NaN;
    // The check makes 4 products besides; those of a block are at most as dear as the 6 of the whole Hessian.
    expect(hours / pruned).toBeGreaterThan(0.9);
    expect(hours / pruned).toBeLessThan(1 + 4 / 6);
  });

  test('prints the table after the plan and draws the picture', async () => {
    const picture = join(await temporaryFolder(), 'workers.svg');
    const { code, stdout } = await hesscope(
      'plan',
      ...SMALL,
      '--rate',
      '50',
      '--workers',
      '4',
      '--out',
      picture,
    );
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(stdout).toMatch(/^Shared by workers: 4 units, the longest .* \(full, probes 1 to 2\)/m);
    const heading = lines.findIndex((line) => cells(line)[0] === 'workers');
    expect(cells(lines[heading])).toEqual([
      'workers',
      'time',
      '10 to 90 %',
      'at least',
      'worker-hours',
      'busy',
    ]);
    expect(lines.slice(heading + 2, heading + 5).map((line) => cells(line)[0])).toEqual(['1', '2', '4']);
    expect(readFileSync(picture, 'utf8')).toMatch(
      /^<svg .*mlp: the time of a measurement that workers share/s,
    );
  });

  test.each([
    [['--workers', '0'], "'--workers': expected a whole number from 1 to 1,000, found '0'"],
    [['--workers', 'many'], "'--workers': expected a whole number from 1 to 1,000, found 'many'"],
    [['--workers', '2', '--stragglers', '2'], "'--stragglers': expected a share from 0 to 1, found '2'"],
    [['--workers', '2', '--slowness', '0.5'], "'--slowness': expected a number of at least 1"],
    [['--spread', '0.1'], "'--spread' needs --workers"],
    [['--no-replacement'], "'--no-replacement' needs --workers"],
    [['--out', 'x.svg'], "'--out' needs --workers"],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await hesscope('plan', ...SMALL, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

test('the work is foreseen in a child process, whose mistakes of the user come back as such', async () => {
  const real = await vi.importActual<typeof host>('../../../src/app/worker/host.ts');
  const request = { model: 'mlp', batch: 4, blocks: 'fc4.weight', full: false };
  const forecast = await real.startPlan(parseSpectrumRequest(request)).forecast;
  expect(forecast.plan.operators.map(({ name }) => name)).toEqual(['fc4.weight']);
  const { unitMs, startMs, aloneMs, longestUnit } = forecast.sharing;
  // The check and the block.
  expect(unitMs).toHaveLength(2);
  expect(Math.min(...unitMs)).toBeGreaterThan(0);
  expect(longestUnit).toBe('fc4.weight, all eigenvalues');
  // Both hold the start of a process, and the worker runs the primal part besides.
  expect(aloneMs).toBeGreaterThan(0);
  expect(startMs).toBeGreaterThan(0);
  const wrong = real.startPlan(parseSpectrumRequest({ ...request, blocks: 'fc5.weight' })).forecast;
  await expect(wrong).rejects.toMatchObject({ name: 'UserError' });
});
