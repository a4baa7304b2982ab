/** Spectrum jobs of a second or two, run as a child process and compared file by file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyRun } from '../../../src/app/runs/verify.ts';
import type { JobEvent, JobOutcome, SpectrumJob } from '../../../src/app/worker/protocol.ts';
import { parseSpectrumRequest, type SpectrumRequestInput } from '../../../src/study/spectrum/request.ts';
import { compiledModule } from '../../compiled/compiled.ts';

type Host = typeof import('../../../src/app/worker/host.ts');

const { startJob } = await compiledModule<Host>('app/worker/host.ts');

/** Some blocks of the smallest GPT and its whole Hessian; long enough to be killed on the way. */
export const PICO: SpectrumRequestInput = {
  model: 'gpt-pico',
  batch: 1,
  probes: 3,
  steps: 20,
  blocks: 'layer:1',
  threads: 1,
};

/** Two blocks of the MLP: a few dozen products. */
export const MLP: SpectrumRequestInput = {
  model: 'mlp',
  batch: 8,
  probes: 2,
  steps: 6,
  blocks: 'fc3.weight,fc4.bias',
  threads: 1,
};

/** Everything is written after each step, so that a kill finds vectors in the middle of a probe. */
export const EVERY_STEP = { coefficientsMs: 0, vectorsMs: 0 };

/** The same job, its units of work shared by two processes. */
export function shared(job: SpectrumJob, processes = 2): SpectrumJob {
  return { ...job, sharing: { kind: 'processes', processes } };
}

/** A job that writes no report. */
export function jobOf(
  request: SpectrumRequestInput,
  place: SpectrumJob['place'],
  saveEvery?: SpectrumJob['saveEvery'],
): SpectrumJob {
  return {
    request: parseSpectrumRequest(request),
    place,
    report: false,
    ...(saveEvery === undefined ? {} : { saveEvery }),
  };
}

/** What became of a job and what it told on its way. */
export interface FinishedJob {
  readonly outcome: JobOutcome;
  readonly events: readonly JobEvent[];
}

/** Runs a job in a child process to its end. */
export async function runJob(job: SpectrumJob): Promise<FinishedJob> {
  const events: JobEvent[] = [];
  const outcome = await startJob(job, (event) => events.push(event)).outcome;
  return { outcome, events };
}

/** The numbers of a request, measured undisturbed in a folder of their own. */
export async function measureFiles(request: SpectrumRequestInput): Promise<Record<string, string>> {
  const parent = mkdtempSync(join(tmpdir(), 'hesscope-undisturbed-'));
  try {
    const { outcome } = await runJob(jobOf(request, { parent }));
    return resultFiles(outcome.path);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** The numbers of a request, measured by several processes; the run is whole. */
export async function sharedFiles(
  request: SpectrumRequestInput,
  processes = 2,
): Promise<Record<string, string>> {
  const parent = mkdtempSync(join(tmpdir(), 'hesscope-shared-'));
  try {
    const { outcome } = await runJob(shared(jobOf(request, { parent }), processes));
    const { steps } = await verifyRun(outcome.path);
    const findings = steps.flatMap((step) => step.findings);
    if (outcome.type !== 'finished' || findings.length > 0)
      throw new Error(`expected a finished run that is whole, found ${JSON.stringify([outcome, findings])}`);
    return resultFiles(outcome.path);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Starts a job, and stops or kills it once it has computed as many products. */
export async function breakOff(job: SpectrumJob, products: number, how: 'stop' | 'kill'): Promise<void> {
  const running = startJob(job, (event) => {
    if (event.type === 'progress' && event.progress.productsDone >= products) running[how]();
  });
  await running.outcome.catch((error: Error) => {
    if (error.name !== 'ProcessEndedError') throw error;
  });
}

/** How many products a job took over from an earlier part of its run: those counted before its first own. */
export function productsTakenOver(events: readonly JobEvent[], probes: number): number {
  const first = events.find((event) => event.type === 'progress');
  return first?.type === 'progress' ? first.progress.productsDone - probes : 0;
}

/** The notices among events: what was found on disk and could not be used. */
export function noticesOf(events: readonly JobEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
}

/** The files that hold a run's numbers, by their paths: all coefficients, spectra and distances. */
export function resultFiles(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^((lanczos|exact)[/\\].*|spectra|distances)\.json$/.test(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}
