import { describe, expect, it } from 'vitest';
import { startedRun } from '../../../../src/app/runs/start.ts';
import { readRunFolder } from '../../../../web/playground/files/run-folder.ts';
import { ONE_AND_THREE, START } from '../small-record.ts';

const RUN = startedRun('mlp', START, new Date('2026-01-02T03:04:05Z'));
const LANCZOS = {
  version: 1,
  block: 'fc1.weight',
  probe: 0,
  dim: 20,
  seed: 0,
  probeKind: 'gaussian',
  precision: 'float32',
  steps: 2,
  reorthogonalize: false,
  ...ONE_AND_THREE,
  finished: 'steps',
};
const EXACT = {
  version: 1,
  block: 'fc2.weight',
  dim: 10,
  precision: 'float32',
  eigenvalues: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
};

/** Records as the files of a folder called `a`. */
function folder(records: Readonly<Record<string, unknown>>) {
  return Object.entries(records).map(([path, record]) => ({
    path: `a/${path}`,
    file: new File([JSON.stringify(record)], path),
  }));
}

describe('the folder of a run', () => {
  const started = { 'run.json': RUN, 'blocks.json': { version: 1, blocks: START.blocks } };

  it('that has not ended is read from coefficients and exact eigenvalues', async () => {
    const files = folder({
      ...started,
      'lanczos/fc1.weight/0.json': LANCZOS,
      'exact/fc2.weight.json': EXACT,
    });
    const { spectra } = await readRunFolder(files, 'a/');
    const first = spectra.get('fc1.weight');
    expect(first?.spectrum.probes[0]?.nodes[0]).toBeCloseTo(1, 12);
    expect(first?.spectrum.probes[0]?.nodes[1]).toBeCloseTo(3, 12);
    // One of the two probes has been begun.
    expect(first?.isWhole).toBe(false);
    expect(spectra.get('fc2.weight')).toMatchObject({ isWhole: true, spectrum: { method: 'exact' } });
    expect(spectra.get('fc2.weight')?.spectrum.trace?.mean).toBeCloseTo(55, 9);
    expect(spectra.has('full')).toBe(false);
  });

  it('of a training is refused', async () => {
    const files = folder({ ...started, 'run.json': { ...RUN, kind: 'training' } });
    await expect(readRunFolder(files, 'a/')).rejects.toThrow(/found the training of mlp/);
  });

  it('that lacks a record, or has a damaged one, is refused by its name', async () => {
    await expect(readRunFolder(folder({ 'run.json': RUN }), 'a/')).rejects.toThrow(/blocks\.json/);
    const damaged = folder({ ...started, 'run.json': { ...RUN, status: 'asleep' } });
    await expect(readRunFolder(damaged, 'a/')).rejects.toThrow(/run\.json/);
  });
});
