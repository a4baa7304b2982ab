import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './compiled-command-line.ts';
import { start } from './running-command.ts';

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

  test('stops at Ctrl-C with 130, and the same command goes on', async () => {
    const out = await temporaryFolder();
    const given = ['coupling', '--model', 'gpt-pico', '--probes', '40', '--threads', '1', '--out', out];
    const running = start(...given);
    await running.sawFile(join(out, 'coupling-state.json'));
    running.interrupt();
    const { code, stderr } = await running.end;
    expect(stderr).toContain(`The same command with --out ${out} goes on.`);
    expect(code).toBe(130);
    const { request } = JSON.parse(await readFile(join(out, 'coupling-state.json'), 'utf8'));
    expect(request.probes).toBe(40);
    expect((await start(...given).end).code).toBe(0);
    expect(await readdir(out)).not.toContain('coupling-state.json');
  }, 120_000);

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
