/** Run directories, each of whose files is damaged in every way. */
import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCheckpoints } from '../../src/app/runs/checkpoints.ts';
import { openRunDirectory, readRun } from '../../src/app/runs/directory.ts';
import { loadExact } from '../../src/app/runs/exact-file.ts';
import { loadLanczos } from '../../src/app/runs/lanczos-file.ts';
import { readMetrics } from '../../src/app/runs/metrics.ts';
import { readTags } from '../../src/app/runs/tags.ts';
import { loadTraining, saveTraining } from '../../src/app/runs/training-state.ts';
import { verifyRun } from '../../src/app/runs/verify.ts';
import type { TrainingState } from '../../src/training/trainer.ts';
import { finishedRun, identity } from '../app/runs/small-run.ts';
import { deepList, deepObject, jsonMutantsOf } from './json-mutations.ts';
import { mutantsOf } from './mutations.ts';
import { fuzz, readsSoundly, scratchFolder } from './reading.ts';
import { RUNS } from './settings.ts';

/** Records are read as text; vectors twice, to be hashed. */
const MULTIPLE = 30;

/** Each case copies a run and reads all of it. */
const FEWER = Math.ceil(RUNS / 6);

const RECORDS = ['run.json', 'blocks.json', 'spectra.json', 'distances.json'] as const;
const FILES = [
  ...RECORDS,
  'metrics.jsonl',
  'hashes.jsonl',
  'lanczos/layer.1.weight/0.json',
  'state/layer.1.weight/0.safetensors',
] as const;

/** All that a command or the dashboard reads of a run. What is not a mistake of the user's never throws. */
async function readAll(path: string): Promise<void> {
  // These tell what they find, whatever it is.
  const report = await verifyRun(path);
  expect(report.steps.every(({ findings }) => findings.every((text) => text.length < 4000))).toBe(true);
  await loadLanczos(path, identity, 4);
  await loadExact(path, { block: identity.block, dim: 4, precision: 'float64' });
  await readTags(path);
  const directory = await openRunDirectory(path);
  await directory.close();
  await readRun(path);
  await readMetrics(path);
}

async function damagedRun(
  file: string,
): Promise<{ path: string; damage: (content: Uint8Array | string) => Promise<void> }> {
  const path = await finishedRun();
  const original = join(path, '..', 'original');
  await cp(path, original, { recursive: true });
  return {
    path,
    damage: async (content) => {
      // Opening a run may have written to it.
      await rm(path, { recursive: true });
      await cp(original, path, { recursive: true });
      await writeFile(join(path, file), content);
    },
  };
}

const sizeOf = (content: Uint8Array | string) => Buffer.byteLength(content) + 20_000;

test.each(FILES)('damaged bytes of %s', async (file) => {
  const { path, damage } = await damagedRun(file);
  const sound = Uint8Array.from(await readFile(join(path, file)));
  await fuzz(
    mutantsOf([sound]),
    async ({ bytes, how }) => {
      await damage(bytes);
      await readsSoundly({
        how,
        names: path,
        fileBytes: sizeOf(bytes),
        multiple: MULTIPLE,
        read: () => readAll(path),
      });
    },
    FEWER,
  );
});

test.each([...RECORDS, 'lanczos/layer.1.weight/0.json'])(
  '%s that does not say what it should',
  async (file) => {
    const { path, damage } = await damagedRun(file);
    const sound: unknown = JSON.parse(await readFile(join(path, file), 'utf8'));
    await fuzz(
      jsonMutantsOf([sound]),
      async ({ text, how }) => {
        await damage(text);
        await readsSoundly({
          how,
          names: path,
          fileBytes: sizeOf(text),
          multiple: MULTIPLE,
          read: () => readAll(path),
        });
      },
      FEWER,
    );
  },
);

test.each(['run.json', 'metrics.jsonl', 'hashes.jsonl', 'tags.json', 'spectra.json'])(
  '%s of lists within lists is refused',
  async (file) => {
    const { path, damage } = await damagedRun(file);
    for (const text of [`${deepList()}\n`, `${deepObject()}\n`]) {
      await damage(text);
      const read = () => readAll(path);
      const error = await readsSoundly({
        how: file,
        names: path,
        fileBytes: sizeOf(text),
        multiple: MULTIPLE,
        read,
      });
      // What is wrong with hashes is found by verify and keeps nobody from reading.
      expect(error === null).toBe(file === 'hashes.jsonl');
    }
  },
);

test('tags that do not say what they should', async () => {
  const { path, damage } = await damagedRun('tags.json');
  await fuzz(
    jsonMutantsOf([['a', 'b']]),
    async ({ text, how }) => {
      await damage(text);
      await readsSoundly({
        how,
        names: path,
        fileBytes: sizeOf(text),
        multiple: MULTIPLE,
        read: () => readTags(path),
      });
    },
    FEWER,
  );
});

describe('metrics', () => {
  test.each([
    'null',
    '[]',
    '"x"',
    '{"step": null}',
    '{"step": "1"}',
    '{"loss": 1}',
    '{"step": 1, "loss": {}}',
    '{"step": 1',
    '',
    '{"step":1}][',
  ])('with the line %j are refused', async (line) => {
    const path = await finishedRun();
    await appendFile(join(path, 'metrics.jsonl'), `${line}\n{"step": 9, "loss": 1}\n`);
    const read = () => readMetrics(path);
    const error = await readsSoundly({ how: line, names: path, fileBytes: 1000, multiple: MULTIPLE, read });
    expect(error?.message).toContain('metrics.jsonl');
  });
});

describe('the state of a training', () => {
  const fresh = (): TrainingState => ({
    parameters: { w: { dtype: 'float32', shape: [4], data: new Float32Array(4) } },
    optimizer: { w: { momentum: new Float32Array(4) } },
    step: 0,
    firstLoss: null,
  });

  test('with damaged bytes', async () => {
    const path = await finishedRun();
    await saveTraining(path, { state: { ...fresh(), step: 3, firstLoss: 1.5 }, elapsedMs: 10 });
    const file = join(path, 'training/state.safetensors');
    const sound = Uint8Array.from(readFileSync(file));
    const metrics = await readFile(join(path, 'metrics.jsonl'));
    await fuzz(mutantsOf([sound]), async ({ bytes, how }) => {
      await writeFile(file, bytes);
      await writeFile(join(path, 'metrics.jsonl'), metrics);
      const state = fresh();
      const error = await readsSoundly({
        how,
        names: path,
        fileBytes: bytes.length,
        multiple: MULTIPLE,
        read: async () => {
          const directory = await openRunDirectory(path);
          try {
            await loadTraining(directory, state);
          } finally {
            await directory.close();
          }
        },
      });
      if (error === null) expect(Number.isSafeInteger(state.step), how).toBe(true);
    });
  });
});

test('checkpoints that are damaged are refused, naming the file', async () => {
  const folder = await scratchFolder();
  const path = join(folder, 'a.safetensors');
  const sound = Uint8Array.from(
    readFileSync(new URL('../fixtures/huggingface/gpt2/expected.safetensors', import.meta.url)),
  );
  await fuzz(mutantsOf([sound]), async ({ bytes, how }) => {
    await writeFile(path, bytes);
    await readsSoundly({
      how,
      names: path,
      fileBytes: bytes.length,
      multiple: MULTIPLE,
      read: () => findCheckpoints([path]),
    });
  });
});

test('folders where files should be, and links to nowhere, are refused', async () => {
  for (const file of FILES)
    for (const kind of ['folder', 'link', 'loop']) {
      const path = await finishedRun();
      await rm(join(path, file));
      if (kind === 'folder') await mkdir(join(path, file));
      else await symlink(kind === 'link' ? 'nowhere/at/all' : join(path, file), join(path, file));
      await readsSoundly({
        how: `${file} is a ${kind}`,
        names: path,
        fileBytes: 20_000,
        multiple: MULTIPLE,
        read: () => readAll(path),
      });
      expect((await readdir(dirname(path))).length).toBeGreaterThan(0);
    }
});
