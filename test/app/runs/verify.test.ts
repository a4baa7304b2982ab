import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkBlocks,
  checkDistances,
  checkLanczos,
  checkSpectra,
} from '../../../src/app/runs/cross-checks.ts';
import { createRunDirectory, openRunDirectory } from '../../../src/app/runs/directory.ts';
import { sha256 } from '../../../src/app/runs/hashes.ts';
import { writeLanczosFile } from '../../../src/app/runs/lanczos-file.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import {
  coefficients,
  distances,
  finishedRun,
  identity,
  spectra,
  start,
  temporaryFolder,
} from './small-run.ts';

async function findingsOf(path: string): Promise<string[]> {
  const { steps, sound } = await verifyRun(path);
  const findings = steps.flatMap((step) => step.findings);
  expect(sound).toBe(findings.length === 0);
  return findings;
}

function filesOf(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('verifying a run', () => {
  test('finds nothing in one that is whole, and looks at every file', async () => {
    const path = await finishedRun();
    const { sound, steps } = await verifyRun(path);
    expect(steps.flatMap(({ findings, notes }) => [...findings, ...notes])).toEqual([]);
    expect(sound).toBe(true);
    // 11 files besides hashes.jsonl: run, blocks, spectra, distances, metrics, report, a figure,
    // two of coefficients and two of vectors, which carry their own hash.
    expect(filesOf(path)).toHaveLength(12);
    expect(steps[0]!.checked + steps.at(-1)!.checked).toBe(11);
  });

  test('finds a flipped bit in any file, wherever it is', async () => {
    const path = await finishedRun();
    for (const file of filesOf(path)) {
      const original = readFileSync(file);
      // The bytes of the padding of a safetensors header carry nothing; its first bytes do.
      for (const position of [0, Math.floor(original.length / 2), original.length - 2]) {
        const damaged = Buffer.from(original);
        damaged[position]! ^= 4;
        writeFileSync(file, damaged);
        expect(await findingsOf(path), `${file} at byte ${position}`).not.toEqual([]);
      }
      writeFileSync(file, original);
    }
    expect(await findingsOf(path)).toEqual([]);
  });

  test('finds every file that is cut short or missing', async () => {
    const path = await finishedRun();
    for (const file of filesOf(path)) {
      const original = readFileSync(file);
      truncateSync(file, Math.floor(original.length / 2));
      expect(await findingsOf(path), `${file} truncated`).not.toEqual([]);
      truncateSync(file, 0);
      expect(await findingsOf(path), `${file} empty`).not.toEqual([]);
      // Vectors to go on from may be deleted when there is nothing to go on with.
      if (!file.endsWith('.safetensors')) {
        rmSync(file);
        expect(await findingsOf(path), `${file} missing`).not.toEqual([]);
      }
      writeFileSync(file, original);
    }
    expect(await findingsOf(path)).toEqual([]);
  });

  test('finds a file that was put into a finished run by hand', async () => {
    const path = await finishedRun();
    writeFileSync(join(path, 'figures', 'forged.svg'), '');
    expect(await findingsOf(path)).toEqual([expect.stringContaining('figures/forged.svg has no hash')]);
  });

  test('notes files without a hash while the run goes on, and what a kill has left', async () => {
    const directory = await createRunDirectory({ parent: await temporaryFolder() }, start);
    await writeLanczosFile(directory, { ...identity, steps: 4, ...coefficients, finished: null });
    writeFileSync(join(directory.path, 'spectra.json.partial'), '{');
    const { sound, steps } = await verifyRun(directory.path);
    expect(sound).toBe(true);
    expect(steps[0]!.notes).toEqual([
      'lanczos/layer.1.weight/0.json has no hash: it was not complete when last written',
      'run.json has no hash: it was not complete when last written',
      'spectra.json.partial was left by a write that a kill cut short',
    ]);
    await directory.close();
  });

  test('stays sound over opening, adding and rewriting', async () => {
    const path = await finishedRun();
    const directory = await openRunDirectory(path);
    await directory.updateRun({ status: 'running' });
    await directory.appendMetrics({ step: 2, loss: 1 });
    await writeLanczosFile(directory, { ...identity, steps: 3, ...coefficients, finished: null });
    expect(await findingsOf(path)).toEqual([]);
    const more = { alphas: [...coefficients.alphas, 1], betas: [...coefficients.betas, 1] };
    await writeLanczosFile(directory, { ...identity, steps: 3, ...more, finished: 'steps' });
    await directory.writeFile('report.html', '<!doctype html><title>again</title>');
    await directory.updateRun({ status: 'finished' });
    await directory.close();
    expect(await findingsOf(path)).toEqual([]);
  });

  test('hashes with the sha256 that others know', () => {
    // FIPS 180-2, appendix B.1.
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('says when there is no directory', async () => {
    await expect(verifyRun(join(await temporaryFolder(), 'absent'))).rejects.toThrow('check the path');
  });
});

describe('records that contradict each other', () => {
  const [first, second] = spectra.blocks;
  const [probe] = first!.probes;
  const withProbe = (change: Partial<NonNullable<typeof probe>>) => ({
    ...spectra,
    blocks: [{ ...first!, probes: [{ ...probe!, ...change }] }, second!],
  });

  test.each([
    ['weights', { weights: [0.5, 0.5 + 1e-8] }, 'weights sum to'],
    ['order', { nodes: [3, 1] }, 'not ascending'],
    ['a node', { nodes: [1, 3.5] }, 'the sum of its nodes is 4.5'],
    ['weights against betas', { weights: [0.25, 0.75] }, 'the mean of its nodes is 2.5'],
    ['a beta', { betas: [2, 0.5] }, 'the mean square of its nodes is 5, by its alphas and betas 8'],
    ['lengths', { weights: [1] }, '2 nodes, 1 weights'],
    ['coefficients', { alphas: [2] }, '1 alphas and 2 betas'],
  ])('spectra: %s', (_, change, finding) => {
    expect(checkSpectra(withProbe(change), start.blocks).join()).toContain(finding);
  });

  test('spectra against blocks', () => {
    const strange = { ...spectra, full: { ...first!, dim: 9 }, blocks: [{ ...first!, dim: 5 }, first!] };
    expect(checkSpectra(strange, start.blocks).join()).toMatch(/stands twice.*dimension 5.*dimension 9/);
    expect(checkSpectra(spectra, [])).toContain('spectrum layer.1.weight: blocks.json has no such block');
  });

  test('one step is its own quadrature', () => {
    const one = withProbe({ alphas: [2], betas: [1], nodes: [2], weights: [1], residualBounds: [1] });
    expect(checkSpectra(one, start.blocks)).toEqual([]);
  });

  test('blocks', () => {
    const blocks = [{ ...start.blocks[0]!, size: 5 }];
    expect(checkBlocks(blocks, null)).toEqual(['block layer.1.weight: size 5 is not that of shape [2, 2]']);
    expect(checkBlocks([{ ...start.blocks[0]!, name: '..' }], null).join()).toContain('cannot name a folder');
  });

  test('coefficients', () => {
    const file = { version: 1, ...identity, steps: 2, ...coefficients, finished: 'steps' } as const;
    expect(checkLanczos(file, start.blocks, spectra)).toEqual([]);
    const of = (change: Partial<typeof file>) =>
      checkLanczos({ ...file, ...change }, start.blocks, spectra).join();
    expect(of({ dim: 3 })).toContain('dimension 3, but the block has size 4');
    expect(of({ steps: 1 as never })).toContain('2 steps, more than the 1');
    expect(of({ alphas: [2, 1] })).toContain('not those that spectra.json was made from');
    expect(of({ block: 'absent' })).toContain('no such block');
    expect(of({ block: 'full', dim: 8 })).toBe('');
  });

  const [jsd] = distances.definitions;
  const withMatrix = (matrix: (number | null)[][]) => ({ ...distances, definitions: [{ ...jsd!, matrix }] });
  test.each([
    [
      'asymmetry',
      [
        [0, 0.25],
        [0.26, 0],
      ],
      'the other way',
    ],
    [
      'diagonal',
      [
        [0.1, 0.25],
        [0.25, 0],
      ],
      '0.1, not 0',
    ],
    [
      'mean',
      [
        [0, 0.3],
        [0.3, 0],
      ],
      'js0 is 0.25, but the mean over its pairs 0.3',
    ],
    [
      'sign',
      [
        [0, -1],
        [-1, 0],
      ],
      'is negative',
    ],
    ['shape', [[0, 0.25]], 'not 2 x 2'],
  ])('distances: %s', (_, matrix, finding) => {
    expect(checkDistances(withMatrix(matrix), spectra).join()).toContain(finding);
  });

  test('distances that do not apply are no contradiction', () => {
    expect(
      checkDistances(
        withMatrix([
          [0, null],
          [null, 0],
        ]),
        spectra,
      ),
    ).toEqual([]);
  });
});
