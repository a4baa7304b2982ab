import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import {
  entryListSchema,
  entrySummarySchema,
  removalSchema,
} from '../../../src/app/server/contract/entries.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { finishedRun, start, temporaryFolder } from '../runs/small-run.ts';
import { entryPath, type Served, served } from './served.ts';

type Directory = typeof import('../../../src/app/runs/directory.ts');
type Lock = typeof import('../../../src/app/runs/lock.ts');

// Locks of a process are known to the module that holds them: the one that the server uses.
const { createRunDirectory } = await compiledModule<Directory>('app/runs/directory.ts');
const { acquireLock } = await compiledModule<Lock>('app/runs/lock.ts');

const remove = (server: Served, id: string, confirmation = encodeURIComponent(id)) =>
  server.send(entryPath(id), { method: 'DELETE', headers: { 'x-confirm': confirmation } });

describe('tags', () => {
  test('are put on an entry in place of the old ones, and taken away, and are no fault of the run', async () => {
    const folder = await temporaryFolder();
    const path = await finishedRun({ path: join(folder, 'one') });
    const server = await served({ folder });
    const put = async (tags: readonly string[]) => {
      const answer = await server.post(entryPath('one', '/tags'), { tags }, 'PUT');
      return entrySummarySchema.parse(answer.json()).tags;
    };
    expect(await put(['paper', ' two words ', 'paper'])).toEqual(['paper', 'two words']);
    const { entries } = await server.read('/api/entries', entryListSchema);
    expect(entries[0]?.tags).toEqual(['paper', 'two words']);
    expect((await verifyRun(path)).sound).toBe(true);
    expect(await put(['später'])).toEqual(['später']);
    expect(await put([])).toEqual([]);
    expect(await readdir(path)).not.toContain('tags.json');
  });

  test('of an entry that there is none of are refused', async () => {
    const server = await served();
    expect((await server.post(entryPath('none', '/tags'), { tags: [] }, 'PUT')).status).toBe(404);
  });
});

describe('deletion', () => {
  test('takes the folder with all that is below it, once the address was repeated', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'race'));
    const record = { request: { model: 'mlp', optimizers: ['sgd'] } };
    await writeFile(join(folder, 'race/comparison.json'), JSON.stringify(record));
    for (const name of ['race/sgd-0.1', 'race/sgd-1', 'race-2', 'größer'])
      await finishedRun({ path: join(folder, name) });
    const server = await served({ folder });
    for (const wrong of ['', 'race-2', '%', 'race/'])
      expect((await remove(server, 'race', wrong)).status).toBe(403);
    const unconfirmed = await server.send(entryPath('race'), { method: 'DELETE' });
    expect(unconfirmed.status).toBe(403);
    const { removed } = removalSchema.parse((await remove(server, 'race')).json());
    expect(removed.sort()).toEqual(['race', 'race/sgd-0.1', 'race/sgd-1']);
    expect((await readdir(folder)).sort()).toEqual(['größer', 'race-2']);
    expect((await remove(server, 'größer')).status).toBe(200);
    const { entries } = await server.read('/api/entries', entryListSchema);
    expect(entries.map(({ id }) => id)).toEqual(['race-2']);
    expect((await remove(server, 'race')).status).toBe(404);
  });

  test('is refused while a living process writes there, below it, or in the folder of its series', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'race'));
    await writeFile(
      join(folder, 'race/comparison.json'),
      JSON.stringify({ request: { model: 'mlp', optimizers: ['sgd'] } }),
    );
    const running = await createRunDirectory({ path: join(folder, 'race/sgd-1') }, start);
    await finishedRun({ path: join(folder, 'figures/trainings/done') });
    const lock = await acquireLock(join(folder, 'figures'), 'the folder of figures');
    const server = await served({ folder });
    for (const [id, reason] of [
      ['race/sgd-1', 'already open'],
      ['race', 'already open'],
      ['figures/trainings/done', "a process works in 'figures'"],
    ] as const) {
      const answer = await remove(server, id);
      expect(answer.status).toBe(409);
      expect(answer.text).toContain(reason);
    }
    await lock.release();
    await running.close();
    expect(await readFile(join(folder, 'race/sgd-1/run.json'), 'utf8')).toContain('"version": 1');
    expect((await remove(server, 'race')).status).toBe(200);
    expect((await remove(server, 'figures/trainings/done')).status).toBe(200);
  });

  test('never takes the folder that is served', async () => {
    const folder = await finishedRun({ path: join(await temporaryFolder(), 'only') });
    const server = await served({ folder });
    const answer = await remove(server, 'only');
    expect(answer.status).toBe(409);
    expect(await readdir(folder)).toContain('run.json');
  });
});
