/**
 * Where a tolerance was asked for: whether each probe ended where its own coefficients say, and whether the errors in
 * `spectra.json` are those of its probes. Each check returns a sentence for every contradiction.
 */
import { convergenceOf, settledStep } from '../../spectrum/index.ts';
import type { LanczosFile, RunFile, SpectraFile, SpectrumRecord } from './records.ts';

/** Both sides are shares of at most 1 from the same float64 sums; a wrong record is wrong in an early digit. */
const SHARE_TOLERANCE = 1e-9;

/** The end of `lanczos/<block>/<probe>.json` against the tolerance of `run.json`. */
export function checkSettled(file: LanczosFile, run: RunFile | null): string[] {
  // Other checks speak of coefficients that are not there and of lists of different lengths.
  if (run === null || file.alphas.length !== file.betas.length) return [];
  const where = `coefficients of ${file.block}, probe ${file.probe}`;
  const tolerance = toleranceOf(run);
  const taken = file.alphas.length;
  if (tolerance === null)
    return file.finished === 'settled' ? [`${where}: said to be settled, but run.json has no tolerance`] : [];
  const settled = settledStep(file, tolerance);
  if (file.finished === 'settled' && settled === null)
    return [`${where}: said to be settled after ${taken} steps, but they are not`];
  const goesOn = settled !== null && (settled < taken || file.finished === null);
  return goesOn ? [`${where}: settled after ${settled} steps, but they do not end there`] : [];
}

/** The convergence of each spectrum in `spectra.json` against its probes and against `run.json`. */
export function checkConvergence(spectra: SpectraFile, run: RunFile | null): string[] {
  const tolerance = run && toleranceOf(run);
  const all = spectra.full ? [spectra.full, ...spectra.blocks] : spectra.blocks;
  return all.flatMap((spectrum) => [
    ...(run === null ? [] : checkTolerance(spectrum, tolerance)),
    ...checkErrors(spectrum),
  ]);
}

function checkTolerance({ name, method, convergence }: SpectrumRecord, tolerance: number | null): string[] {
  const expected = method === 'exact' ? null : tolerance;
  const found = convergence?.tolerance ?? null;
  if (found === expected) return [];
  const say = (value: number | null) => (value === null ? 'none' : String(value));
  return [`spectrum ${name}: its tolerance is ${say(found)}, by run.json ${say(expected)}`];
}

function checkErrors(spectrum: SpectrumRecord): string[] {
  const { name, probes, convergence } = spectrum;
  if (convergence === undefined || !probes.every(isComplete)) return [];
  const expected = convergenceOf(spectrum, convergence.tolerance);
  const findings: string[] = [];
  if (convergence.steps.join() !== expected.steps.join())
    findings.push(
      `spectrum ${name}: steps ${convergence.steps.join()}, by its probes ${expected.steps.join()}`,
    );
  for (const key of ['stepError', 'probeError'] as const) {
    if (!agree(convergence[key], expected[key]))
      findings.push(`spectrum ${name}: ${key} ${convergence[key]}, by its probes ${expected[key]}`);
  }
  return findings;
}

/** Other checks speak of a probe that is not. */
function isComplete({ alphas, betas, nodes, weights }: SpectrumRecord['probes'][number]): boolean {
  return [betas, nodes, weights].every(({ length }) => length === alphas.length) && alphas.length > 0;
}

function agree(found: number | null, expected: number | null): boolean {
  if (found === null || expected === null) return found === expected;
  return Math.abs(found - expected) <= SHARE_TOLERANCE;
}

function toleranceOf({ request }: RunFile): number | null {
  return typeof request.tolerance === 'number' ? request.tolerance : null;
}
