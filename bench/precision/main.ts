/** Measures what float32 does to spectra: `npm run bench:precision`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRun } from '../../src/app/runs/directory.ts';
import type { SpectraFile } from '../../src/app/runs/records.ts';
import { startJob } from '../../src/app/worker/host.ts';
import { meanMeasure, nodeRange, wassersteinOne } from '../../src/spectrum/index.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../src/study/spectrum/request.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import type { PrecisionResults, PrecisionRow } from './results.ts';

const MODELS = ['gpt-pico', 'mlp'];

type Spectrum = SpectraFile['blocks'][number];

const folder = await mkdtemp(join(tmpdir(), 'hesscope-precision-'));
try {
  const models: PrecisionResults['models'][number][] = [];
  for (const model of MODELS) models.push({ model, rows: await compare(model) });
  await writeResults('precision', { environment: benchEnvironment(), models } satisfies PrecisionResults);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(model: string): Promise<PrecisionRow[]> {
  const single = await measure({ model, precision: 'float32' });
  const double = await measure({ model, precision: 'float64' });
  const singleWhole = await measure({ model, precision: 'float32', reorthogonalize: true });
  const doubleWhole = await measure({ model, precision: 'float64', reorthogonalize: true });
  return double.map((spectrum, index): PrecisionRow => {
    const at = (spectra: readonly Spectrum[]) => spectra[index] as Spectrum;
    const { name, dim, method } = spectrum;
    return {
      name,
      dim,
      method: method === 'exact' ? 'exact' : 'lanczos',
      float32: relativeDistance(at(single), spectrum),
      reorthogonalised: relativeDistance(at(singleWhole), at(doubleWhole)),
      ghosts: relativeDistance(spectrum, at(doubleWhole)),
      largest: Math.abs(at(single).largest.mean / spectrum.largest.mean - 1),
    };
  });
}

async function measure(request: SpectrumRequestInput): Promise<readonly Spectrum[]> {
  console.error(`precision: ${JSON.stringify(request)}`);
  const job = startJob(
    { request: parseSpectrumRequest(request), place: { parent: folder }, report: false },
    () => undefined,
  );
  const { path } = await job.outcome;
  const { spectra } = await readRun(path);
  if (!spectra) throw new Error(`the run at '${path}' has no spectra`);
  return spectra.full ? [...spectra.blocks, spectra.full] : spectra.blocks;
}

function relativeDistance(found: Spectrum, expected: Spectrum): number {
  const { least, largest } = nodeRange([expected]);
  if (largest === least) return 0;
  return wassersteinOne(meanMeasure(found), meanMeasure(expected)) / (largest - least);
}
