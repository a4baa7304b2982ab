/** The checkpoints of a training in the order of their steps, and what is known of the training. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { SafetensorsFile } from '../../tensor/files/safetensors.ts';
import { readRun } from './directory.ts';
import { RUN_FILE } from './layout.ts';
import type { RunFile } from './records.ts';

const CHECKPOINTS_FOLDER = 'checkpoints';
const EXTENSION = '.safetensors';
/** Kept after a number of steps; `best` and files that are being written are passed over in a folder. */
const KEPT_BY_STEP = /^step-\d+\.safetensors$/;

/** The parameters of one moment. */
export interface CheckpointFile {
  readonly path: string;
  /** Of the file, without its extension. */
  readonly name: string;
  /** Steps of the training done; null where the file does not say. */
  readonly step: number | null;
}

/** Checkpoints to be compared. */
export interface CheckpointSeries {
  /** By step; those that do not say theirs come last, as they were given. */
  readonly checkpoints: readonly CheckpointFile[];
  /** The training that they all come from, at its place; null for files that stand alone. */
  readonly training: { readonly path: string; readonly run: RunFile } | null;
}

/**
 * Finds checkpoints.
 *
 * @param places folders of trainings, finished or not, of which all checkpoints named `step-<step>` are taken; or
 *   safetensors files.
 * @throws UserError when a place has no checkpoint, two have one name, or they come from several trainings.
 */
export async function findCheckpoints(places: readonly string[]): Promise<CheckpointSeries> {
  const paths = (await Promise.all(places.map(filesOf))).flat();
  const distinct = [...new Map(paths.map((path) => [resolve(path), path])).values()];
  const checkpoints = await Promise.all(distinct.map(describe));
  const twice = checkpoints.find(({ name }, index) =>
    checkpoints.slice(0, index).some((before) => before.name === name),
  );
  if (twice)
    throw new UserError(
      `Expected checkpoints with names of their own, found two that are called '${twice.name}'; rename one.`,
    );
  const rank = ({ step }: CheckpointFile) => step ?? Number.POSITIVE_INFINITY;
  // Two that have no step would differ by NaN, which is no order.
  const ordered = checkpoints.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  return { checkpoints: ordered, training: await trainingOf(distinct) };
}

async function filesOf(place: string): Promise<string[]> {
  const stats = await stat(place).catch(() => null);
  if (stats === null)
    throw new UserError(
      `'--checkpoints': expected a training's folder or a ${EXTENSION} file, found nothing at '${place}'.`,
    );
  if (stats.isFile()) return [place];
  const { run } = await readRun(place);
  if (run.kind !== 'training')
    throw new UserError(
      `'--checkpoints': expected a training, found a measurement of spectra at '${place}'; make a training by 'hesscope train'.`,
    );
  const folder = join(place, CHECKPOINTS_FOLDER);
  const names = (await readdir(folder).catch(() => [])).filter((name) => KEPT_BY_STEP.test(name)).sort();
  if (names.length === 0)
    throw new UserError(
      `The training at '${place}' has kept no checkpoint yet; 'hesscope train --checkpoints 0,0.5,1' says when it does.`,
    );
  return names.map((name) => join(folder, name));
}

async function describe(path: string): Promise<CheckpointFile> {
  const file = await SafetensorsFile.open(path);
  await file.close();
  const step = Number(file.metadata.step ?? Number.NaN);
  return {
    path,
    name: basename(path, EXTENSION),
    step: Number.isSafeInteger(step) && step >= 0 ? step : null,
  };
}

/** The training whose folder the files lie in. @throws UserError when there are several. */
async function trainingOf(paths: readonly string[]): Promise<CheckpointSeries['training']> {
  const folders = await Promise.all(paths.map(trainingFolder));
  const found = [...new Map(folders.map((folder) => [folder && resolve(folder), folder])).values()];
  if (found.length > 1) {
    const named = found.map((folder) => (folder === null ? 'no training' : `'${folder}'`));
    throw new UserError(
      `Expected checkpoints of one training, found those of ${named.join(' and ')}; measure each by itself.`,
    );
  }
  const [folder = null] = found;
  return folder === null ? null : { path: folder, run: (await readRun(folder)).run };
}

async function trainingFolder(path: string): Promise<string | null> {
  const folder = dirname(dirname(path));
  if (basename(dirname(path)) !== CHECKPOINTS_FOLDER) return null;
  const isRun = await stat(join(folder, RUN_FILE)).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return isRun && (await readRun(folder)).run.kind === 'training' ? folder : null;
}
