import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './compiled-command-line.ts';

describe('hesscope quadratic', () => {
  test('counts steps, judges the paper’s claims, and draws', async () => {
    const out = await temporaryFolder();
    const { code, stdout, stderr } = await hesscope('quadratic', '--trials', '5', '--out', out, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const record = JSON.parse(stdout);
    expect(JSON.parse(await readFile(join(out, 'quadratic.json'), 'utf8'))).toEqual(record);
    expect(record.claims).toMatchObject([{ id: '8-case-3', verdict: 'agrees' }, { id: '8-case-4' }]);
    for (const { conditionNumber } of record.contests) expect(conditionNumber).toBe(5000);
    expect(await readFile(join(out, 'quadratic.svg'), 'utf8')).toContain('Case 4: simplified homogeneous');
    expect((await readFile(join(out, 'quadratic.png'))).subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  test('takes blocks of one’s own', async () => {
    const out = await temporaryFolder();
    const blocks = join(out, 'my.json');
    await writeFile(blocks, '[[1], [100]]');
    const { code, stdout } = await hesscope('quadratic', '--blocks', blocks, '--trials', '1', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('2 blocks, 2 variables, condition number 100');
    expect(stdout).not.toContain('rule:');
  });

  test.each([
    [['--case', '7'], /expected cases of 1, 2, 3, 4/],
    [['--blocks', 'nowhere.json'], /Cannot read the blocks 'nowhere.json'/],
    [['--trials', '0'], /trials/],
  ])('%j ends with a sentence and exit code 2', async (given, message) => {
    const { code, stderr } = await hesscope('quadratic', ...given);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
