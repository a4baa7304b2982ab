import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { start } from './running-command.ts';

const MATRIX = ['--model', 'mlp', '--blocks', 'fc4.*', '--threads', '1'];

test('eigenpairs leaves vectors by block, numbers and a picture', async () => {
  const out = join(await temporaryFolder(), 'pairs');
  const { code, stdout } = await start('eigenpairs', ...MATRIX, '--count', '2', '--out', out).end;
  expect(code).toBe(0);
  expect(stdout).toContain('largest 1');
  expect(stdout).toContain(`Results: ${out}`);
  const { tensors } = await readSafetensors(join(out, 'eigenvectors.safetensors'));
  const names = ['largest.1', 'largest.2', 'least.1', 'least.2'].flatMap((pair) => [
    `${pair}.fc4.bias`,
    `${pair}.fc4.weight`,
  ]);
  expect([...tensors.keys()].sort()).toEqual(names.sort());
  const record = JSON.parse(await readFile(join(out, 'eigenpairs.json'), 'utf8'));
  expect(record).toMatchObject({ hasConverged: true, dim: 650, curvature: 'hessian' });
  expect(record.slices.length).toBe(4);
  expect(existsSync(join(out, 'loss-slices.png'))).toBe(true);
});

test('trace and diagonal print their numbers for programs', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'trace');
  const trace = await start('trace', ...MATRIX, '--products', '12', '--out', out, '--json').end;
  expect(JSON.parse(trace.stdout)).toMatchObject({ trace: { standardError: expect.any(Number) } });
  const diagonal = await start('diagonal', ...MATRIX, '--products', '4', '--out', join(folder, 'd')).end;
  expect(diagonal.stdout).toMatch(/fc4 bias +10/);
  expect(existsSync(join(folder, 'd', 'diagonal.safetensors'))).toBe(true);
});

test('a mistake is one sentence with exit code 2', async () => {
  const { code, stderr } = await start('trace', ...MATRIX, '--products', '3').end;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^hesscope: .*'products'[^\n]*\n$/);
});
