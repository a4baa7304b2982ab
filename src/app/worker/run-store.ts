import type { LanczosState } from '../../spectrum/index.ts';
import type { ProbeIdentity, ProbeStore, SaveIntervals, StoredProbe } from '../../study/spectrum/store.ts';
import { loadExact, writeExactFile } from '../runs/exact-file.ts';
import {
  loadLanczos,
  removeLanczosState,
  writeLanczosFile,
  writeLanczosState,
} from '../runs/lanczos-file.ts';
import type { RecordPlace } from '../runs/write.ts';

/** Keeps a measurement's probes in a run directory, or in a folder laid out like one. */
export function runStore(directory: RecordPlace, saveEvery: SaveIntervals): ProbeStore {
  return {
    saveEvery,
    load: (identity, steps): Promise<StoredProbe> => loadLanczos(directory.path, identity, steps),
    saveCoefficients: (identity, state) =>
      writeLanczosFile(directory, { ...identity, ...coefficients(state) }),
    saveVectors: (identity, state) => saveVectors(directory.path, identity, state),
    forgetVectors: ({ block, probe }) => removeLanczosState(directory.path, block, probe),
    loadExact: (identity) => loadExact(directory.path, identity),
    saveExact: (identity, eigenvalues) => writeExactFile(directory, identity, eigenvalues),
  };
}

function coefficients({ steps, alphas, betas, finished }: LanczosState) {
  return { steps, alphas, betas, finished };
}

function saveVectors(path: string, identity: ProbeIdentity, state: LanczosState): Promise<void> {
  const { previous, current, basis, alphas, betas } = state;
  return writeLanczosState(
    path,
    identity,
    { step: alphas.length, previous, current, basis },
    { alphas, betas },
  );
}
