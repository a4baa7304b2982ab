/** An exact Hessian in a folder: matrix, figures and numbers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExactHessian, exactHessian } from '../../study/exact/measure.ts';
import type { ExactRequest } from '../../study/exact/request.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { writeSafetensors } from '../../tensor/files/safetensors.ts';
import { exactFigures, formatDuration } from '../report/index.ts';
import { readKeptRecord } from '../runs/kept-record.ts';
import { writeJson } from '../runs/write.ts';
import { defaultThreads } from '../worker/environment.ts';
import { writePicture } from './picture.ts';

const RECORD_FILE = 'exact.json';

/** `exact.json` */
export interface ExactRecord extends Omit<ExactHessian, 'entries' | 'eigenvalues' | 'groups'> {
  readonly request: ExactRequest;
  /** SHA-256 of the checkpoint whose parameters were taken, in hexadecimal; null for others. */
  readonly checkpoint: string | null;
  readonly groups: readonly {
    readonly name: string;
    readonly parameters: readonly string[];
    readonly start: number;
    readonly size: number;
  }[];
  /** Ascending. */
  readonly eigenvalues: readonly number[];
}

/**
 * Forms the matrix.
 *
 * @param tell hears how far the work has come, and answers false to end it.
 * @returns null when it was ended.
 * @throws UserError as {@link exactHessian} does.
 */
export async function formExact(
  request: ExactRequest,
  tell: (text: string) => Promise<boolean>,
): Promise<ExactHessian | null> {
  const { device, threads = defaultThreads() } = request;
  const engine = await openOnnxRuntimeEngine({ threads, device });
  const startedAt = performance.now();
  return exactHessian(request, engine, (done, dim) => {
    const leftMs = ((performance.now() - startedAt) / done) * (dim - done);
    return tell(`${done} of ${dim} columns, ${formatDuration(leftMs)} left`);
  });
}

/** Writes matrix, figures and, last, the numbers. @returns the numbers. */
export async function writeExact(
  folder: string,
  request: ExactRequest,
  hessian: ExactHessian,
  checkpoint: string | null = null,
): Promise<ExactRecord> {
  const { entries, eigenvalues, groups, ...facts } = hessian;
  const record = {
    request,
    checkpoint,
    ...facts,
    groups: groups.map(({ name, slices, start, size }) => ({
      name,
      parameters: [...new Set(slices.map(({ parameter }) => parameter.name))],
      start,
      size,
    })),
    eigenvalues: Array.from(eigenvalues),
  };
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'hessian.safetensors'), [
    ['hessian', { dtype: 'float64', shape: [hessian.dim, hessian.dim], data: entries }],
    ['eigenvalues', { dtype: 'float64', shape: [hessian.dim], data: eigenvalues }],
  ]);
  for (const { name, svg } of exactFigures(hessian)) await writePicture(join(folder, name), svg);
  await writeJson(join(folder, RECORD_FILE), record);
  return record;
}

/** The numbers of a folder; null where none have been written. */
export async function readExact(folder: string): Promise<ExactRecord | null> {
  return readKeptRecord<ExactRecord>(join(folder, RECORD_FILE), {
    request: 'object',
    groups: 'list',
    eigenvalues: 'list',
    structure: 'object',
  });
}
