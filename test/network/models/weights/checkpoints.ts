/** The checkpoints that Hugging Face's library wrote, with what it found: oracle/make_huggingface_fixtures.py. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Model, withoutDropout } from '../../../../src/network/models/model.ts';
import type { ParameterValues } from '../../../../src/network/models/parameters.ts';
import { readSafetensors } from '../../../../src/tensor/files/safetensors.ts';
import { inputName } from '../../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../../src/tensor/ops/index.ts';
import { evaluate } from '../../../tensor/evaluate.ts';

/** The folder of one of them. */
export const folderOf = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/huggingface/${name}`, import.meta.url));

/** The loss of a model with these parameters on a batch, by the interpreter. */
export async function lossOf(
  model: Model,
  values: ParameterValues,
  batch: Readonly<Record<string, HostTensor>>,
): Promise<number> {
  const b = newBuilder();
  const inputs = Object.fromEntries(
    Object.entries(batch).map(([name, type]) => [name, b.input(`batch.${name}`, type)]),
  );
  const parameters = Object.fromEntries(
    model.parameters
      .map(({ name }) => b.input(name, values[name] as HostTensor))
      .map((node) => [inputName(node), node]),
  );
  const loss = model.loss({ b, parameters, batch: inputs, dropout: withoutDropout });
  const feeds = Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [`batch.${name}`, tensor]));
  const [result] = await evaluate([loss], { ...values, ...feeds });
  return Number(result?.data[0]);
}

/**
 * What the library computed: its batch in hesscope's form, and the loss in float64.
 * @param positions for a GPT-2: how many of its six are used.
 */
export async function expectedOf(
  name: string,
  positions: 3 | 6 = 6,
): Promise<{
  readonly batch: Readonly<Record<string, HostTensor>>;
  readonly loss: number;
}> {
  const { tensors } = await readSafetensors(join(folderOf(name), 'expected.safetensors'));
  const tensor = (key: string) => tensors.get(key) as HostTensor;
  const loss = Number(tensor(positions === 3 ? 'loss_of_three' : 'loss').data[0]);
  if (tensors.has('input_ids')) return { batch: maskedBatch(tensor), loss };
  if (tensors.has('pixel_values')) {
    const { dtype, shape, data } = tensor('pixel_values');
    const [count = 0, ...rest] = shape;
    const flat = [count, rest.reduce((size, extent) => size * extent, 1)];
    return { batch: { images: { dtype, shape: flat, data }, labels: tensor('labels') }, loss };
  }
  return { batch: nextTokenBatch(tensor('tokens'), positions), loss };
}

/** Each sequence has one token more than the model has positions. */
function nextTokenBatch({ shape, data }: HostTensor, positions: number): Record<string, HostTensor> {
  const [sequences, length] = shape as [number, number];
  const values = data as BigInt64Array;
  const rows = Array.from({ length: sequences }, (_, row) =>
    Array.from(values.subarray(row * length, (row + 1) * length)),
  );
  return {
    tokens: int64(rows.flatMap((row) => row.slice(0, positions))),
    targets: int64(rows.flatMap((row) => row.slice(1, positions + 1))),
  };
}

/** The library marks what is not masked by the label -100. */
function maskedBatch(tensor: (key: string) => HostTensor): Record<string, HostTensor> {
  const labels = Array.from(tensor('labels').data as BigInt64Array);
  const rows = labels.flatMap((label, row) => (label === -100n ? [] : [row]));
  return {
    tokens: int64(Array.from(tensor('input_ids').data as BigInt64Array)),
    segments: int64(Array.from(tensor('token_type_ids').data as BigInt64Array)),
    maskedRows: int64(rows.map(BigInt)),
    maskedTargets: int64(rows.map((row) => labels[row] as bigint)),
    nextLabels: tensor('next_sentence_label'),
  };
}

function int64(values: readonly bigint[]): HostTensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values) };
}
