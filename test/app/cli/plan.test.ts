import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as host from '../../../src/app/worker/host.ts';
import type { Forecast } from '../../../src/study/spectrum/foresee.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
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

test('the work is foreseen in a child process, whose mistakes of the user come back as such', async () => {
  const real = await vi.importActual<typeof host>('../../../src/app/worker/host.ts');
  const request = { model: 'mlp', batch: 4, blocks: 'fc4.weight', full: false };
  const forecast = await real.startPlan(parseSpectrumRequest(request)).forecast;
  expect(forecast.plan.operators.map(({ name }) => name)).toEqual(['fc4.weight']);
  const wrong = real.startPlan(parseSpectrumRequest({ ...request, blocks: 'fc5.weight' })).forecast;
  await expect(wrong).rejects.toMatchObject({ name: 'UserError' });
});
