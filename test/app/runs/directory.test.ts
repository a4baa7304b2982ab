import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory, listRuns, openRunDirectory, readRun } from '../../../src/app/runs/directory.ts';
import { UserError } from '../../../src/errors.ts';
import { distances, finishedRun, spectra, start, temporaryFolder } from './small-run.ts';

const now = () => new Date('2026-11-24T10:15:00Z');

describe('a run directory', () => {
  test('is named by the clock and says at once what was asked', async () => {
    const parent = join(await temporaryFolder(), 'runs');
    const directory = await createRunDirectory({ parent }, start, { now });
    expect(directory.path).toBe(join(parent, '2026-11-24T10-15-00-mlp'));
    const { run, blocks, ...rest } = await readRun(directory.path);
    expect(run).toMatchObject({ status: 'running', name: '2026-11-24T10-15-00-mlp', request: start.request });
    expect(run.createdAt).toBe('2026-11-24T10:15:00.000Z');
    expect(blocks).toEqual(start.blocks);
    expect(rest).toEqual({ spectra: null, distances: null });
    await directory.close();
  });

  test('of the same second gets a number', async () => {
    const parent = await temporaryFolder();
    const first = await createRunDirectory({ parent }, start, { now });
    const second = await createRunDirectory({ parent }, start, { now });
    expect(second.run.name).toBe('2026-11-24T10-15-00-mlp-2');
    expect(await listRuns(parent)).toEqual([first.run.name, second.run.name]);
    expect(await listRuns(join(parent, 'absent'))).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  test('gives back the records that were written', async () => {
    const record = await readRun(await finishedRun());
    expect(record.run).toMatchObject({ status: 'finished', loss: 1.25, products: 4 });
    expect(record.spectra).toEqual(spectra);
    expect(record.distances).toEqual(distances);
  });

  test('is not made where something is, nor with block names that cannot be folders', async () => {
    const path = await temporaryFolder();
    writeFileSync(join(path, 'mine.txt'), '');
    await expect(createRunDirectory({ path }, start)).rejects.toThrow('is not empty');
    const blocks = [{ ...start.blocks[0]!, name: '../../etc' }];
    await expect(createRunDirectory({ parent: path }, { ...start, blocks })).rejects.toThrow(UserError);
    expect(readdirSync(path)).toEqual(['mine.txt']);
  });

  test('has one writer at a time', async () => {
    const path = await finishedRun();
    const first = await openRunDirectory(path);
    await expect(openRunDirectory(path)).rejects.toThrow('already open in this process');
    await first.close();
    await (await openRunDirectory(path)).close();
  });

  test('is interrupted when it still said running and nobody held it', async () => {
    const directory = await createRunDirectory({ parent: await temporaryFolder() }, start);
    await directory.close();
    const again = await openRunDirectory(directory.path);
    expect((await readRun(directory.path)).run.status).toBe('interrupted');
    await again.close();
  });

  test('keeps many writes asked for at once in order', async () => {
    const directory = await createRunDirectory({ parent: await temporaryFolder() }, start);
    await Promise.all(
      Array.from({ length: 20 }, async (_, step) => {
        await Promise.all([directory.updateRun({ products: step }), directory.appendMetrics({ step })]);
      }),
    );
    expect((await readRun(directory.path)).run.products).toBe(19);
    const lines = readFileSync(join(directory.path, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).step)).toEqual(Array.from({ length: 20 }, (_, step) => step));
    await directory.close();
  });

  test('refuses a record with a NaN by its key, and goes on', async () => {
    const directory = await createRunDirectory({ parent: await temporaryFolder() }, start);
    await expect(directory.updateRun({ loss: Number.NaN })).rejects.toThrow('found at $.loss');
    await directory.updateRun({ loss: 2 });
    expect((await readRun(directory.path)).run.loss).toBe(2);
    await directory.close();
  });

  test('on a disk that stopped taking files says so, keeps what it has and can be closed', async () => {
    let full = false;
    const { open } = await import('node:fs/promises');
    const fail = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    const disk = {
      open: ((...call: Parameters<typeof open>) => (full ? fail() : open(...call))) as typeof open,
      rename,
    };
    const directory = await createRunDirectory({ parent: await temporaryFolder() }, start, { disk });
    await directory.updateRun({ loss: 1 });
    full = true;
    await expect(directory.updateRun({ loss: 2 })).rejects.toThrow('no space is left');
    expect(directory.run.loss).toBe(1);
    full = false;
    await directory.updateRun({ products: 3 });
    expect((await readRun(directory.path)).run).toMatchObject({ loss: 1, products: 3 });
    await directory.close();
  });

  test('that is none is named', async () => {
    const folder = await temporaryFolder();
    await expect(readRun(join(folder, 'absent'))).rejects.toThrow('no hesscope run at');
    await expect(openRunDirectory(folder)).rejects.toThrow('expected to find run.json there');
    mkdirSync(join(folder, 'empty'));
    expect(await listRuns(folder)).toEqual([]);
  });

  test('without its blocks is not read', async () => {
    const path = await finishedRun();
    rmSync(join(path, 'blocks.json'));
    await expect(readRun(path)).rejects.toThrow('expected to find blocks.json there');
  });
});
