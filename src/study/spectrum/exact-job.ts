import type { BlockOperator } from '../../curvature/operator.ts';
import {
  denseMatrix,
  exactSpectrum,
  type OperatorSpectrum,
  symmetricEigenvalues,
} from '../../spectrum/index.ts';
import type { LanczosJobHooks } from './lanczos-job.ts';
import { unlessStopped } from './product-source.ts';
import type { ProbeStore } from './store.ts';

/**
 * All eigenvalues of a small block, from its dense Hessian: no probes, no quadrature, no error but rounding.
 * @returns the spectrum, or null when it was told to stop before the end; the few seconds until then are done again.
 */
export async function runExactJob(
  operator: BlockOperator,
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<OperatorSpectrum | null> {
  const eigenvalues = await denseEigenvalues(operator, store, hooks);
  return eigenvalues && exactSpectrum(operator.name, eigenvalues);
}

/** The eigenvalues themselves, ascending, as `runExactJob` finds them. */
export async function denseEigenvalues(
  operator: BlockOperator,
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<readonly number[] | null> {
  const { name, dim, precision } = operator;
  const stored = await store.loadExact({ block: name, dim, precision });
  if (stored) {
    hooks.onStored(dim);
    return stored;
  }
  const matrix = await unlessStopped(
    denseMatrix(operator, operator.columnsPerRun, async (count) => {
      hooks.onProducts(count);
      return !(await hooks.shouldStop());
    }),
  );
  if (!matrix) return null;
  const eigenvalues = Array.from(symmetricEigenvalues(matrix.entries, dim));
  await store.saveExact({ block: name, dim, precision }, eigenvalues);
  return eigenvalues;
}
