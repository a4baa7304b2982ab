import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEMO_SUBJECTS } from '../../../src/app/cli/demo.ts';
import { hesscopeCommand } from '../../../src/app/cli/program.ts';
import * as host from '../../../src/app/worker/host.ts';
import { MODEL_PRESETS } from '../../../src/network/models/index.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));
afterEach(() => vi.restoreAllMocks());

const SMALL = ['--model', 'mlp', '--blocks', 'fc3.weight,fc4.weight', '--probes', '2', '--steps', '3'];

/** A small run and what measuring it printed. */
async function measure(...options: readonly string[]) {
  const path = join(await temporaryFolder(), 'run');
  return { path, ...(await hesscope('spectrum', ...SMALL, '--batch', '4', '--out', path, ...options)) };
}

describe('hesscope spectrum', () => {
  test('prints tables for people, and says where run and report are', async () => {
    const { path, code, stdout, stderr } = await measure();
    expect(code).toBe(0);
    expect(stdout).toContain('fc3');
    expect(stdout).toContain('JS0');
    expect(stdout).toContain(`Run:    ${path}\nReport: ${join(path, 'report.html')}`);
    expect(stderr).toContain('Loss 2.3');
    expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('<html');
  });

  test('prints steps and errors where a tolerance was given, and only there', async () => {
    const headings = /block +steps +products +error of steps +error of probes/;
    expect((await measure('--no-report')).stdout).not.toMatch(headings);
    const { stdout } = await measure('--no-report', '--tolerance', '0.01');
    expect(stdout).toMatch(headings);
    expect(stdout).toMatch(/\nwhole Hessian +3 +6 /);
    const { stdout: json } = await measure('--no-report', '--tolerance', '0.01', '--json');
    expect(JSON.parse(json).full.convergence).toMatchObject({ tolerance: 0.01, steps: [3, 3] });
  });

  test('names no report where none was asked for', async () => {
    const { path, stdout } = await measure('--no-report');
    expect(stdout).toContain(path);
    expect(stdout).not.toContain('report.html');
  });

  test('with --json prints one object and nothing else', async () => {
    const { path, code, stdout, stderr } = await measure('--json', '--no-report');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ path, status: 'finished', model: { name: 'mlp' } });
    expect(result.blocks.map(({ name }: { name: string }) => name)).toEqual(['fc3.weight', 'fc4.weight']);
    expect(result.js0.jsd.mean).toBeGreaterThan(0);
  });

  test('takes choices from a file, and options win over them', async () => {
    const file = join(await temporaryFolder(), 'request.yaml');
    writeFileSync(file, 'full: false\nseed: 7\nprobeKind: rademacher\n');
    const { path } = await measure('--no-report', '--config', file, '--seed', '8');
    const { request } = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
    expect(request).toMatchObject({ full: false, seed: 8, probeKind: 'rademacher', steps: 3 });
  });

  test("sets options of the model, joined to those of a file, and records them with the model's", async () => {
    const file = join(await temporaryFolder(), 'request.yaml');
    writeFileSync(file, 'modelOptions: { head: zero, patch: 14 }\n');
    const path = join(await temporaryFolder(), 'run');
    const { code, stdout, stderr } = await hesscope(
      ...['spectrum', '--model', 'mixer-pico', '--config', file, '--set', 'head=random', '--blocks', 'none'],
      ...['--probes', '1', '--steps', '2', '--batch', '2', '--no-report', '--out', path],
    );
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('The head starts as'),
    });
    expect(stdout).toContain('head=random, patch=14');
    const { request, model } = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
    expect(request.modelOptions).toEqual({ head: 'random', patch: 14 });
    expect(model).toMatchObject({ options: { head: 'random', patch: 14 }, notes: [expect.any(String)] });
    const again = ['spectrum', '--out', path, '--resume', '--no-report', '--model', 'mixer-pico'];
    expect(await hesscope(...again, '--set', 'patch=14', '--set', 'head=random')).toMatchObject({ code: 0 });
    expect((await hesscope(...again, '--set', 'patch=14')).stderr).toContain("'modelOptions' was");
  });

  test('resumes a run without naming its choices again', async () => {
    const { path } = await measure('--no-report', '--no-full');
    const before = readFileSync(join(path, 'spectra.json'), 'utf8');
    const again = await hesscope('spectrum', '--out', path, '--resume', '--memory', '2000', '--no-report');
    expect(again).toMatchObject({ code: 0 });
    expect(readFileSync(join(path, 'spectra.json'), 'utf8')).toBe(before);
  });

  test('shows a stack for a bug, with exit code 1', async () => {
    vi.spyOn(host, 'startJob').mockImplementation(() => ({
      outcome: Promise.reject(new TypeError('x is not a function')),
      stop: () => {},
      kill: () => {},
    }));
    const { code, stdout, stderr } = await measure();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('this is a bug');
    expect(stderr).toMatch(/TypeError: x is not a function\n\s+at /);
  });
});

test('hesscope report compares two runs on one page', async () => {
  const runs = [await measure('--no-report'), await measure('--no-report', '--output-scale', '3')];
  const page = join(await temporaryFolder(), 'compare.html');
  const { code, stdout } = await hesscope('report', ...runs.map(({ path }) => path), '--out', page);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Report: ${page}\n` });
  const html = readFileSync(page, 'utf8');
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html.split('<svg').length).toBeGreaterThan(2);
});

describe('hesscope verify', () => {
  test('finds a run as it was written', async () => {
    const { path } = await measure();
    const { code, stdout } = await hesscope('verify', path);
    expect(stdout).toContain('All is as it was written.');
    expect(code).toBe(0);
    const { sound } = JSON.parse((await hesscope('verify', path, '--json')).stdout);
    expect(sound).toBe(true);
  });

  test('finds a flipped bit, with exit code 1', async () => {
    const { path } = await measure('--no-report');
    const file = join(path, 'spectra.json');
    const bytes = readFileSync(file);
    const position = bytes.indexOf('"mean": ') + '"mean": 0.'.length;
    bytes[position] = bytes[position]! ^ 1;
    writeFileSync(file, bytes);
    const { code, stdout } = await hesscope('verify', path);
    expect(stdout).toContain('spectra.json is not as it was written');
    expect(stdout).toContain('Something is wrong with this run.');
    expect(code).toBe(1);
    const printed = await hesscope('verify', path, '--json');
    expect(printed.code).toBe(1);
    expect(JSON.parse(printed.stdout).sound).toBe(false);
  });
});

test('hesscope models lists every preset on a line of its own', async () => {
  const { code, stdout } = await hesscope('models');
  expect(code).toBe(0);
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(names).toEqual(Object.keys(MODEL_PRESETS));
});

test('what the demo measures are valid requests for known models', () => {
  for (const subject of DEMO_SUBJECTS)
    expect(MODEL_PRESETS).toHaveProperty([parseSpectrumRequest(subject).model]);
});

test('each command is loaded by its own name, alone', async () => {
  const all = (await hesscopeCommand()).commands.map((command) => command.name());
  expect(all).toContain('spectrum');
  for (const name of all)
    expect((await hesscopeCommand([name])).commands.map((command) => command.name())).toEqual([name]);
});

describe('help', () => {
  test('of each command has an example, on standard output', async () => {
    const { stdout } = await hesscope('--help');
    for (const name of ['spectrum', 'demo', 'report', 'verify', 'models']) {
      expect(stdout).toContain(name);
      const help = await hesscope(name, '--help');
      expect(help.code).toBe(0);
      expect(help.stderr).toBe('');
      expect(help.stdout).toContain(`$ hesscope ${name}`);
    }
  });

  test('of spectrum describes every option', async () => {
    const { stdout } = await hesscope('spectrum', '--help');
    const options = stdout.split('Examples:')[0]!.split('Options:')[1]!;
    for (const line of options.split('\n').filter((text) => /^ {2}-/.test(text)))
      expect(line).toMatch(/^ {2}(-\w, )?--[\w-]+( <\S+>)? {2,}\S|^ {2}-\S+.*\S$/);
  });

  test('names the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect((await hesscope('--version')).stdout).toBe(`${version}\n`);
  });
});
