import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { THEORY_CHECKS } from '../../../src/study/theory/index.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './compiled-command-line.ts';

describe('hesscope theory', () => {
  test('tries what is named and keeps the numbers', async () => {
    const out = await temporaryFolder();
    const { code, stdout } = await hesscope(
      'theory',
      'proposition-1',
      'theorem-1',
      '--quick',
      '--out',
      out,
      '--json',
    );
    expect(code).toBe(0);
    const record = JSON.parse(stdout);
    expect(record.checks.map(({ name }: { name: string }) => name)).toEqual(['proposition-1', 'theorem-1']);
    expect(JSON.parse(await readFile(join(out, 'theory.json'), 'utf8'))).toEqual(record);
  });

  test('says of each statement how it did, as printed too', async () => {
    const out = await temporaryFolder();
    const { stdout } = await hesscope('theory', 'theorem-1', '--quick', '--out', out);
    expect(stdout).toContain('AGREES: Adam with beta2 = 1 and the rate min C_l1');
    expect(stdout).toContain('DOES NOT: The same with the rate min 1/C_l1 (Theorem 1 as printed).');
  });

  test('leaves a page of what was tried, with the picture of the quadrature', async () => {
    const out = await temporaryFolder();
    const { code } = await hesscope('theory', 'theorem-2', 'theorem-4', '--quick', '--out', out);
    expect(code).toBe(0);
    const page = await readFile(join(out, 'theory.html'), 'utf8');
    expect(page).toContain('3 claims agree, 0 partly, 0 do not');
    expect(page.match(/<section class="card" id="theorem-[24]"/g)?.length).toBe(2);
    expect(page).toContain('aria-label="Gauss quadrature of a known measure"');
    const picture = await readFile(join(out, 'quadrature-rules.svg'), 'utf8');
    for (const nodes of [4, 8, 16]) expect(picture).toContain(`m = ${nodes}`);
  });

  test('lists its checks', async () => {
    const { stdout } = await hesscope('theory', '--list');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(THEORY_CHECKS.map(({ name }) => name));
  });

  test.each([
    [['theorem-9'], /There is no check 'theorem-9'/],
    [['--seed', 'x'], /'--seed': expected a whole number/],
  ])('%j ends with a sentence and exit code 2', async (given, message) => {
    const { code, stderr } = await hesscope('theory', ...given);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
