/**
 * The coefficients of one probe, and the vectors to go on from.
 *
 * The coefficients are small and rewritten as they grow; the vectors are large and written now and then.
 * A kill therefore leaves vectors of step j beside j or more coefficients, and the run goes on from step j:
 * the later coefficients are dropped and come out the same again.
 */
import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Vector } from '../../spectrum/operator.ts';
import { readSafetensors, writeSafetensors } from '../../tensor/files/safetensors.ts';
import type { HostTensor } from '../../tensor/graph/type.ts';
import { allocate, formatType, sameShape } from '../../tensor/graph/type.ts';
import { errorCode, explainWriteFailure, messageOf } from './failures.ts';
import { sha256 } from './hashes.ts';
import { formatJson } from './json.ts';
import { lanczosPath, statePath } from './layout.ts';
import type { LanczosFile } from './records.ts';
import { RUN_FORMAT_VERSION } from './records.ts';
import { parseRecord, parseRecordText } from './schema.ts';
import { makeFolder, type RecordPlace } from './write.ts';

/** The tensors of a state file. */
const PREVIOUS = 'previous';
const CURRENT = 'current';
const BASIS = 'basis';

/** What must be the same for stored coefficients to belong to the probe that is asked for. */
export type LanczosIdentity = Pick<
  LanczosFile,
  'block' | 'probe' | 'dim' | 'seed' | 'probeKind' | 'precision' | 'reorthogonalize'
>;

/** The vectors after `step` steps, from which step `step` (0-based) is taken; each of length `dim`. */
export interface SavedVectors {
  /** How many alphas and betas came before. */
  readonly step: number;
  /** The vector of the last step done; null before the first. */
  readonly previous: Vector | null;
  /** The vector of the step that comes next. */
  readonly current: Vector;
  /** The vectors of all steps done, in order, with `reorthogonalize`; else null. */
  readonly basis: readonly Vector[] | null;
}

/** Where a probe stands when its run is opened. */
export interface LanczosResume {
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
  /** Null when there are steps to take: from `state`, or from step 0 when that is null too. */
  readonly finished: LanczosFile['finished'];
  readonly state: SavedVectors | null;
  /** Why something that was found is not used; null when all is used or nothing was there. */
  readonly reason: string | null;
}

/**
 * Writes the coefficients so far; with `finished` set the file gets its hash.
 *
 * @throws UserError when the disk does not take it; Error for a coefficient that is not finite, or when the
 *   numbers of alphas and betas differ.
 */
export async function writeLanczosFile(
  directory: RecordPlace,
  content: Omit<LanczosFile, 'version'>,
): Promise<void> {
  if (content.alphas.length !== content.betas.length) {
    throw new Error(
      `expected as many betas as alphas, found ${content.betas.length} and ${content.alphas.length}`,
    );
  }
  const path = lanczosPath(content.block, content.probe);
  const text = formatJson({ version: RUN_FORMAT_VERSION, ...content });
  parseRecord('lanczos', { version: RUN_FORMAT_VERSION, ...content }, path);
  await directory.write(path, text, content.finished !== null);
}

/**
 * Writes the vectors to go on from. Call it after {@link writeLanczosFile} with at least `state.step` steps:
 * vectors ahead of their coefficients would be refused. Nothing is to be saved after a breakdown that ended the
 * iteration: no step comes next.
 *
 * It takes a path, for the vectors may live in a child of the process that holds the run's lock.
 *
 * @param directory the path of the run directory.
 * @param coefficients those so far; the first `state.step` of them are bound to the vectors by a hash.
 * @throws UserError when the disk does not take it.
 */
export async function writeLanczosState(
  directory: string,
  identity: LanczosIdentity,
  state: SavedVectors,
  coefficients: Pick<LanczosFile, 'alphas' | 'betas'>,
): Promise<void> {
  if (coefficients.alphas.length < state.step || coefficients.betas.length < state.step) {
    throw new Error(`expected at least ${state.step} alphas and betas for vectors of step ${state.step}`);
  }
  const tensors = stateTensors(identity, state);
  const metadata = {
    step: String(state.step),
    identity: identityText(identity),
    coefficients: coefficientHash(coefficients, state.step),
    vectors: vectorHash(tensors),
  };
  const path = join(directory, statePath(identity.block, identity.probe));
  await makeFolder(dirname(path)).catch((error: unknown) => {
    throw explainWriteFailure(error, path);
  });
  await writeSafetensors(path, tensors, metadata);
}

/**
 * Removes the saved vectors of a probe whose coefficients are complete: they may be gigabytes and nothing needs them.
 *
 * @param directory the path of the run directory.
 */
export async function removeLanczosState(directory: string, block: string, probe: number): Promise<void> {
  await rm(join(directory, statePath(block, probe)), { force: true });
}

/**
 * Loads the newest coefficients and vectors of a probe that belong together.
 *
 * Nothing that stands on the disk makes it throw: what is torn, damaged, of another request or of another
 * file is passed over with a reason, and the probe starts again from step 0.
 *
 * @param steps the number of steps asked for now, which may differ from that of the run so far: of more
 *   coefficients the first `steps` are taken, from fewer the probe goes on if it can.
 */
export async function loadLanczos(
  directory: string,
  identity: LanczosIdentity,
  steps: number,
): Promise<LanczosResume> {
  const file = await readCoefficients(directory, identity);
  if (typeof file === 'string') return startAgain(file);
  if (file === null) return startAgain(null);
  const exhausted = file.finished !== null && file.finished !== 'steps';
  if (file.alphas.length >= steps || exhausted) {
    const finished = file.alphas.length <= steps && exhausted ? file.finished : 'steps';
    return { ...firstSteps(file, steps), finished, state: null, reason: null };
  }
  const path = statePath(identity.block, identity.probe);
  const stored = await readStored(join(directory, path));
  if (typeof stored === 'string') return startAgain(stored);
  if (stored === null) return startAgain(file.alphas.length === 0 ? null : `${path} is missing`);
  const fault = mismatch(stored, identity, file);
  if (fault !== null) return startAgain(`${path} ${fault}`);
  return {
    ...firstSteps(file, stored.step),
    finished: null,
    state: toVectors(stored, identity),
    reason: null,
  };
}

/**
 * Checks a state file by itself, as `hesscope verify` does.
 *
 * @returns what is wrong, or null when it is whole and its vectors are those that were written.
 */
export async function checkStateFile(path: string): Promise<string | null> {
  const stored = await readStored(path);
  return typeof stored === 'string' ? stored : null;
}

interface StoredState {
  readonly step: number;
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

function startAgain(reason: string | null): LanczosResume {
  return { alphas: [], betas: [], finished: null, state: null, reason };
}

function firstSteps(file: LanczosFile, steps: number): Pick<LanczosFile, 'alphas' | 'betas'> {
  return { alphas: file.alphas.slice(0, steps), betas: file.betas.slice(0, steps) };
}

/** A string says what is wrong; null is for a file that is not there. */
async function readCoefficients(
  directory: string,
  identity: LanczosIdentity,
): Promise<LanczosFile | string | null> {
  const path = lanczosPath(identity.block, identity.probe);
  let file: LanczosFile;
  try {
    file = parseRecordText('lanczos', await readFile(join(directory, path), 'utf8'), path);
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : messageOf(error);
  }
  if (identityText(file) !== identityText(identity)) {
    return `${path} belongs to another request: expected ${identityText(identity)}, found ${identityText(file)}`;
  }
  if (file.alphas.length !== file.betas.length) {
    return `${path} has ${file.alphas.length} alphas and ${file.betas.length} betas; expected as many of both`;
  }
  return file;
}

/** A string says what is wrong; null is for a file that is not there. */
async function readStored(path: string): Promise<StoredState | string | null> {
  try {
    await access(path);
  } catch {
    return null;
  }
  try {
    const { tensors, metadata } = await readSafetensors(path);
    const step = Number(metadata.step);
    if (metadata.step === undefined || !Number.isSafeInteger(step) || step < 0) {
      return `${path} does not say which step its vectors are from`;
    }
    if (vectorHash(tensors) !== metadata.vectors)
      return `${path} is damaged: its vectors do not fit their hash`;
    return { step, tensors, metadata };
  } catch (error) {
    return messageOf(error);
  }
}

function mismatch(stored: StoredState, identity: LanczosIdentity, file: LanczosFile): string | null {
  const { step, tensors, metadata } = stored;
  if (metadata.identity !== identityText(identity)) return `belongs to another request: ${metadata.identity}`;
  if (step > file.alphas.length) {
    return `is from step ${step}, but only ${file.alphas.length} steps have coefficients`;
  }
  if (metadata.coefficients !== coefficientHash(file, step)) return 'belongs to other coefficients';
  const { dim, precision, reorthogonalize } = identity;
  const expected = new Map<string, readonly number[]>([[CURRENT, [dim]]]);
  if (step > 0) expected.set(PREVIOUS, [dim]);
  if (step > 0 && reorthogonalize) expected.set(BASIS, [step, dim]);
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== precision || !sameShape(tensor.shape, shape)) {
      const found = tensor === undefined ? 'none' : formatType(tensor);
      return `should have ${name} as ${formatType({ dtype: precision, shape })}, found ${found}`;
    }
  }
  return null;
}

function stateTensors(identity: LanczosIdentity, state: SavedVectors): Map<string, HostTensor> {
  const { dim, precision } = identity;
  const basis = state.basis ?? [];
  checkVectors(identity, state);
  const tensors = new Map<string, HostTensor>([
    [CURRENT, { dtype: precision, shape: [dim], data: state.current }],
  ]);
  if (state.previous !== null) {
    tensors.set(PREVIOUS, { dtype: precision, shape: [dim], data: state.previous });
  }
  if (basis.length > 0) {
    const data = allocate(precision, basis.length * dim);
    for (const [row, vector] of basis.entries()) data.set(vector, row * dim);
    tensors.set(BASIS, { dtype: precision, shape: [basis.length, dim], data });
  }
  return tensors;
}

function checkVectors(identity: LanczosIdentity, state: SavedVectors): void {
  const { dim, precision, reorthogonalize } = identity;
  const { step, previous, current, basis } = state;
  const rows = basis === null ? null : basis.length;
  const wanted = reorthogonalize ? step : null;
  if (rows !== wanted || (previous === null) !== (step === 0)) {
    throw new Error(
      `the vectors of step ${step} should come with a basis of ${wanted} and, after step 0, a previous one; ` +
        `found a basis of ${rows}`,
    );
  }
  for (const vector of [current, ...(previous === null ? [] : [previous]), ...(basis ?? [])]) {
    if (vector.length !== dim || vector instanceof Float64Array !== (precision === 'float64')) {
      throw new Error(
        `expected vectors of ${dim} ${precision} numbers, found a ${vector.constructor.name} of ${vector.length}`,
      );
    }
  }
}

function toVectors({ step, tensors }: StoredState, { dim, reorthogonalize }: LanczosIdentity): SavedVectors {
  const previous = tensors.get(PREVIOUS);
  const basis = tensors.get(BASIS);
  // Copies of the rows, so that one of them does not keep the whole basis alive.
  const row = (index: number) => vectorOf(basis!).slice(index * dim, (index + 1) * dim);
  return {
    step,
    previous: previous === undefined ? null : vectorOf(previous),
    current: vectorOf(tensors.get(CURRENT)!),
    basis: reorthogonalize ? Array.from({ length: step }, (_, index) => row(index)) : null,
  };
}

function vectorOf({ data }: HostTensor): Vector {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new Error(`expected a floating-point vector, found a ${data.constructor.name}`);
}

function identityText(identity: LanczosIdentity): string {
  const { block, probe, dim, seed, probeKind, precision, reorthogonalize } = identity;
  return JSON.stringify({ block, probe, dim, seed, probeKind, precision, reorthogonalize });
}

/** Binds vectors to the bits of the first `step` coefficients. */
function coefficientHash({ alphas, betas }: Pick<LanczosFile, 'alphas' | 'betas'>, step: number): string {
  const bits = new Float64Array([...alphas.slice(0, step), ...betas.slice(0, step)]);
  return sha256(new Uint8Array(bits.buffer));
}

function vectorHash(tensors: ReadonlyMap<string, HostTensor>): string {
  const hash = createHash('sha256');
  for (const name of [PREVIOUS, CURRENT, BASIS]) {
    const tensor = tensors.get(name);
    if (tensor === undefined) continue;
    const { data } = tensor;
    hash.update(`${name} ${formatType(tensor)}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
