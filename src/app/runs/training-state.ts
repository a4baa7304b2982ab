/** The whole state of a training as one safetensors file: what a later process needs to go on with the same bits. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { readSafetensors, writeSafetensors } from '../../tensor/files/safetensors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import type { OptimizerState } from '../../training/optimizers/optimizer.ts';
import type { TrainingState } from '../../training/trainer.ts';
import type { RunDirectory } from './directory.ts';
import { formatJsonLine } from './json.ts';
import { readMetrics } from './metrics.ts';

const STATE_FILE = 'training/state.safetensors';
const PARAMETER = 'parameter/';
const OPTIMIZER = 'optimizer/';

/** A state and how long the training took until then. */
export interface SavedTraining {
  readonly state: TrainingState;
  readonly elapsedMs: number;
}

/** A training as it was left. */
export interface ResumedTraining {
  /** The time that the earlier processes took. */
  readonly elapsedMs: number;
  /** The least validation loss so far; infinite before the first evaluation. */
  readonly bestLoss: number;
}

/** Writes the state of a training into its run directory. @throws UserError when the disk does not take it. */
export async function saveTraining(path: string, { state, elapsedMs }: SavedTraining): Promise<void> {
  const { parameters, optimizer, step, firstLoss } = state;
  await mkdir(dirname(join(path, STATE_FILE)), { recursive: true });
  const tensors: [string, HostTensor][] = Object.entries(parameters).map(([name, tensor]) => [
    `${PARAMETER}${name}`,
    tensor,
  ]);
  for (const [name, own] of Object.entries(optimizer))
    for (const [key, data] of Object.entries(own)) {
      const dtype = data instanceof Float32Array ? 'float32' : 'float64';
      tensors.push([`${OPTIMIZER}${key}/${name}`, { dtype, shape: [data.length], data }]);
    }
  await writeSafetensors(join(path, STATE_FILE), tensors, {
    step: String(step),
    elapsedMs: String(elapsedMs),
    firstLoss: JSON.stringify(firstLoss),
  });
}

/**
 * Brings a state back into one that has not begun, and cuts metrics that were written after it.
 *
 * @param fresh a state before the first step of the same training; it is changed in place.
 * @returns what it knows of the time before; when nothing was saved the training begins anew.
 * @throws UserError when the file is damaged or of another model or optimizer.
 */
export async function loadTraining(directory: RunDirectory, fresh: TrainingState): Promise<ResumedTraining> {
  const file = join(directory.path, STATE_FILE);
  const isThere = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
  const read = isThere ? await readSafetensors(file) : null;
  if (read) {
    const { tensors, metadata } = read;
    fill(file, tensors, PARAMETER, fresh.parameters);
    for (const [name, own] of Object.entries(fresh.optimizer)) fillState(file, tensors, name, own);
    fresh.step = numberIn(file, metadata, 'step') ?? 0;
    fresh.firstLoss = numberIn(file, metadata, 'firstLoss');
  }
  const bestLoss = await cutMetrics(directory, fresh.step);
  return { elapsedMs: (read && numberIn(file, read.metadata, 'elapsedMs')) ?? 0, bestLoss };
}

/** A number of the metadata; null where it is `null`. @throws UserError when it is neither, or is missing. */
function numberIn(file: string, metadata: Readonly<Record<string, string>>, key: string): number | null {
  const text = metadata[key];
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (text === 'null') return null;
  if (value >= 0 && Number.isFinite(value) && (key !== 'step' || Number.isSafeInteger(value))) return value;
  if (key === 'firstLoss' && Number.isFinite(value)) return value;
  throw new UserError(
    `${file}: expected a number as '${key}', found ${text === undefined ? 'none' : `'${text.slice(0, 60)}'`}; begin the training anew elsewhere.`,
  );
}

/** Removes the state of a training that is done. */
export async function forgetTraining(path: string): Promise<void> {
  await rm(join(path, STATE_FILE), { force: true });
}

function fill(
  file: string,
  tensors: ReadonlyMap<string, HostTensor>,
  prefix: string,
  into: Readonly<Record<string, HostTensor>>,
): void {
  for (const [name, { data }] of Object.entries(into))
    copy(file, tensors.get(`${prefix}${name}`), name, data);
}

function fillState(
  file: string,
  tensors: ReadonlyMap<string, HostTensor>,
  name: string,
  own: OptimizerState,
): void {
  for (const [key, data] of Object.entries(own))
    copy(file, tensors.get(`${OPTIMIZER}${key}/${name}`), `${key} of ${name}`, data);
}

function copy(file: string, tensor: HostTensor | undefined, what: string, into: HostTensor['data']): void {
  if (tensor?.data.length !== into.length)
    throw new UserError(
      `${file}: expected ${into.length} values of ${what}, found ${tensor ? tensor.data.length : 'none'}; begin the training anew elsewhere.`,
    );
  (into as Float64Array).set(tensor.data as Float64Array);
}

/**
 * A process that was killed may have written steps that its saved state does not know: they are done again.
 * @returns the least validation loss of the steps that stay.
 */
async function cutMetrics(directory: RunDirectory, lastStep: number): Promise<number> {
  const all = await readMetrics(directory.path);
  const kept = all.filter(({ step }) => step <= lastStep);
  if (kept.length < all.length) await directory.rewriteMetrics(kept.map((line) => formatJsonLine(line)));
  return Math.min(...kept.map(({ validationLoss = Number.POSITIVE_INFINITY }) => validationLoss));
}
