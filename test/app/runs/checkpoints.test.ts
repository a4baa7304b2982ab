import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCheckpoints } from '../../../src/app/runs/checkpoints.ts';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import { writeSafetensors } from '../../../src/tensor/files/safetensors.ts';
import { start, temporaryFolder } from './small-run.ts';

const TENSORS = [['w', { dtype: 'float32', shape: [1], data: Float32Array.of(1) }]] as const;

async function write(path: string, step?: number): Promise<string> {
  await writeSafetensors(path, TENSORS, step === undefined ? {} : { step: String(step) });
  return path;
}

/** A training with checkpoints after these steps, and its best. */
async function training(path: string, steps: readonly number[]): Promise<string> {
  const directory = await createRunDirectory({ path }, { ...start, kind: 'training', blocks: [] });
  for (const step of steps)
    await directory.writeTensors(`checkpoints/step-${String(step).padStart(6, '0')}.safetensors`, TENSORS, {
      step: String(step),
    });
  await directory.writeTensors('checkpoints/best.safetensors', TENSORS, { step: '7' });
  await directory.close();
  return path;
}

describe('the checkpoints of a training', () => {
  it('come in the order of their steps, without the best and without files being written', async () => {
    const path = await training(join(await temporaryFolder(), 'run'), [10, 0, 1000000]);
    await writeFile(join(path, 'checkpoints', 'step-000020.safetensors.partial'), 'half');
    const found = await findCheckpoints([path]);
    expect(found.checkpoints.map(({ name, step }) => [name, step])).toEqual([
      ['step-000000', 0],
      ['step-000010', 10],
      ['step-1000000', 1000000],
    ]);
    expect(found.training).toMatchObject({ path, run: { kind: 'training' } });
  });

  it('may be chosen one by one, and are taken once', async () => {
    const path = await training(join(await temporaryFolder(), 'run'), [0, 10]);
    const [best, first] = ['best', 'step-000000'].map((name) =>
      join(path, 'checkpoints', `${name}.safetensors`),
    );
    const found = await findCheckpoints([best!, first!, first!]);
    expect(found.checkpoints.map(({ name }) => name)).toEqual(['step-000000', 'best']);
    expect(found.training?.path).toBe(path);
  });

  it('may stand alone; those without a step come last, as they were given', async () => {
    const folder = await temporaryFolder();
    const z = await write(join(folder, 'z.safetensors'));
    const a = await write(join(folder, 'a.safetensors'));
    const late = await write(join(folder, 'late.safetensors'), 9);
    const found = await findCheckpoints([z, a, late]);
    expect(found.checkpoints.map(({ name, step }) => [name, step])).toEqual([
      ['late', 9],
      ['z', null],
      ['a', null],
    ]);
    expect(found.training).toBeNull();
  });

  it('are refused where they are none, of one name, or of several trainings', async () => {
    const folder = await temporaryFolder();
    const one = await training(join(folder, 'one'), [0]);
    const two = await training(join(folder, 'two'), [10]);
    const empty = await createRunDirectory(
      { path: join(folder, 'empty') },
      { ...start, kind: 'training', blocks: [] },
    );
    await empty.close();
    const spectrum = await createRunDirectory({ path: join(folder, 'spectrum') }, { ...start, blocks: [] });
    await spectrum.close();
    await mkdir(join(folder, 'plain'));
    const alone = await write(join(folder, 'step-000000.safetensors'));
    for (const [places, message] of [
      [[join(folder, 'nothing')], /found nothing at/],
      [[join(folder, 'empty')], /has kept no checkpoint yet/],
      [[join(folder, 'spectrum')], /found a measurement of spectra/],
      [[join(folder, 'plain')], /no hesscope run at/],
      [[one, two], /Expected checkpoints of one training, found those of .*one.* and .*two/],
      [[one, alone], /two that are called 'step-000000'/],
    ] as const)
      await expect(findCheckpoints(places)).rejects.toThrow(message);
  });
});
