/** What stands in the files that make a model. */
import type { WeightsRecord } from '../../network/models/weights/index.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import { hashFile } from '../runs/hashes.ts';

/**
 * sha256 of each file that makes the model of a request: those of its weights, or the imported network, and its rules for
 * blocks; none where parameters are drawn.
 */
export async function modelDigests(
  { blocksFile }: SpectrumRequest,
  weights: { readonly record: WeightsRecord } | null,
): Promise<string[]> {
  const files = (weights?.record.files ?? []).map(({ sha256 }) => sha256);
  return blocksFile === undefined ? files : [...files, (await hashFile(blocksFile)).sha256];
}
