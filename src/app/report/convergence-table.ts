/** Where Lanczos stopped early, and what is left of the errors of the densities; for runs with a tolerance. */
import type { RunRecord } from '../runs/records.ts';
import { shortBlockNames } from './block-names.ts';
import { formatCount, formatNumber } from './format.ts';
import { type Column, renderHtml, renderText, terminalName } from './tables.ts';

/** One operator as the table shows it. */
export interface ConvergenceRow {
  readonly name: string;
  readonly shortName: string;
  /** Lanczos steps of all probes together, one product each. */
  readonly products: number;
  /** Of the probe that took fewest, and of the one that took most. */
  readonly fewestSteps: number;
  readonly mostSteps: number;
  /** Shares of the range of the nodes. */
  readonly stepError: number | null;
  readonly probeError: number | null;
}

/**
 * The blocks in the model's order, then the whole Hessian. Exact blocks have no such errors, and the density of zero
 * blocks is rounding; both are left out. Empty for a run without a tolerance.
 */
export function convergenceRows({ blocks, spectra }: RunRecord): ConvergenceRow[] {
  if (spectra === null) return [];
  const short = shortBlockNames(blocks.map(({ name }) => name));
  const all = spectra.full ? [...spectra.blocks, spectra.full] : spectra.blocks;
  return all.flatMap((spectrum) => {
    const { name, convergence, isZero } = spectrum;
    if (convergence === undefined || isZero) return [];
    const { steps, stepError, probeError } = convergence;
    const shortName = spectrum === spectra.full ? 'whole Hessian' : (short.get(name) ?? name);
    const products = steps.reduce((sum, taken) => sum + taken, 0);
    const [fewestSteps, mostSteps] = [Math.min(...steps), Math.max(...steps)];
    return [{ name, shortName, products, fewestSteps, mostSteps, stepError, probeError }];
  });
}

const COLUMNS: readonly Column<ConvergenceRow>[] = [
  {
    heading: 'steps',
    explanation: 'Lanczos steps of the probe that took fewest and of the one that took most',
    numeric: true,
    cell: ({ fewestSteps, mostSteps }) =>
      fewestSteps === mostSteps ? String(mostSteps) : `${fewestSteps} to ${mostSteps}`,
    value: ({ mostSteps }) => mostSteps,
  },
  {
    heading: 'products',
    explanation: 'Hessian products of all probes',
    numeric: true,
    cell: ({ products }) => formatCount(products),
    value: ({ products }) => products,
  },
  {
    heading: 'error of steps',
    explanation: 'Wasserstein-1 distance that more steps may still move the density, over its range',
    numeric: true,
    cell: ({ stepError }) => formatNumber(stepError, 2),
    value: ({ stepError }) => stepError,
  },
  {
    heading: 'error of probes',
    explanation: 'Wasserstein-1 distance that more probes may still move the density, over its range',
    numeric: true,
    cell: ({ probeError }) => formatNumber(probeError, 2),
    value: ({ probeError }) => probeError,
  },
];

/** For a terminal; null for a run without a tolerance. */
export function convergenceTableText(record: RunRecord): string | null {
  const rows = convergenceRows(record);
  if (rows.length === 0) return null;
  return renderText([{ heading: 'block', numeric: false, cell: terminalName }, ...COLUMNS], rows);
}

/** As HTML; empty for a run without a tolerance. */
export function convergenceTableHtml(record: RunRecord): string {
  const rows = convergenceRows(record);
  if (rows.length === 0) return '';
  const name: Column<ConvergenceRow> = {
    heading: 'block',
    numeric: false,
    cell: ({ shortName }) => shortName,
  };
  return renderHtml(
    [name, ...COLUMNS],
    rows,
    'Where probes stopped because their density had settled to the tolerance. Errors are Wasserstein-1 distances over the range of a spectrum; the sum of both bounds the error to be expected.',
  );
}
