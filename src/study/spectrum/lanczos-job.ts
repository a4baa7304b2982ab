import type { BlockOperator } from '../../curvature/operator.ts';
import {
  advanceLanczos,
  convergenceOf,
  type LanczosState,
  lanczosSpectrum,
  type OperatorSpectrum,
  sampleProbe,
  startLanczos,
} from '../../spectrum/index.ts';
import type { PlannedOperator } from './plan.ts';
import { unlessStopped } from './product-source.ts';
import type { SpectrumRequest } from './request.ts';
import type { ProbeIdentity, ProbeStore } from './store.ts';

/** One probe on its way. */
interface RunningProbe {
  readonly identity: ProbeIdentity;
  readonly state: LanczosState;
  savedSteps: number;
  /** Whether it was saved with its end; it is not written again then. */
  isSavedToItsEnd: boolean;
}

export interface LanczosJobHooks {
  /** Called after each step of a group of probes with the number of products computed. */
  onProducts(count: number): void;
  /** Called with the number of products that an earlier run left. */
  onStored(count: number): void;
  /** Called with what was found on disk and could not be used. */
  onNotice(text: string): void;
  /** Resolves to true when the work is to stop; everything is saved first. */
  shouldStop(): Promise<boolean>;
}

/**
 * Runs Lanczos for all probes of one operator (Algorithm 5, lines 2 to 5), a group of them in lockstep, going on from
 * what the store holds.
 * @returns the operator's spectrum, or null when it was told to stop before the end.
 */
export async function runLanczosJob(
  operator: BlockOperator,
  planned: PlannedOperator,
  request: SpectrumRequest,
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<OperatorSpectrum | null> {
  const all = { first: 0, count: request.probes };
  const finished = await runProbes(operator, planned, all, request, store, hooks);
  return finished && probesSpectrum(operator.name, operator.dim, finished, request);
}

/** Some of an operator's probes, by their numbers. */
export interface ProbeRange {
  /** 0-based. */
  readonly first: number;
  readonly count: number;
}

/**
 * Runs Lanczos for some probes of an operator as `runLanczosJob` does for all.
 *
 * @param lockstep how many of them advance together.
 * @returns the probes' states at their end, or null when it was told to stop before.
 */
export async function runProbes(
  operator: BlockOperator,
  { steps, lockstep }: Pick<PlannedOperator, 'steps' | 'lockstep'>,
  { first, count }: ProbeRange,
  request: SpectrumRequest,
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<LanczosState[] | null> {
  const finished: LanczosState[] = [];
  const end = first + count;
  for (let start = first; start < end; start += lockstep) {
    const group: RunningProbe[] = [];
    for (let probe = start; probe < Math.min(start + lockstep, end); probe++)
      group.push(await openProbe(operator, probe, steps, request, store, hooks));
    if (!(await advanceGroup(operator, group, store, hooks))) return null;
    finished.push(...group.map(({ state }) => state));
  }
  return finished;
}

/** The spectrum of an operator all of whose probes are done, with how far it has settled where that was asked for. */
export function probesSpectrum(
  name: string,
  dim: number,
  probes: readonly Pick<LanczosState, 'alphas' | 'betas'>[],
  { tolerance }: Pick<SpectrumRequest, 'tolerance'>,
): OperatorSpectrum {
  const spectrum = lanczosSpectrum(name, dim, probes);
  return tolerance === undefined
    ? spectrum
    : { ...spectrum, convergence: convergenceOf(spectrum, tolerance) };
}

async function openProbe(
  operator: BlockOperator,
  probe: number,
  steps: number,
  request: SpectrumRequest,
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<RunningProbe> {
  const { name, dim, precision } = operator;
  const { seed, probeKind, reorthogonalize, tolerance } = request;
  const identity: ProbeIdentity = { block: name, probe, dim, seed, probeKind, precision, reorthogonalize };
  const stored = await store.load(identity, steps);
  if (stored.reason) hooks.onNotice(`${name}, probe ${probe + 1}: starts again, because ${stored.reason}`);
  const path = ['probe', name, probe];
  const vector = stored.state?.current ?? sampleProbe({ kind: probeKind, dim, precision, seed, path });
  const state = startLanczos(vector, { steps, tolerance, reorthogonalize, freshVectors: { seed, path } });
  if (stored.finished || stored.state) {
    state.alphas.push(...stored.alphas);
    state.betas.push(...stored.betas);
    state.finished = stored.finished;
    state.previous = stored.state?.previous ?? null;
    state.basis?.push(...(stored.state?.basis ?? []));
    hooks.onStored(stored.alphas.length);
  }
  return { identity, state, savedSteps: state.alphas.length, isSavedToItsEnd: false };
}

/** Advances a group to its end. @returns false when it was told to stop. */
async function advanceGroup(
  operator: BlockOperator,
  group: readonly RunningProbe[],
  store: ProbeStore,
  hooks: LanczosJobHooks,
): Promise<boolean> {
  let coefficientsSavedAt = performance.now();
  let vectorsSavedAt = coefficientsSavedAt;
  const states = group.map(({ state }) => state);
  while (states.some((state) => state.finished === null)) {
    if (await hooks.shouldStop()) return stopped(group, store);
    const products = await unlessStopped(advanceLanczos(operator, states));
    // States are as before.
    if (products === null) return stopped(group, store);
    hooks.onProducts(products);
    const now = performance.now();
    if (now - coefficientsSavedAt >= store.saveEvery.coefficientsMs) {
      await saveCoefficients(group, store);
      coefficientsSavedAt = now;
    }
    if (now - vectorsSavedAt >= store.saveEvery.vectorsMs) {
      await saveCoefficients(group, store);
      await saveVectors(group, store);
      vectorsSavedAt = now;
    }
  }
  await saveCoefficients(group, store);
  for (const { identity } of group) await store.forgetVectors(identity);
  return true;
}

/** Saves all of a group that is told to stop. */
async function stopped(group: readonly RunningProbe[], store: ProbeStore): Promise<false> {
  await saveCoefficients(group, store);
  await saveVectors(group, store);
  return false;
}

async function saveCoefficients(group: readonly RunningProbe[], store: ProbeStore): Promise<void> {
  for (const probe of group) {
    const hasEnded = probe.state.finished !== null;
    if (probe.savedSteps === probe.state.alphas.length && probe.isSavedToItsEnd === hasEnded) continue;
    await store.saveCoefficients(probe.identity, probe.state);
    probe.savedSteps = probe.state.alphas.length;
    probe.isSavedToItsEnd = hasEnded;
  }
}

async function saveVectors(group: readonly RunningProbe[], store: ProbeStore): Promise<void> {
  for (const { identity, state } of group)
    if (state.finished === null && state.alphas.length > 0) await store.saveVectors(identity, state);
}
