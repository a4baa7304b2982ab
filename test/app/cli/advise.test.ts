import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './command-line.ts';

vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'));

const SMALL = [
  '--model',
  'mlp',
  '--batch',
  '4',
  '--blocks',
  'kind:linear,kind:bias',
  '--probes',
  '2',
  '--steps',
  '5',
];

describe('hesscope advise', () => {
  test('measures, answers, and keeps the answer beside the run', async () => {
    const out = join(await temporaryFolder(), 'run');
    const { code, stdout } = await hesscope('advise', ...SMALL, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mlp on .*: (SGD is fine|Adam is needed|undecided)\./);
    expect(stdout).toContain('one cause of SGD falling behind, not the only one');
    expect(stdout).toContain(`Advice: ${join(out, 'advice.json')}`);
    const advice = JSON.parse(readFileSync(join(out, 'advice.json'), 'utf8'));
    expect(readFileSync(join(out, 'advice.svg'), 'utf8')).toContain('mlp, expected');
    expect(readFileSync(join(out, 'advice.png')).subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(advice.forecast.nearest).toHaveLength(3);
    const grouped = advice.groups.flatMap(({ blocks }: { blocks: string[] }) => blocks);
    expect(Object.keys(advice.factors).sort()).toEqual([...grouped].sort());

    const again = await hesscope('advise', '--run', out, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ path: out, verdict: advice.verdict });
  });

  test('its factors are taken by a training', async () => {
    const folder = await temporaryFolder();
    const advised = join(folder, 'run');
    await hesscope('advise', ...SMALL, '--out', advised);
    const training = ['--model', 'mlp', '--steps', '2', '--batch', '8', '--examples', '40', '--out'];
    const settings = (file: string) => [
      '--optimizer',
      'blockwise-sgd',
      '--optimizer-set',
      `factors=@${file}`,
    ];
    const trained = join(folder, 'training');
    const { code } = await hesscope('train', ...training, trained, ...settings(join(advised, 'advice.json')));
    expect(code).toBe(0);
    const { request } = JSON.parse(readFileSync(join(trained, 'run.json'), 'utf8'));
    const { factors } = JSON.parse(readFileSync(join(advised, 'advice.json'), 'utf8'));
    expect(request.optimizerSettings.factors).toEqual(factors);

    const missing = await hesscope('train', ...training, join(folder, 'other'), ...settings('nowhere.json'));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("cannot read 'nowhere.json'");
  });

  test('a run of one block is refused with what it lacks', async () => {
    const out = join(await temporaryFolder(), 'run');
    const one = ['--model', 'mlp', '--batch', '4', '--blocks', 'fc4.weight', '--probes', '2', '--steps', '3'];
    const { code, stderr } = await hesscope('advise', ...one, '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain('has 1 blocks and so no distances: measure at least three blocks');
  });
});
