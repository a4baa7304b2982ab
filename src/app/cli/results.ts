/** What a finished run prints: tables for people, one JSON object for programs. */
import { join } from 'node:path';
import { convergenceTableText } from '../report/convergence-table.ts';
import { blockTableText, jsZeroTableText } from '../report/tables.ts';
import type { RunRecord } from '../runs/records.ts';
import type { JobOutcome } from '../worker/protocol.ts';

/**
 * The block table, steps and errors where a tolerance was given, JS0 under each definition, and where the run is, with
 * its report where one was asked for.
 */
export function resultText(path: string, record: RunRecord, hasReport: boolean): string {
  const { run } = record;
  const { name, parameterCount, options = {}, notes = [] } = run.model;
  const settings = Object.entries(options).map(([option, value]) => `, ${option}=${value}`);
  const head = `${name} (${parameterCount.toLocaleString('en')} parameters${settings.join('')}) on ${run.data.description}`;
  const parts = [[head, ...notes].join('\n'), blockTableText(record)];
  const convergence = convergenceTableText(record);
  if (convergence !== null) parts.push(convergence);
  if (record.distances) parts.push(jsZeroTableText(record));
  parts.push(hasReport ? `Run:    ${path}\nReport: ${join(path, 'report.html')}` : `Run:    ${path}`);
  return parts.join('\n\n');
}

/**
 * The numbers of a run without its long lists.
 * @param status how the job ended, which a run whose process was killed does not know.
 */
export function resultJson(
  path: string,
  status: JobOutcome['type'],
  { run, spectra, distances }: RunRecord,
): Record<string, unknown> {
  const brief = (spectrum: NonNullable<RunRecord['spectra']>['blocks'][number]) => {
    const { probes: _, ...rest } = spectrum;
    return rest;
  };
  return {
    path,
    status,
    model: run.model,
    loss: run.loss,
    elapsedMs: run.elapsedMs,
    products: run.products,
    full: spectra?.full ? brief(spectra.full) : null,
    blocks: spectra?.blocks.map(brief) ?? [],
    js0: Object.fromEntries(
      distances?.definitions.map(({ definition, js0, js0WholeMatrix, noiseFloor }) => [
        definition,
        { ...js0, wholeMatrix: js0WholeMatrix, noiseFloor },
      ]) ?? [],
    ),
  };
}
