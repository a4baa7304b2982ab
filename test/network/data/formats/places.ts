/** What tests of formats share: a folder of their own, and what a request is refused with. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import type { Dataset } from '../../../../src/network/data/dataset.ts';
import { type DataRequest, openDataset } from '../../../../src/network/data/index.ts';

/** A file or folder that oracle/make_data_fixtures.py wrote. */
export const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/data/${name}`, import.meta.url));

/** A folder that lives as long as a test file. */
export function temporaryPlace() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'data-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return {
    path: (...parts: string[]) => join(folder, ...parts),
    /** Writes a file, and its folders. */
    write: async (name: string, content: string | Uint8Array): Promise<string> => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
  };
}

/** What the user is told. */
export async function refusal(request: DataRequest): Promise<string> {
  const error = await openDataset(request).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

/** The first `count` characters of a source's text. */
export async function textOf(
  source: string,
  count: number,
  options: Partial<DataRequest> = {},
): Promise<string> {
  const data = await openDataset({ source, contextLength: count, batchSize: 1, microBatches: 1, ...options });
  if (data.kind !== 'text') throw new Error(`expected text, found ${data.kind}`);
  return data.tokenizer.decode(data.microBatch(0).tensors.tokens?.data as BigInt64Array);
}

/** The classes of a micro-batch. */
export const labelsOf = (data: Dataset, index = 0) =>
  Array.from(data.microBatch(index).tensors.labels?.data as BigInt64Array, Number);

/** The bytes that a micro-batch's values in [0, 1] were made of. */
export const bytesOf = (data: Dataset, index = 0) =>
  Array.from(data.microBatch(index).tensors.images?.data as Float32Array, (value) => Math.round(value * 255));
