/** Networks exported from PyTorch with what it found about them, as `oracle/export_networks.py` writes them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ModelCurvature } from '../../../src/curvature/model-curvature.ts';
import { select } from '../../../src/curvature/primal.ts';
import { batchFeeds } from '../../../src/curvature/trace.ts';
import { type ArrayDataset, LOSS_TARGETS } from '../../../src/network/data/dataset.ts';
import type { ImportOptions } from '../../../src/network/models/imported.ts';
import { importNetwork } from '../../../src/network/models/imported-file.ts';
import type { LossName } from '../../../src/network/models/losses.ts';
import type { ParameterValues } from '../../../src/network/models/parameters.ts';
import type { Engine } from '../../../src/tensor/engine/engine.ts';
import { SafetensorsFile } from '../../../src/tensor/files/safetensors.ts';
import { graphOf } from '../../../src/tensor/graph/node.ts';
import type { FloatDType, HostTensor } from '../../../src/tensor/graph/type.ts';

export const EXPORTED_FOLDER = fileURLToPath(new URL('../../fixtures/onnx/', import.meta.url));
export const EXPORTERS = ['torchscript', 'dynamo'] as const;

interface CaseConfig {
  readonly case: string;
  readonly loss: LossName;
  readonly inputs: readonly string[];
  /** Whether parameters are as PyTorch starts them, many of them equal, and the vector is one of ones. */
  readonly fresh: boolean;
  /** PyTorch's parameters in the module's order. */
  readonly parameters: readonly string[];
}

export interface ExportedCase {
  readonly config: CaseConfig;
  readonly data: ArrayDataset;
  /** All of PyTorch's parameters one after the other, and the same for vector, gradient and product. */
  readonly parameters: Float64Array;
  readonly vector: Float64Array;
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly product: Float64Array;
}

/** Names of the cases that a folder holds. */
export function exportedCases(folder = EXPORTED_FOLDER): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => name.replace('.safetensors', ''));
}

export async function readExportedCase(name: string, folder = EXPORTED_FOLDER): Promise<ExportedCase> {
  const file = await SafetensorsFile.open(`${folder}/${name}.safetensors`);
  try {
    const config = JSON.parse(file.metadata.config as string) as CaseConfig;
    const group = async (prefix: string) => {
      const parts = await Promise.all(
        config.parameters.map((parameter) => file.read(`${prefix}.${parameter}`)),
      );
      return Float64Array.from(parts.flatMap(({ data }) => Array.from(data as Float64Array)));
    };
    const tensors: Record<string, HostTensor> = {};
    for (const input of config.inputs) tensors[input] = await file.read(`input.${input}`);
    if (file.entries.has('targets')) tensors[LOSS_TARGETS] = await file.read('targets');
    const rows = (tensors[config.inputs[0] as string] as HostTensor).shape[0] as number;
    return {
      config,
      data: {
        kind: 'arrays',
        name,
        description: `the batch of the exported case ${name}`,
        batchSize: rows,
        microBatchCount: 1,
        microBatch: () => ({ tensors, weight: rows }),
      },
      parameters: await group('param'),
      vector: await group('vector'),
      loss: Number((await file.read('expected.loss')).data[0]),
      gradient: await group('expected.grad'),
      product: await group('expected.hvp'),
    };
  } finally {
    await file.close();
  }
}

export interface ExportedErrors {
  readonly loss: number;
  readonly gradient: number;
  readonly product: number;
  /** PyTorch's parameters that the file lacks; their derivatives count as zero. */
  readonly absent: number;
}

/**
 * Relative errors of an imported file against PyTorch. Each number of the file's weights is looked up among PyTorch's
 * parameters, all different, so transposed, cut, joined and repeated weights are compared alike.
 */
export async function exportedErrors(
  exported: ExportedCase,
  path: string,
  engine: Engine,
  dtype: FloatDType,
  options: Partial<ImportOptions> = {},
): Promise<ExportedErrors> {
  const network = importNetwork(path, { loss: exported.config.loss, ...options });
  const weights = network.weights(dtype);
  // A vector of ones knows no order, so elements that cannot be told apart are compared in order of size.
  const places = exported.config.fresh
    ? null
    : placesOf(
        exported,
        network.model.parameters.map(({ name }) => name),
        weights,
      );
  const curvature = new ModelCurvature({
    model: network.model,
    parameters: weights,
    data: exported.data,
    engine,
    precision: dtype,
  });
  try {
    const gathered = places ? places.map((place) => exported.vector[place] as number) : [...exported.vector];
    const vector = dtype === 'float32' ? Float32Array.from(gathered) : Float64Array.from(gathered);
    const hessian = curvature.whole();
    const [found] = await hessian.matmat([vector]);
    const loss = await curvature.loss();
    const gradient = await gradientOf(curvature, exported, weights, engine, dtype);
    await hessian.release();
    const error = (values: ArrayLike<number>, expected: Float64Array) =>
      places
        ? relative(scattered(values, places, expected.length), expected)
        : relative(Float64Array.from(values).sort(), Float64Array.from(expected).sort());
    return {
      loss: Math.abs(loss - exported.loss) / Math.abs(exported.loss),
      gradient: error(gradient, exported.gradient),
      product: error(found as Float64Array, exported.product),
      absent: exported.parameters.length - (places ? new Set(places).size : hessian.dim),
    };
  } finally {
    await curvature.release();
  }
}

/** For each number of the file's weights its place among PyTorch's parameters. */
function placesOf(
  { parameters, config }: ExportedCase,
  names: readonly string[],
  weights: ParameterValues,
): number[] {
  const known = new Map(Array.from(parameters, (value, place) => [Math.fround(value), place] as const));
  return names.flatMap((name) =>
    Array.from((weights[name] as HostTensor).data as Float32Array, (value) => {
      const place = known.get(Math.fround(value));
      if (place === undefined)
        throw new Error(`${config.case}: the parameter ${name} holds ${value}, which none of PyTorch's does`);
      return place;
    }),
  );
}

async function gradientOf(
  curvature: ModelCurvature,
  { data }: ExportedCase,
  weights: ParameterValues,
  engine: Engine,
  dtype: FloatDType,
): Promise<number[]> {
  const { gradients, parameterInputs, batchInputs } = curvature.traced;
  const graph = graphOf(
    'gradient',
    [...batchInputs, ...parameterInputs],
    gradients.map((node, index) => ({ name: `g${index}`, node })),
  );
  const executable = await engine.compile(graph);
  const feeds = { ...batchFeeds(data.microBatch(0), dtype), ...weights };
  const results = await executable.run(select(feeds, executable.inputNames));
  await executable.release();
  return gradients.flatMap((_, index) =>
    Array.from((results[`g${index}`] as HostTensor).data as Float64Array),
  );
}

/** Sums what belongs to one of PyTorch's parameters: weights that the file repeats are one there. */
function scattered(values: ArrayLike<number>, places: readonly number[], size: number): Float64Array {
  const result = new Float64Array(size);
  for (const [index, place] of places.entries())
    result[place] = (result[place] as number) + (values[index] as number);
  return result;
}

function relative(found: Float64Array, expected: Float64Array): number {
  const norm = (vector: Float64Array) => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return norm(found.map((x, i) => x - (expected[i] as number))) / norm(expected);
}
