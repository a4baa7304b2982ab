/** A run small enough to be worked out by hand: two blocks, one probe, two steps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunDirectory, RunPlace } from '../../../src/app/runs/directory.ts';
import { createRunDirectory } from '../../../src/app/runs/directory.ts';
import type { LanczosIdentity } from '../../../src/app/runs/lanczos-file.ts';
import { writeLanczosFile, writeLanczosState } from '../../../src/app/runs/lanczos-file.ts';
import type { DistancesFile, SpectraFile, SpectrumRecord } from '../../../src/app/runs/records.ts';
import type { RunStart } from '../../../src/app/runs/start.ts';

/** A new empty folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hesscope-runs-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export const start: RunStart = {
  request: { model: 'mlp', steps: 2, probes: 1, seed: 7 },
  model: { name: 'mlp', parameterCount: 8, blockCount: 2 },
  data: { description: 'two moons', examplesPerBatch: 4, microBatches: 1 },
  environment: { node: process.version, threads: 1 },
  blocks: ['layer.1.weight', 'layer.2.weight'].map((name, index) => ({
    name,
    shape: [2, 2],
    size: 4,
    kind: 'linear',
    layer: index + 1,
    selected: true,
  })),
};

export const identity: LanczosIdentity = {
  block: 'layer.1.weight',
  probe: 0,
  dim: 4,
  seed: 7,
  probeKind: 'gaussian',
  precision: 'float64',
  reorthogonalize: false,
};

/**
 * T = [[2, 1], [1, 2]] has the eigenvalues 1 and 3 with eigenvectors (1, -1)/sqrt 2 and (1, 1)/sqrt 2:
 * nodes 1 and 3, weights 1/2 and 1/2. The last beta is the one that was cut off.
 */
export const coefficients = { alphas: [2, 2], betas: [1, 0.5] };

function spectrum(name: string): SpectrumRecord {
  const one = (mean: number) => ({ mean, standardError: null });
  return {
    name,
    dim: 4,
    method: 'lanczos',
    isZero: false,
    probes: [{ ...coefficients, nodes: [1, 3], weights: [0.5, 0.5], residualBounds: [0.25, 0.25] }],
    largest: one(3),
    least: one(1),
    trace: one(8),
    frobenius: one(Math.sqrt(20)),
    negativeMass: one(0),
    zeroMass: one(0),
    normaliser: { value: 3, rule: 'largest absolute node' },
  };
}

export const spectra: SpectraFile = {
  version: 1,
  full: null,
  blocks: start.blocks.map(({ name }) => spectrum(name)),
  density: { sigmaRule: 'silverman', gridPoints: 1024 },
};

export const distances: DistancesFile = {
  version: 1,
  zeroBlocks: { names: [], treatment: 'left out' },
  definitions: [
    {
      definition: 'jsd',
      description: 'Jensen-Shannon divergence in nats',
      blocks: start.blocks.map(({ name }) => name),
      matrix: [
        [0, 0.25],
        [0.25, 0],
      ],
      js0: { mean: 0.25, standardError: null },
      js0WholeMatrix: 0.125,
      noiseFloor: null,
    },
  ],
};

/** A finished run with every kind of file, in a folder of its own unless a place is given; returns its path. */
export async function finishedRun(place?: RunPlace): Promise<string> {
  const directory = await createRunDirectory(place ?? { parent: await temporaryFolder() }, start);
  await fillRun(directory);
  await directory.close();
  return directory.path;
}

async function fillRun(directory: RunDirectory): Promise<void> {
  for (const { block } of [identity, { block: 'layer.2.weight' }]) {
    const probe = { ...identity, block };
    await writeLanczosFile(directory, { ...probe, steps: 2, ...coefficients, finished: 'steps' });
    await writeLanczosState(
      directory.path,
      probe,
      { step: 2, previous: new Float64Array([1, 2, 3, 4]), current: new Float64Array(4), basis: null },
      coefficients,
    );
  }
  await directory.appendMetrics({ step: 0, loss: 1.5 });
  await directory.appendMetrics({ step: 1, loss: 1.25 });
  await directory.writeSpectra(spectra);
  await directory.writeDistances(distances);
  await directory.writeFile('report.html', '<!doctype html>');
  await directory.writeFile('figures/spectra.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await directory.updateRun({ status: 'finished', loss: 1.25, elapsedMs: 12, products: 4 });
}
