import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readKeptRecord } from '../../../src/app/runs/kept-record.ts';
import { UserError } from '../../../src/errors.ts';
import { temporaryFolder } from './small-run.ts';

interface Kept {
  readonly request: object;
  readonly samples: readonly number[];
  readonly elapsedMs: number;
  readonly title: string;
}

const FIELDS = { request: 'object', samples: 'list', elapsedMs: 'number', title: 'string' } as const;
const WHOLE = { request: { model: 'mlp' }, samples: [1], elapsedMs: 2, title: 'of the MLP' };

let path: string;
const read = () => readKeptRecord<Kept>(path, FIELDS);

beforeEach(async () => {
  path = join(await temporaryFolder(), 'state.json');
});

describe('a record that a command has kept', () => {
  it('is read as it was written, and is none where there is no file', async () => {
    expect(await read()).toBeNull();
    writeFileSync(path, JSON.stringify(WHOLE));
    expect(await read()).toEqual(WHOLE);
  });

  it.each([
    ['cut short', JSON.stringify(WHOLE).slice(0, -4), /is not JSON/],
    ['empty', '', /is not JSON/],
    ['a list', '[]', /expected an object, found list/],
    ['null', 'null', /expected an object, found null/],
    [
      'without a field',
      JSON.stringify({ ...WHOLE, samples: undefined }),
      /'samples' to be list, found nothing/,
    ],
    [
      'with another kind of field',
      JSON.stringify({ ...WHOLE, request: null }),
      /'request' to be object, found null/,
    ],
    ['deep', `{"request":${'['.repeat(1000)}${']'.repeat(1000)}}`, /levels deep/],
  ])('that is %s is told by its name, with what to do', async (_, text, reason) => {
    writeFileSync(path, text);
    const error = await read().catch((found: unknown) => found);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain(`'${path}' is damaged`);
    expect((error as Error).message).toMatch(reason);
    expect((error as Error).message).toMatch(/remove it, and it is made again/);
  });

  it('that is a folder cannot be read', async () => {
    mkdirSync(path);
    await expect(read()).rejects.toThrow(`'${path}' cannot be read`);
  });
});
