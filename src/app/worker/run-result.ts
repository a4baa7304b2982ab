/** What a job leaves in its run at the end. */
import type { SpectrumResult } from '../../study/spectrum/summarise.ts';
import { type RunDirectory, readRun } from '../runs/directory.ts';
import { distancesFileOf, spectraFileOf } from '../runs/measured.ts';

/** Spectra and distances. */
export async function writeResult(directory: RunDirectory, result: SpectrumResult): Promise<void> {
  await directory.writeSpectra(spectraFileOf(result));
  const distances = distancesFileOf(result);
  if (distances) await directory.writeDistances(distances);
}

/** Figures as SVG and PNG, and the report as one HTML file. */
export async function writeReport(directory: RunDirectory): Promise<void> {
  // Loaded when there is something to draw: the libraries that draw take longer to load than a small run takes.
  const { figuresOf, renderPng, renderReport } = await import('../report/index.ts');
  const record = await readRun(directory.path);
  for (const { name, svg } of figuresOf(record)) {
    await directory.writeFile(`figures/${name}.svg`, svg);
    await directory.writeFile(`figures/${name}.png`, renderPng(svg));
  }
  await directory.writeFile('report.html', renderReport([record]));
}
