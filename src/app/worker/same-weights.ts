import { UserError } from '../../errors.ts';
import type { WeightsRecord } from '../../network/models/weights/index.ts';
import type { RunDirectory } from '../runs/directory.ts';

/**
 * A run is gone on with only with the weights that it began with: the same name may hold others by now.
 *
 * @param weights as they are read now; null where parameters are drawn.
 * @throws UserError naming the first file that differs.
 */
export function refuseOtherWeights(
  { path, run }: RunDirectory,
  weights: { readonly record: WeightsRecord } | null,
): void {
  const now = weights?.record.files ?? [];
  const before = run.model.weights?.files ?? [];
  const changed = now.find(({ sha256 }, index) => before[index]?.sha256 !== sha256);
  if (changed)
    throw new UserError(
      `The run at '${path}' was made with other weights: ${changed.name} has another sha256 now, ${changed.sha256}. Bring the old file back, or choose another place for a new run.`,
    );
}
