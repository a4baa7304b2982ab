import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HashedFolder } from '../../../src/app/runs/hashed-folder.ts';
import { sha256 } from '../../../src/app/runs/hashes.ts';
import { temporaryFolder } from './small-run.ts';

async function filledFolder(): Promise<string> {
  const path = await temporaryFolder();
  const folder = await HashedFolder.open(path);
  for (const name of ['whole', 'changed', 'gone', 'kept']) await folder.write(name, `of ${name}`, true);
  await folder.write('growing', 'so far', false);
  return path;
}

test('takes away what is not as it was written, and nothing else', async () => {
  const path = await filledFolder();
  for (const name of ['changed', 'kept', 'growing']) writeFileSync(join(path, name), 'other');
  rmSync(join(path, 'gone'));
  const folder = await HashedFolder.open(path);
  expect(await folder.discardDamaged((name) => name === 'kept')).toEqual([
    'changed is not as it was written; it is made again',
    'gone is missing; it is made again',
  ]);
  expect(['whole', 'changed', 'kept', 'growing'].filter((name) => existsSync(join(path, name)))).toEqual([
    'whole',
    'kept',
    'growing',
  ]);
  expect(folder.ledger.isSealed('changed')).toBe(false);
});

test('makes a discarded file again, though its content is the same', async () => {
  const path = await filledFolder();
  writeFileSync(join(path, 'changed'), 'other');
  const folder = await HashedFolder.open(path);
  await folder.discardDamaged();
  await folder.write('changed', 'of changed', true);
  expect(readFileSync(join(path, 'changed'), 'utf8')).toBe('of changed');
  expect(await (await HashedFolder.open(path)).discardDamaged()).toEqual([]);
});

test('touches nothing outside, whatever its hashes name', async () => {
  const path = await filledFolder();
  const outside = join(await temporaryFolder(), 'file');
  writeFileSync(outside, 'content');
  const line = (name: string) => JSON.stringify({ path: name, bytes: 1, sha256: sha256('x') });
  writeFileSync(
    join(path, 'hashes.jsonl'),
    `${line(outside)}\n${line(`../${outside.split('/').slice(-2).join('/')}`)}\n`,
  );
  expect(await (await HashedFolder.open(path)).discardDamaged()).toEqual([]);
  expect(readFileSync(outside, 'utf8')).toBe('content');
});
