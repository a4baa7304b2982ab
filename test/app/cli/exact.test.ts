import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { temporaryFolder } from '../runs/small-run.ts';
import { hesscope } from './compiled-command-line.ts';

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

/** Ten steps, so that two stages differ. */
async function trained(folder: string): Promise<string> {
  const path = join(folder, 'training');
  const given = ['--model', 'gpt-tiny', '--set', 'layers=1', '--examples', '16', '--batch', '4'];
  const { code } = await hesscope(
    'train',
    ...[...given, '--steps', '10', '--learning-rate', '0.1', '--checkpoints', '0,1', '--seed', '3'],
    ...['--threads', '1', '--out', path],
  );
  expect(code).toBe(0);
  return path;
}

describe('hesscope exact --checkpoints', () => {
  test('forms the matrix of every stage, the first as at initialisation, and none twice', async () => {
    const folder = await temporaryFolder();
    const training = await trained(folder);
    const out = join(folder, 'stages');
    const common = ['--batch', '2', '--blocks', 'paper', '--group', 'paper', '--threads', '1', '--json'];
    const given = ['exact', '--checkpoints', training, ...common, '--out', out];
    const first = await hesscope(...given);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const { stages } = JSON.parse(first.stdout);
    expect(stages).toMatchObject([
      { name: 'step-000000', step: 0, share: 0 },
      { name: 'step-000010', step: 10, share: 1 },
    ]);
    expect(stages[1].loss).not.toBe(stages[0].loss);
    const picture = await readFile(join(out, 'hessian-stages.svg'), 'utf8');
    expect(picture).toContain('>step 10, loss');
    expect(JSON.parse(await readFile(join(out, 'stages.json'), 'utf8'))).toEqual(JSON.parse(first.stdout));

    const initial = await hesscope(
      ...['exact', '--model', 'gpt-tiny', '--set', 'layers=1', '--seed', '3', ...common],
      ...['--out', join(folder, 'initial')],
    );
    const { eigenvalues, loss } = JSON.parse(initial.stdout);
    // Checkpoints are in float32: parameters differ by 2^-24 of themselves, the few factors of an entry by some times that.
    expect(Math.abs(stages[0].loss / loss - 1)).toBeLessThan(2 ** -24);
    expect(Math.abs(stages[0].largestEigenvalue / eigenvalues.at(-1) - 1)).toBeLessThan(16 * 2 ** -24);

    const matrix = join(out, 'step-000010', 'hessian.safetensors');
    const before = await stat(matrix);
    expect((await hesscope(...given)).stdout).toBe(first.stdout);
    expect((await stat(matrix)).mtimeMs).toBe(before.mtimeMs);

    const { code, stderr } = await hesscope(...given, '--group', 'layer');
    expect(stderr).toMatch(/was formed with other choices: 'group' was "paper", now "layer"/);
    expect(code).toBe(2);
  }, 60_000);

  test('refuses weights beside checkpoints, and a training of another model', async () => {
    const training = await trained(await temporaryFolder());
    for (const [given, message] of [
      [['--weights', 'x.safetensors'], /Both 'weights' and checkpoints/],
      [['--model', 'mlp'], /Expected the model 'gpt-tiny'/],
    ] as const) {
      const { code, stderr } = await hesscope('exact', '--checkpoints', training, ...given);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  }, 60_000);
});
