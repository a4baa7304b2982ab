/** What a finished run prints: tables for people, one JSON object for programs. */
import { join } from 'node:path';
import { blockTableText, jsZeroTableText } from '../report/index.ts';
import type { RunRecord } from '../runs/records.ts';

/** The block table, JS0 under each definition and where the report is. */
export function resultText(path: string, record: RunRecord): string {
  const { run } = record;
  const head = `${run.model.name} (${run.model.parameterCount.toLocaleString('en')} parameters) on ${run.data.description}`;
  const parts = [head, blockTableText(record)];
  if (record.distances) parts.push(jsZeroTableText(record));
  parts.push(`Run:    ${path}\nReport: ${join(path, 'report.html')}`);
  return parts.join('\n\n');
}

/** The numbers of a run without its long lists. */
export function resultJson(path: string, { run, spectra, distances }: RunRecord): Record<string, unknown> {
  const brief = (spectrum: NonNullable<RunRecord['spectra']>['blocks'][number]) => {
    const { probes: _, ...rest } = spectrum;
    return rest;
  };
  return {
    path,
    status: run.status,
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
