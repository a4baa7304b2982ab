/** Archives of data and weights, damaged in every way, and such as lead out of their folder. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { Header } from 'tar';
import { expect, test } from 'vitest';
import { unpack } from '../../src/app/hub/unpack.ts';
import { joined, mutantsOf } from './mutations.ts';
import { fuzz, readsSoundly, scratchFolder } from './reading.ts';

const TEXT = new TextEncoder().encode('Now is the winter of our discontent');

interface Member {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly size?: number;
  readonly content?: Uint8Array;
}

/** A tar archive of members as they are described, sound or not. */
function tar(members: readonly Member[]): Uint8Array {
  const parts = members.flatMap(
    ({ path, type = 'File', linkpath, content = TEXT, size = type === 'File' ? content.length : 0 }) => {
      const header = new Header({
        path,
        type,
        size,
        mode: 0o644,
        mtime: new Date(0),
        ...(linkpath === undefined ? {} : { linkpath }),
      });
      const block = Buffer.alloc(512);
      header.encode(block);
      const data = type === 'File' ? content : new Uint8Array(0);
      return [Uint8Array.from(block), data, new Uint8Array((512 - (data.length % 512)) % 512)];
    },
  );
  return gzipSync(joined(...parts, new Uint8Array(1024)));
}

async function unpacks(kind: 'tar.gz' | 'zip', bytes: Uint8Array, how: string, multiple = 1100) {
  const root = await scratchFolder();
  return unpacksIn(root, kind, bytes, how, multiple);
}

async function unpacksIn(
  root: string,
  kind: 'tar.gz' | 'zip',
  bytes: Uint8Array,
  how: string,
  multiple = 1100,
) {
  const folder = join(root, 'inner', 'folder');
  await mkdir(folder, { recursive: true });
  const archive = join(root, `x.${kind}`);
  await writeFile(archive, bytes);
  const read = () => unpack(archive, kind, folder);
  const error = await readsSoundly({ how, names: root, fileBytes: bytes.length, multiple, read });
  // Nothing was written beside the folder, whatever names there were.
  expect([(await readdir(root)).sort(), await readdir(join(root, 'inner'))], how).toEqual([
    ['inner', `x.${kind}`],
    ['folder'],
  ]);
  return error;
}

test.each([
  ['zip', zipSync({ 'a.txt': TEXT, 'b/c.txt': TEXT })],
  ['tar.gz', tar([{ path: 'a.txt' }, { path: 'b/c.txt' }])],
] as const)('damaged bytes of a %s', async (kind, sound) => {
  const root = await scratchFolder();
  await fuzz(mutantsOf([sound]), async ({ bytes, how }) => {
    await unpacksIn(root, kind, bytes, how);
  });
});

test.each([
  '../evil.txt',
  '../../evil.txt',
  '/tmp/hesscope-evil.txt',
  'a/../../evil.txt',
  'a/../../../evil.txt',
  '..',
])('a name that leads out of the folder is refused or kept inside: %j', async (name) => {
  // What a name of tar's says of the root is left out by the library.
  await unpacks('tar.gz', tar([{ path: name }]), name);
  expect(await unpacks('zip', zipSync({ [name]: TEXT }), name)).not.toBeNull();
  await expect(readFile('/tmp/hesscope-evil.txt')).rejects.toThrow('ENOENT');
});

test.each(['__proto__', 'constructor', 'prototype'])('a file named %s', async (name) => {
  await unpacks('tar.gz', tar([{ path: name }]), name);
  if (name !== '__proto__') await unpacks('zip', zipSync({ [name]: TEXT }), name);
});

test.each<[string, Member[]]>([
  [
    'a link out of the folder, and a file through it',
    [{ path: 'out', type: 'SymbolicLink', linkpath: '../..' }, { path: 'out/evil.txt' }],
  ],
  [
    'a link to the root, and a file through it',
    [{ path: 'out', type: 'SymbolicLink', linkpath: '/' }, { path: 'out/tmp/hesscope-evil.txt' }],
  ],
  ['a hard link to a file elsewhere', [{ path: 'passwd', type: 'Link', linkpath: '/etc/passwd' }]],
  ['a device', [{ path: 'zero', type: 'CharacterDevice' }]],
  ['a link alone', [{ path: 'x', type: 'SymbolicLink', linkpath: '../../../../etc/passwd' }]],
])('an archive with %s is refused', async (how, members) => {
  expect(await unpacks('tar.gz', tar(members), how)).not.toBeNull();
});

test('an archive that unpacks to far more than it is, is refused', async () => {
  const zeros = new Uint8Array(2 ** 20);
  const many = Array.from({ length: 40 }, (_, i) => ({ path: `${i}`, content: zeros }));
  expect(
    (await unpacks('tar.gz', tar([...many, { path: 'claims', size: 2 ** 33 - 1 }]), 'claims 8 GiB'))?.message,
  ).toContain('unpack');
  const claims = zipSync({ a: TEXT });
  new DataView(claims.buffer).setUint32(
    Buffer.from(claims).indexOf('PK\x01\x02', 0, 'latin1') + 24,
    2 ** 31,
    true,
  );
  expect((await unpacks('zip', claims, 'claims 2 GiB', 1))?.message).toContain('unpacks to');
});
