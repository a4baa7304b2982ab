import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import { isHeld } from '../../../src/app/runs/lock.ts';
import { readTags, writeTags } from '../../../src/app/runs/tags.ts';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import { finishedRun, start, temporaryFolder } from './small-run.ts';

test('tags come back as they were put, each once; none is no file', async () => {
  const folder = await temporaryFolder();
  expect(await readTags(folder)).toEqual([]);
  await writeTags(folder, ['a', 'b', 'a']);
  expect(await readTags(folder)).toEqual(['a', 'b']);
  await writeTags(folder, []);
  expect(await readdir(folder)).toEqual([]);
});

test.each(['{', '"a"', '[1]', '[""]'])(
  'a file of tags that holds %s is refused with what to do',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'tags.json'), text);
    await expect(readTags(folder)).rejects.toThrow('should be a list of words in JSON; delete it or mend it');
  },
);

test('tags and advice beside a finished run are no fault of it; other files without a hash are', async () => {
  const path = await finishedRun();
  await writeTags(path, ['a']);
  for (const file of ['advice.json', 'advice.svg', 'advice.png']) await writeFile(join(path, file), '{}');
  expect((await verifyRun(path)).sound).toBe(true);
  await writeFile(join(path, 'stranger.json'), '{}');
  expect((await verifyRun(path)).sound).toBe(false);
});

test('a directory is held while its run is open, not after, and not by a process that is gone', async () => {
  const directory = await createRunDirectory({ parent: await temporaryFolder() }, start);
  const names = () => readdir(directory.path);
  expect(await isHeld(await names())).toBe(true);
  const [lock] = (await names()).filter((name) => name.startsWith('lock-'));
  await directory.close();
  expect(await isHeld(await names())).toBe(false);
  // The same host and process, begun at another time: the name was left by a dead one.
  const left = (lock as string).replace(/\d+$/, '1');
  await writeFile(join(directory.path, left), '');
  expect(await isHeld(await names())).toBe(process.platform !== 'linux');
  expect(await names()).toContain(left);
});
