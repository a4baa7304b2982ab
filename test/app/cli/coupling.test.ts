import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

const SMALL = [
  '--model',
  'gpt-tiny',
  '--batch',
  '2',
  '--blocks',
  'paper',
  '--group',
  'paper',
  '--threads',
  '1',
];

describe('hesscope coupling', () => {
  test('writes numbers and figures, and leaves nothing half done', async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await hesscope('coupling', ...SMALL, '--probes', '2', '--out', out, '--json');
    expect(code).toBe(0);
    const record = JSON.parse(stdout);
    expect(JSON.parse(await readFile(join(out, 'coupling.json'), 'utf8'))).toEqual(record);
    expect(record.groups.length).toBe(6);
    expect((await readdir(out)).sort()).toEqual([
      'coupling-entries.png',
      'coupling-entries.svg',
      'coupling-ratios.png',
      'coupling-ratios.svg',
      'coupling.json',
    ]);
  });

  test.each([
    [['--probes', '1'], /probes/],
    [['--blocks', 'transformer.wpe', '--group', 'parameter'], /expected at least two, found 1/],
  ])('%j ends with a sentence and exit code 2', async (given, message) => {
    const out = await temporaryFolder();
    const { code, stderr } = await hesscope('coupling', ...SMALL, ...given, '--out', out);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
