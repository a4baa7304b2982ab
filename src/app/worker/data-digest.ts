import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { Dataset } from '../../network/data/dataset.ts';
import type { RunDirectory } from '../runs/directory.ts';

/** The sha256 of all that products are taken on: names, types, shapes and values of every micro-batch, in their order. */
export function dataDigest({
  microBatchCount,
  microBatch,
}: Pick<Dataset, 'microBatchCount' | 'microBatch'>): string {
  const hash = createHash('sha256');
  for (let index = 0; index < microBatchCount; index++) {
    const { tensors, weight } = microBatch(index);
    for (const name of Object.keys(tensors).sort()) {
      const { dtype, shape, data } = tensors[name] as (typeof tensors)[string];
      hash.update(JSON.stringify([name, dtype, shape, weight]));
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex');
}

/** Files, and arrays that are given by name, may have changed. @throws UserError when the micro-batches are others. */
export function refuseOtherData({ path, run }: RunDirectory, data: Dataset): void {
  const { sha256, description } = run.data;
  if (sha256 !== undefined && sha256 !== dataDigest(data))
    throw new UserError(
      `The run at '${path}' was made with other data: what is read now as ${data.description} differs from what the run read as ${description}. Bring the old data back, or choose another place for a new run.`,
    );
}
