import { createHash } from 'node:crypto';
import type { Dataset } from '../../network/data/dataset.ts';

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
