/**
 * Parity cases: small networks with everything that PyTorch found about them, as `oracle/parity_case.py` writes
 * them. Serves the committed fixtures and the live check alike.
 */
import type { Dataset, MicroBatch } from '../../src/network/data/dataset.ts';
import type { Model } from '../../src/network/models/model.ts';
import { SafetensorsFile } from '../../src/tensor/files/safetensors.ts';
import type { FloatDType, HostTensor } from '../../src/tensor/graph/type.ts';
import { FAMILIES } from './parity-families.ts';

/** What a file's metadata say. */
interface CaseConfig {
  readonly case: string;
  /** A key of the families. */
  readonly family: string;
  readonly batchSize: number;
  readonly seed: number;
  /** Names in the model's order. */
  readonly parameters: readonly string[];
  /** PyTorch's own relative errors in float32; large live cases only. */
  readonly float32Errors?: Readonly<Record<'loss' | 'gradient' | 'hvp', number>>;
  readonly [setting: string]: unknown;
}

/** Tensors by the name of a parameter, float64. */
type ByParameter = Readonly<Record<string, HostTensor>>;

export interface ParityCase {
  readonly name: string;
  readonly config: CaseConfig;
  readonly model: Model;
  readonly parameters: ByParameter;
  /** The batch in one micro-batch. */
  readonly data: Dataset;
  readonly vector: ByParameter;
  readonly expected: {
    readonly loss: number;
    readonly gradient: ByParameter;
    /** The whole Hessian times the vector. */
    readonly product: ByParameter;
    /** Each diagonal block times its part of the vector. */
    readonly blockProducts: ByParameter;
    /** Ascending, by `full` or a parameter's name; empty unless the case has spectra. */
    readonly eigenvalues: ByParameter;
  };
}

/** Reads a case. @throws when its config does not give the parameters that its file has. */
export async function readParityCase(path: string): Promise<ParityCase> {
  const file = await SafetensorsFile.open(path);
  try {
    const config = JSON.parse(file.metadata.config as string) as CaseConfig;
    const group = async (prefix: string): Promise<ByParameter> => {
      const names = [...file.entries.keys()].filter((name) => name.startsWith(prefix));
      return Object.fromEntries(
        await Promise.all(
          names.map(async (name) => [name.slice(prefix.length), await file.read(name)] as const),
        ),
      );
    };
    const model = familyOf(config).model(config.case, config);
    const found = model.parameters.map(({ name }) => name).join(', ');
    if (found !== config.parameters.join(', '))
      throw new Error(`${path}: expected the parameters ${config.parameters.join(', ')}, found ${found}`);
    return {
      name: config.case,
      config,
      model,
      parameters: await group('param.'),
      data: datasetOf(config, await group('batch.'), 1),
      vector: await group('vector.'),
      expected: {
        loss: Number((await file.read('expected.loss')).data[0]),
        gradient: await group('expected.grad.'),
        product: await group('expected.hvp.'),
        blockProducts: await group('expected.block_hvp.'),
        eigenvalues: await group('expected.eigenvalues.'),
      },
    };
  } finally {
    await file.close();
  }
}

/** The same batch cut into equal micro-batches. */
export function cutIntoMicroBatches({ config, data }: ParityCase, count: number): Dataset {
  return datasetOf(config, data.microBatch(0).tensors, count);
}

/** The tensors in another precision. */
export function inPrecision(tensors: ByParameter, dtype: FloatDType): ByParameter {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const values = data as Float64Array;
      return [name, { dtype, shape, data: dtype === 'float32' ? Float32Array.from(values) : values }];
    }),
  );
}

/** A group's tensors one after the other, in the order of the names. */
export function flatten(tensors: ByParameter, names: readonly string[]): Float64Array {
  return Float64Array.from(
    names.flatMap((name) => {
      const tensor = tensors[name];
      if (!tensor) throw new Error(`expected a tensor '${name}', found ${Object.keys(tensors).join(', ')}`);
      return Array.from(tensor.data as Float64Array);
    }),
  );
}

function familyOf({ case: name, family }: CaseConfig) {
  const found = FAMILIES[family];
  if (!found)
    throw new Error(`${name}: expected a family of ${Object.keys(FAMILIES).join(', ')}, found ${family}`);
  return found;
}

function datasetOf(config: CaseConfig, tensors: ByParameter, count: number): Dataset {
  if (config.batchSize % count !== 0)
    throw new Error(
      `${config.case}: expected a divisor of ${config.batchSize} micro-batches, found ${count}`,
    );
  return familyOf(config).dataset(config, {
    name: config.case,
    description: `the batch of the parity case ${config.case}`,
    batchSize: config.batchSize / count,
    microBatchCount: count,
    microBatch: (index: number) => microBatch(tensors, index, count),
  });
}

/** Rows of all tensors from a share of the batch. */
function microBatch(tensors: ByParameter, index: number, count: number): MicroBatch {
  const parts = Object.entries(tensors).map(([name, { dtype, shape, data }]): [string, HostTensor] => {
    const size = data.length / count;
    const part = data.slice(index * size, (index + 1) * size);
    return [name, { dtype, shape: [(shape[0] as number) / count, ...shape.slice(1)], data: part }];
  });
  const rows = parts[0]?.[1].shape[0] as number;
  return { tensors: Object.fromEntries(parts), weight: rows };
}
