/** A case made concrete, the same for both sides: model, weights, batch and vectors. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WHOLE_MATRIX } from '../../src/curvature/model-curvature.ts';
import { selectBlocks } from '../../src/network/blocks.ts';
import { type Dataset, openDataset } from '../../src/network/data/index.ts';
import { type GptConfig, gpt } from '../../src/network/models/gpt.ts';
import type { Model, ParameterSpec } from '../../src/network/models/model.ts';
import { initialiseParameters, type ParameterValues } from '../../src/network/models/parameters.ts';
import { type ProbeRequest, sampleProbe, type Vector } from '../../src/spectrum/index.ts';
import { openSubject } from '../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest } from '../../src/study/spectrum/request.ts';
import { writeSafetensors } from '../../src/tensor/files/safetensors.ts';
import { type HostTensor, sizeOf } from '../../src/tensor/graph/type.ts';
import type { BenchmarkCase } from './cases.ts';
import { writeColouredDigits } from './coloured-digits.ts';

/** Of weights and vectors; the default of `hesscope spectrum`. */
export const SEED = 0;
export const PRECISION = 'float32';

/** Where pictures that are made for the benchmark go; relative, since its tables name it. */
const PICTURES = relative(
  process.cwd(),
  fileURLToPath(new URL('../../.cache/peers/coloured-digits', import.meta.url)),
);
/** So that every class has pictures. */
const PICTURE_BATCHES = 5;

export interface BenchmarkSubject {
  readonly family: BenchmarkCase['family'];
  readonly model: Model;
  readonly parameters: ParameterValues;
  /** One micro-batch. */
  readonly data: Dataset;
  /** The blocks of a step. */
  readonly blocks: readonly ParameterSpec[];
  /** What products are taken with: one vector for each parameter. */
  readonly vectors: Readonly<Record<string, Vector>>;
}

/** What the Python programs take as a case. */
export interface CaseDescription {
  readonly family: BenchmarkCase['family'];
  readonly config: Readonly<Record<string, unknown>>;
  readonly blocks: readonly string[];
  /** The file of tensors. */
  readonly path: string;
}

/** Opens the model, data and vectors of a case. @throws UserError as `openSubject` does. */
export async function openBenchmarkSubject(chosen: BenchmarkCase): Promise<BenchmarkSubject> {
  const { model, data } = await openModelAndData(chosen);
  return {
    family: chosen.family,
    model,
    data,
    parameters: initialiseParameters(model, SEED, PRECISION),
    blocks: selectBlocks(model, chosen.blocks),
    vectors: Object.fromEntries(
      model.parameters.map(({ name, shape }) => [name, draw(sizeOf(shape), ['benchmark', name])]),
    ),
  };
}

/**
 * Writes the case for the Python programs: tensors, and beside them a JSON file that describes them.
 *
 * @param withProbes whether the first Lanczos vectors of a whole run are written too.
 */
export async function writeCase(
  path: string,
  { family, model, parameters, data, blocks, vectors }: BenchmarkSubject,
  withProbes: boolean,
): Promise<CaseDescription> {
  await mkdir(dirname(path), { recursive: true });
  const prefixed = (prefix: string, tensors: Readonly<Record<string, HostTensor>>) =>
    Object.entries(tensors).map(([name, tensor]): [string, HostTensor] => [`${prefix}.${name}`, tensor]);
  const shaped = Object.fromEntries(
    model.parameters.map(({ name, shape }): [string, HostTensor] => [
      name,
      { dtype: PRECISION, shape, data: vectors[name] as Vector },
    ]),
  );
  await writeSafetensors(path, [
    ...prefixed('param', parameters),
    ...prefixed('batch', data.microBatch(0).tensors),
    ...prefixed('vector', shaped),
    ...prefixed('probe', withProbes ? probesOf(model, blocks) : {}),
  ]);
  const description: CaseDescription = {
    family,
    config: model.config,
    blocks: blocks.map(({ name }) => name),
    path,
  };
  await writeFile(descriptionPath(path), `${JSON.stringify(description, null, 2)}\n`);
  return description;
}

/** Where the description of a case's file of tensors is. */
export function descriptionPath(path: string): string {
  return path.replace(/\.safetensors$/, '.json');
}

/** The vectors from which `hesscope spectrum` starts the first probe of each operator. */
function probesOf(model: Model, blocks: readonly ParameterSpec[]): Record<string, HostTensor> {
  const dims: [string, number][] = [
    ...blocks.map(({ name, shape }): [string, number] => [name, sizeOf(shape)]),
    [WHOLE_MATRIX, model.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)],
  ];
  return Object.fromEntries(
    dims.map(([name, dim]) => [
      name,
      { dtype: PRECISION, shape: [dim], data: draw(dim, ['probe', name, 0]) },
    ]),
  );
}

/** Unit vectors of independent Gaussian elements. */
function draw(dim: number, path: ProbeRequest['path']): Vector {
  return sampleProbe({ kind: 'gaussian', dim, precision: PRECISION, seed: SEED, path });
}

async function openModelAndData(chosen: BenchmarkCase): Promise<{ model: Model; data: Dataset }> {
  const { contextLength, batch, imageSize, model } = chosen;
  const data = await sourceOf(chosen);
  const subject = await openSubject(parseSpectrumRequest({ model, data, imageSize, batch, seed: SEED }));
  if (contextLength === undefined || subject.data.kind !== 'text') return subject;
  // The presets that are shortened have this configuration; nothing else of them depends on the context.
  const config = subject.model.config as unknown as GptConfig;
  const shortened = await openDataset({
    source: data,
    batchSize: batch,
    microBatches: 1,
    contextLength,
    tokenizer: subject.data.tokenizer.name,
  });
  return { model: gpt(subject.model.name, { ...config, contextLength }), data: shortened };
}

/** What hesscope opens as the case's data. */
async function sourceOf({ data, batch }: BenchmarkCase): Promise<string> {
  return data === 'coloured-digits' ? writeColouredDigits(PICTURES, PICTURE_BATCHES * batch) : data;
}
