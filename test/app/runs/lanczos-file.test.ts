import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunDirectory } from '../../../src/app/runs/directory.ts';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import {
  loadLanczos,
  type SavedVectors,
  writeLanczosFile,
  writeLanczosState,
} from '../../../src/app/runs/lanczos-file.ts';
import { lanczosPath, statePath } from '../../../src/app/runs/layout.ts';
import { identity as plain, start, temporaryFolder } from './small-run.ts';

/** With the basis kept, so that all tensors are there. */
const identity = { ...plain, reorthogonalize: true };
const alphas = [1.5, -0, 3e-320, 4];
const betas = [0.1, 0.2, 0.3, 0.4];
const file = join(...lanczosPath(identity.block, 0).split('/'));
const stateFile = join(...statePath(identity.block, 0).split('/'));

function stateOf(step: number): SavedVectors {
  const vector = (value: number) => new Float64Array(4).fill(value);
  const basis = Array.from({ length: step }, (_, row) => vector(row));
  return { step, previous: vector(step - 1), current: vector(step), basis };
}

async function open(): Promise<RunDirectory> {
  return createRunDirectory({ parent: await temporaryFolder() }, start);
}

/** A run with four steps of ten taken and vectors of the third. */
async function runWithVectors(): Promise<RunDirectory> {
  const directory = await open();
  await writeLanczosFile(directory, { ...identity, steps: 10, alphas, betas, finished: null });
  await writeLanczosState(directory.path, identity, stateOf(3), { alphas, betas });
  return directory;
}

describe('going on with a probe', () => {
  test('starts from nothing without a reason when nothing is there', async () => {
    const { path } = await open();
    expect(await loadLanczos(path, identity, 10)).toEqual({
      alphas: [],
      betas: [],
      finished: null,
      state: null,
      reason: null,
    });
  });

  test('cuts the coefficients to the step of the vectors and returns both to the bit', async () => {
    const { path } = await runWithVectors();
    const resume = await loadLanczos(path, identity, 10);
    expect(resume.reason).toBeNull();
    expect(resume.alphas).toEqual([1.5, -0, 3e-320]);
    expect(resume.betas).toEqual([0.1, 0.2, 0.3]);
    expect(resume.state).toEqual(stateOf(3));
  });

  test('keeps vectors in float32 when the probe computes in it', async () => {
    const directory = await open();
    const single = { ...identity, precision: 'float32', reorthogonalize: false } as const;
    const state = {
      step: 1,
      previous: new Float32Array(4),
      current: new Float32Array(4).fill(0.1),
      basis: null,
    };
    await writeLanczosFile(directory, { ...single, steps: 10, alphas: [1], betas: [1], finished: null });
    await writeLanczosState(directory.path, single, state, { alphas: [1], betas: [1] });
    expect((await loadLanczos(directory.path, single, 10)).state).toEqual(state);
  });

  test('keeps the start vector before the first step', async () => {
    const directory = await open();
    const none = { alphas: [], betas: [] };
    await writeLanczosFile(directory, { ...identity, steps: 10, ...none, finished: null });
    const state = { step: 0, previous: null, current: new Float64Array(4).fill(0.5), basis: [] };
    await writeLanczosState(directory.path, identity, state, none);
    expect(await loadLanczos(directory.path, identity, 10)).toMatchObject({ ...none, state, reason: null });
  });

  test('needs no vectors for steps that are there, and takes as many as asked for', async () => {
    const directory = await runWithVectors();
    expect(await loadLanczos(directory.path, identity, 4)).toMatchObject({
      alphas,
      finished: 'steps',
      state: null,
    });
    expect(await loadLanczos(directory.path, identity, 2)).toMatchObject({
      alphas: [1.5, -0],
      betas: [0.1, 0.2],
      finished: 'steps',
    });
    const spent = { ...identity, steps: 10, alphas, betas, finished: 'dimension' } as const;
    await writeLanczosFile(directory, spent);
    expect(await loadLanczos(directory.path, identity, 50)).toMatchObject({ alphas, finished: 'dimension' });
  });

  test('needs no vectors where the density had settled before the last step', async () => {
    const directory = await open();
    await writeLanczosFile(directory, { ...identity, steps: 10, alphas, betas, finished: 'settled' });
    expect(await loadLanczos(directory.path, identity, 10)).toMatchObject({
      alphas,
      betas,
      finished: 'settled',
      state: null,
      reason: null,
    });
  });

  const faults: [string, (path: string) => void, RegExp][] = [
    ['torn coefficients', (path) => truncateSync(join(path, file), 100), /is not JSON/],
    ['torn vectors', (path) => truncateSync(join(path, stateFile), 500), /safetensors|cut short/],
    ['no vectors', (path) => rmSync(join(path, stateFile)), /is missing/],
    ['vectors that are no safetensors', (path) => writeFileSync(join(path, stateFile), 'x'), /safetensors/],
    [
      'a flipped bit in a vector',
      (path) => flipLastByte(join(path, stateFile)),
      /vectors do not fit their hash/,
    ],
    [
      'a changed coefficient',
      (path) => replaceIn(join(path, file), '1.5', '1.25'),
      /belongs to other coefficients/,
    ],
    [
      'fewer coefficients than the vectors need',
      (path) => {
        replaceIn(join(path, file), '[1.5, -0, 3e-320, 4]', '[1.5, -0]');
        replaceIn(join(path, file), '[0.1, 0.2, 0.3, 0.4]', '[0.1, 0.2]');
      },
      /is from step 3, but only 2 steps have coefficients/,
    ],
    ['another seed', (path) => replaceIn(join(path, file), '"seed": 7', '"seed": 8'), /another request/],
    [
      'a newer layout',
      (path) => replaceIn(join(path, file), '"version": 1', '"version": 9'),
      /newer hesscope/,
    ],
  ];
  test.each(faults)('starts again and says why: %s', async (_, damage, reason) => {
    const { path } = await runWithVectors();
    damage(path);
    const resume = await loadLanczos(path, identity, 10);
    expect(resume).toMatchObject({ alphas: [], betas: [], finished: null, state: null });
    expect(resume.reason).toMatch(reason);
  });

  test('does not take the vectors of another probe', async () => {
    const directory = await runWithVectors();
    const other = { ...identity, probe: 1 };
    await writeLanczosFile(directory, { ...other, steps: 10, alphas, betas, finished: null });
    copyFileSync(
      join(directory.path, stateFile),
      join(directory.path, ...statePath(identity.block, 1).split('/')),
    );
    const resume = await loadLanczos(directory.path, other, 10);
    expect(resume.state).toBeNull();
    expect(resume.reason).toContain('belongs to another request');
  });

  test('refuses to store what is not a probe', async () => {
    const directory = await open();
    const content = { ...identity, steps: 10, finished: null };
    await expect(
      writeLanczosFile(directory, { ...content, alphas: [Number.NaN], betas: [1] }),
    ).rejects.toThrow('found at $.alphas[0]');
    await expect(writeLanczosFile(directory, { ...content, alphas: [1], betas: [] })).rejects.toThrow(
      'as many betas as alphas',
    );
    const short = { ...stateOf(1), current: new Float64Array(3) };
    await expect(writeLanczosState(directory.path, identity, short, { alphas, betas })).rejects.toThrow(
      'found a Float64Array of 3',
    );
    const bare = { ...stateOf(2), basis: null };
    await expect(writeLanczosState(directory.path, identity, bare, { alphas, betas })).rejects.toThrow(
      'a basis of 2',
    );
  });
});

function replaceIn(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
}
