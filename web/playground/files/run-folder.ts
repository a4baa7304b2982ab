/** A run directory that a reader has opened: the files that `hesscope spectrum` writes, read as the server reads them. */
import {
  BLOCKS_FILE,
  DISTANCES_FILE,
  exactPath,
  lanczosPath,
  RUN_FILE,
  SPECTRA_FILE,
} from '../../../src/app/runs/layout.ts';
import type { RunRecord } from '../../../src/app/runs/records.ts';
import { parseRecordText, type Records } from '../../../src/app/runs/schema.ts';
import { exactFrom, growingSpectra, probeFrom } from '../../../src/app/server/details/growing-spectra.ts';
import {
  askedOf,
  growingRun,
  type LoadedRun,
  measuredRun,
} from '../../../src/app/server/details/known-spectra.ts';
import { UserError } from '../../../src/errors.ts';
import type { OpenedFile } from './opened-files.ts';

/**
 * Reads a run. Where its spectra are not recorded yet they are computed from the coefficients of its probes.
 *
 * @param folder what the paths of its files begin with.
 * @throws UserError when it is no measurement of spectra, or a file is missing or damaged.
 */
export async function readRunFolder(files: readonly OpenedFile[], folder: string): Promise<LoadedRun> {
  const held = new Map(files.map(({ path, file }) => [path, file]));
  const textOf = async (path: string) => (await held.get(folder + path)?.text()) ?? null;
  const made = async <Content>(make: (text: string, path: string) => Content, path: string) => {
    const text = await textOf(path);
    return text === null ? null : make(text, path);
  };
  const read = <K extends keyof Records>(kind: K, path: string): Promise<Records[K] | null> =>
    made((text) => parseRecordText(kind, text, path), path);
  const run = required(await read('run', RUN_FILE), RUN_FILE);
  if (run.kind === 'training')
    throw new UserError(
      `Expected a measurement of spectra, found the training of ${run.model.name}; hesscope serve shows trainings.`,
    );
  const { blocks } = required(await read('blocks', BLOCKS_FILE), BLOCKS_FILE);
  const record: RunRecord = {
    run,
    blocks,
    spectra: await read('spectra', SPECTRA_FILE),
    distances: await read('distances', DISTANCES_FILE),
  };
  if (record.spectra) return measuredRun(record);
  const growing = await growingSpectra(blocks, askedOf(record).probes, {
    exact: async (name) => made(exactFrom, exactPath(name)),
    probe: async (name, probe) => made(probeFrom, lanczosPath(name, probe)),
  });
  return growingRun(record, growing);
}

function required<Value>(value: Value | null, path: string): Value {
  if (value !== null) return value;
  throw new UserError(`Expected ${path} in the folder of the run, found none; open the whole folder.`);
}
