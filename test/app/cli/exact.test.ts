import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

describe('hesscope exact', () => {
  test('writes the matrix, its eigenvalues, figures and numbers', async () => {
    const out = await temporaryFolder();
    const small = ['--model', 'gpt-tiny', '--set', 'layers=1', '--batch', '2', '--blocks', 'paper'];
    const { code, stdout } = await hesscope(
      'exact',
      ...small,
      '--group',
      'paper',
      '--threads',
      '1',
      '--out',
      out,
      '--json',
    );
    expect(code).toBe(0);
    const record = JSON.parse(stdout);
    expect(JSON.parse(await readFile(join(out, 'exact.json'), 'utf8'))).toEqual(record);
    expect(record).toMatchObject({
      model: 'gpt-tiny',
      dim: 96,
      groups: [{ size: 32 }, { size: 32 }, { size: 32 }],
    });
    const { tensors } = await readSafetensors(join(out, 'hessian.safetensors'));
    expect(tensors.get('hessian')?.shape).toEqual([96, 96]);
    expect(Array.from(tensors.get('eigenvalues')?.data as Float64Array)).toEqual(record.eigenvalues);
    for (const name of ['hessian-entries', 'hessian-blocks']) {
      expect(await readFile(join(out, `${name}.svg`), 'utf8')).toContain('layer 1, MLP');
      expect((await readFile(join(out, `${name}.png`))).subarray(1, 4).toString('latin1')).toBe('PNG');
    }
  });

  test.each([
    [['--model', 'gpt-pico'], /more than 'largest' allows/],
    [['--group', 'kind'], /group/],
    [['--model', 'mlp', '--blocks', 'none'], /expected blocks of mlp, found none/],
  ])('%j ends with a sentence and exit code 2', async (given, message) => {
    const { code, stderr } = await hesscope('exact', ...given);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
