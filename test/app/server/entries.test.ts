import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import type { DistancesFile } from '../../../src/app/runs/records.ts';
import { entryListSchema, spectrumDetailSchema } from '../../../src/app/server/contract/entries.ts';
import { EntryCatalogue } from '../../../src/app/server/entries/catalogue.ts';
import { openRunsFolder } from '../../../src/app/server/runs-folder.ts';
import { distances, finishedRun, start, temporaryFolder } from '../runs/small-run.ts';
import { entryPath, served } from './served.ts';

/** Records of every kind but runs, as far as the list looks at them, in the folders where commands would put them. */
const RECORDS: Readonly<Record<string, [file: string, record: unknown, kind: string]>> = {
  race: [
    'comparison.json',
    { request: { model: 'mlp', optimizers: ['sgd', 'adamw'] }, points: [] },
    'comparison',
  ],
  'pico-stages': ['stages.json', { model: 'gpt-pico', stages: [{ name: 'step-000000' }] }, 'stages'],
  'tiny-stages': [
    'stages.json',
    { model: 'gpt-tiny', stages: [{ name: 'step-000000', leastEigenvalue: -1 }] },
    'exact-stages',
  ],
  exact: ['exact.json', { model: 'gpt-tiny', data: 'text', parameterCount: 460, loss: 4, dim: 192 }, 'exact'],
  coupling: ['coupling.json', { model: 'gpt-pico', data: 'text', parameterCount: 9, loss: 4 }, 'coupling'],
  quadratic: ['quadratic.json', { contests: [{ title: 'blocks of GPT2' }] }, 'quadratic'],
  theory: ['theory.json', { checks: [{ title: 'Theorem 1' }] }, 'theory'],
  'figures/figure-5a': ['figure.json', { title: 'Figure 5a', quick: null }, 'figure'],
};

async function writeRecord(folder: string, file: string, record: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), JSON.stringify(record));
}

const idsOf = ({ entries }: { entries: readonly { id: string }[] }) => entries.map(({ id }) => id).sort();

describe('the list', () => {
  test('has every kind of folder, nested ones too, by its path', async () => {
    const folder = await temporaryFolder();
    for (const [name, [file, record]] of Object.entries(RECORDS))
      await writeRecord(join(folder, name), file, record);
    await finishedRun({ path: join(folder, 'one') });
    await finishedRun({ path: join(folder, 'figures/trainings/mlp-sgd-0.003') });
    await writeRecord(join(folder, 'reproduction/fig2'), 'reproduction.json', { size: 'quick' });
    await writeFile(join(folder, 'reproduction/reproduction.html'), '');
    const list = await (await served({ folder })).read('/api/entries', entryListSchema);
    expect(list.unreadable).toEqual([]);
    expect(Object.fromEntries(list.entries.map(({ id, kind }) => [id, kind]))).toEqual({
      ...Object.fromEntries(Object.entries(RECORDS).map(([name, [, , kind]]) => [name, kind])),
      one: 'spectrum',
      'figures/trainings/mlp-sgd-0.003': 'spectrum',
      reproduction: 'reproduction',
    });
  });

  test('tells of a run what its record says, and JS0', async () => {
    const folder = await temporaryFolder();
    await finishedRun({ path: join(folder, 'one') });
    const { entries } = await (await served({ folder })).read('/api/entries', entryListSchema);
    expect(entries[0]).toMatchObject({
      id: 'one',
      title: 'mlp, Hessian',
      status: 'finished',
      model: 'mlp',
      data: 'two moons',
      parameterCount: 8,
      loss: 1.25,
      js0: { mean: 0.25, standardError: null, noiseFloor: null },
      elapsedMs: 12,
      tags: [],
      hasReport: true,
    });
  });

  test('finds JS0 by the headline definition, however the file is laid out', async () => {
    const folder = await temporaryFolder();
    const [jsd] = distances.definitions;
    const log = {
      ...jsd!,
      definition: 'jsd-log',
      js0: { mean: 0.5, standardError: 0.01 },
      noiseFloor: 0.125,
    };
    const both: DistancesFile = { ...distances, definitions: [jsd!, log] };
    for (const [name, spaces] of [
      ['as-written', 2],
      ['on-one-line', 0],
    ] as const) {
      await finishedRun({ path: join(folder, name) });
      await writeFile(join(folder, name, 'distances.json'), JSON.stringify(both, null, spaces));
    }
    const { entries } = await (await served({ folder })).read('/api/entries', entryListSchema);
    const js0 = { mean: 0.5, standardError: 0.01, noiseFloor: 0.125 };
    expect(entries.map((entry) => entry.js0)).toEqual([js0, js0]);
  });

  test('is whole though folders are damaged, and names these with the reason', async () => {
    const folder = await temporaryFolder();
    for (const name of ['whole', 'torn', 'lost', 'no-distances', 'odd-tags'])
      await finishedRun({ path: join(folder, name) });
    await writeFile(join(folder, 'torn/run.json'), '{ "version": 1, "na');
    await rm(join(folder, 'lost/run.json'));
    await writeFile(join(folder, 'no-distances/distances.json'), 'nothing');
    await writeFile(join(folder, 'odd-tags/tags.json'), '{}');
    await writeRecord(join(folder, 'exact'), 'exact.json', { model: 7 });
    const server = await served({ folder });
    const list = await server.read('/api/entries', entryListSchema);
    expect(idsOf(list)).toEqual(['whole']);
    const reasons = Object.fromEntries(list.unreadable.map(({ id, reason }) => [id, reason]));
    expect(Object.keys(reasons).sort()).toEqual(['exact', 'lost', 'no-distances', 'odd-tags', 'torn']);
    expect(reasons.torn).toContain('is not JSON');
    expect(reasons.lost).toContain('run.json is missing');
    expect(reasons.exact).toBe(
      'the record does not hold what it should: at model: Invalid input: expected string, received number',
    );
    const answer = await server.send(entryPath('torn'));
    expect(answer.status).toBe(409);
    expect(answer.json()).toEqual({ error: expect.stringContaining('run.json is not JSON') });
    expect(server.bugs).toEqual([]);
  });

  test('counts a run whose process is gone as interrupted, and one that is written as running', async () => {
    const folder = await temporaryFolder();
    const running = await createRunDirectory({ path: join(folder, 'running') }, start);
    const killed = await createRunDirectory({ path: join(folder, 'killed') }, start);
    await killed.close();
    const { entries } = await (await served({ folder })).read('/api/entries', entryListSchema);
    await running.close();
    expect(Object.fromEntries(entries.map(({ id, status }) => [id, status]))).toEqual({
      running: 'running',
      killed: 'interrupted',
    });
  });

  test('follows changes: of a record, of a folder that moves, of one that is gone', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a', 'b', 'c']) await finishedRun({ path: join(folder, name) });
    const server = await served({ folder });
    expect(idsOf(await server.read('/api/entries', entryListSchema))).toEqual(['a', 'b', 'c']);
    const run = JSON.parse(await readFile(join(folder, 'a/run.json'), 'utf8')) as object;
    await writeFile(join(folder, 'a/run.json'), JSON.stringify({ ...run, loss: 0.75 }));
    await rename(join(folder, 'b'), join(folder, 'd'));
    await rm(join(folder, 'c'), { recursive: true });
    // An entry that is asked for is looked at as it is now, the list once a second.
    expect((await server.send(entryPath('b'))).status).toBe(404);
    expect(idsOf(await server.read('/api/entries', entryListSchema))).toEqual(['a', 'd']);
    expect((await server.read(entryPath('a'), spectrumDetailSchema)).summary.loss).toBe(0.75);
  });

  test('of a change during a look through the folder is right afterwards', async () => {
    const folder = await temporaryFolder();
    for (let index = 0; index < 40; index++) await finishedRun({ path: join(folder, `run-${index}`) });
    const catalogue = new EntryCatalogue(await openRunsFolder(folder));
    const first = catalogue.refresh();
    await rm(join(folder, 'run-7'), { recursive: true });
    const second = catalogue.refresh();
    await Promise.all([first, second]);
    expect(catalogue.entries.map(({ summary }) => summary.id)).not.toContain('run-7');
    expect((await catalogue.list()).entries).toHaveLength(39);
  });

  test('does not follow links out of the folder, nor look into hidden ones', async () => {
    const [folder, outside] = [await temporaryFolder(), await temporaryFolder()];
    await finishedRun({ path: join(outside, 'secret') });
    await finishedRun({ path: join(folder, '.hidden') });
    await finishedRun({ path: join(folder, 'own') });
    await symlink(outside, join(folder, 'link'));
    const server = await served({ folder });
    expect(idsOf(await server.read('/api/entries', entryListSchema))).toEqual(['own']);
    expect((await server.send(entryPath('link/secret'))).status).toBe(404);
  });

  test('of a folder that is itself an entry has it under its own name, and those below it', async () => {
    const folder = join(await temporaryFolder(), 'reproduction');
    await writeRecord(join(folder, 'fig2'), 'reproduction.json', { size: 'quick' });
    await writeFile(join(folder, 'reproduction.html'), '');
    await finishedRun({ path: join(folder, 'spectra/mlp') });
    const list = await (await served({ folder })).read('/api/entries', entryListSchema);
    expect(idsOf(list)).toEqual(['reproduction', 'reproduction/spectra/mlp']);
  });

  test('is empty where there is no folder yet, which is then made', async () => {
    const folder = join(await temporaryFolder(), 'runs');
    const list = await (await served({ folder })).read('/api/entries', entryListSchema);
    expect(list).toEqual({ entries: [], unreadable: [] });
  });
});
