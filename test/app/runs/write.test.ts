import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendJsonLine, type DiskCalls, writeAside, writeJson } from '../../../src/app/runs/write.ts';
import { UserError } from '../../../src/errors.ts';
import { temporaryFolder } from './small-run.ts';

/** A disk on which one call fails as the operating system lets it fail. */
function failing(call: keyof DiskCalls, code: string): DiskCalls {
  const fail = () => Promise.reject(Object.assign(new Error(`${code}: injected`), { code }));
  return { open, rename, [call]: fail };
}

describe('writing aside', () => {
  test('replaces a file and leaves nothing beside it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'deep', 'er', 'file.txt');
    await writeAside(path, 'old');
    await writeAside(path, new TextEncoder().encode('new'));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['file.txt']);
  });

  test.runIf(existsSync('/dev/full'))('says that the disk is full and keeps the old file', async () => {
    const path = join(await temporaryFolder(), 'file.json');
    await writeAside(path, 'old');
    // Linux's device for this: it takes no byte and answers ENOSPC.
    symlinkSync('/dev/full', `${path}.partial`);
    const failure = writeAside(path, 'x'.repeat(100_000));
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(/no space is left on its disk; free some, then resume.*ENOSPC/);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  test.each([
    ['open', 'EROFS', 'its file system is read-only'],
    ['open', 'EACCES', 'permission is denied'],
    ['rename', 'ENOSPC', 'no space is left'],
    ['rename', 'EIO', 'the disk reports an input/output error'],
  ] as const)('explains a failing %s (%s) and keeps the old file', async (call, code, sentence) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file.json');
    await writeAside(path, 'old');
    const failure = writeAside(path, 'new', failing(call, code));
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(`cannot write ${path}: ${sentence}`);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file.json']);
  });

  test('explains a path that leads through a file', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(writeAside(join(folder, 'file', 'below'), '')).rejects.toThrow('is a file, not a directory');
  });

  test('does not touch the file when a value cannot be written', async () => {
    const path = join(await temporaryFolder(), 'file.json');
    await writeJson(path, { loss: 1 });
    await expect(writeJson(path, { loss: Number.NaN })).rejects.toThrow('found at $.loss');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ loss: 1 });
  });
});

describe('appending lines', () => {
  test('adds a line each and cuts off one that was torn', async () => {
    const path = join(await temporaryFolder(), 'metrics.jsonl');
    await appendJsonLine(path, { step: 0 });
    await appendJsonLine(path, { step: 1 });
    // Longer than the 4 KiB that are searched at once.
    writeFileSync(path, `{"step": 2, "note": "${'x'.repeat(10_000)}`, { flag: 'a' });
    await appendJsonLine(path, { step: 3 });
    expect(readFileSync(path, 'utf8')).toBe('{"step": 0}\n{"step": 1}\n{"step": 3}\n');
  });

  test('starts anew when the only line was torn', async () => {
    const path = join(await temporaryFolder(), 'metrics.jsonl');
    writeFileSync(path, '{"step"');
    await appendJsonLine(path, { step: 0 });
    expect(readFileSync(path, 'utf8')).toBe('{"step": 0}\n');
  });

  test('explains a disk that takes no line', async () => {
    const path = join(await temporaryFolder(), 'metrics.jsonl');
    await expect(appendJsonLine(path, {}, failing('open', 'ENOSPC'))).rejects.toThrow('no space is left');
  });
});
