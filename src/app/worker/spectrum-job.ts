import type { OperatorSpectrum } from '../../spectrum/index.ts';
import { type MeasurementObserver, measureSpectrum } from '../../study/spectrum/measure.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { DEFAULT_SAVE_INTERVALS } from '../../study/spectrum/store.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { timedEngine } from '../../tensor/engine/timed.ts';
import type { RunDirectory } from '../runs/directory.ts';
import { defaultThreads, describeEnvironment, spareBytes } from './environment.ts';
import { openRun } from './open-run.ts';
import type { JobEvent, JobOutcome, SpectrumJob } from './protocol.ts';
import { writeReport, writeResult } from './run-result.ts';
import { runStore } from './run-store.ts';

/** What a job may ask of the process it runs in. */
export interface JobHost {
  emit(event: JobEvent): void;
  /** Resolves to true when the job is to stop; gives other work of the process its turn. */
  shouldStop(): Promise<boolean>;
}

/**
 * Carries out a spectrum job in this process: measures, keeps everything in the run directory, writes figures and
 * report. A failure is recorded in the run and thrown again.
 */
export async function runSpectrumJob(job: SpectrumJob, host: JobHost): Promise<JobOutcome> {
  const { request } = job;
  const subject = await openSubject(request);
  const threads = request.threads ?? defaultThreads();
  const engine = timedEngine(await openOnnxRuntimeEngine({ threads, device: request.device }));
  const directory = await openRun(job, subject, await describeEnvironment(engine.name, threads));
  try {
    host.emit({ type: 'opened', path: directory.path });
    for (const text of subject.model.notes ?? []) host.emit({ type: 'notice', text });
    for (const text of await directory.discardDamaged()) host.emit({ type: 'notice', text });
    const earlierMs = directory.run.elapsedMs;
    const startedAt = performance.now();
    const earlierRuntimeMs = directory.run.runtimeMs ?? 0;
    const times = () => ({
      elapsedMs: Math.round(earlierMs + performance.now() - startedAt),
      runtimeMs: Math.round(earlierRuntimeMs + engine.runMs),
    });
    const observer = observerOf(directory, host, times);
    const { result, products } = await measureSpectrum(
      subject,
      request,
      { engine, spareBytes: spareBytes() },
      runStore(directory, job.saveEvery ?? DEFAULT_SAVE_INTERVALS),
      observer,
    );
    if (!result) {
      await directory.updateRun({ status: 'interrupted', ...times(), products });
      return { type: 'interrupted', path: directory.path };
    }
    await writeResult(directory, result);
    await directory.updateRun({ status: 'finished', ...times(), products, error: null });
    if (job.report) {
      host.emit({ type: 'reporting' });
      await writeReport(directory);
    }
    return { type: 'finished', path: directory.path };
  } catch (error) {
    // The disk may be what failed; the first error is the one to tell.
    await directory.updateRun({ status: 'failed', error: (error as Error).message }).catch(() => undefined);
    throw error;
  } finally {
    await directory.close();
  }
}

/** How long a run has taken so far. */
type Times = () => { readonly elapsedMs: number; readonly runtimeMs: number };

function observerOf(directory: RunDirectory, host: JobHost, times: Times): MeasurementObserver {
  return {
    onReady: async (loss, { symmetryError, repeatable }, { estimatedMs, estimatedBytes, text }) => {
      const selfCheck = { symmetryError, repeatable };
      await directory.updateRun({ loss, selfCheck, plan: { estimatedMs, estimatedBytes, text } });
      host.emit({ type: 'planned', loss, text, estimatedMs });
    },
    onProgress: (progress) => host.emit({ type: 'progress', progress }),
    onSpectrum: (spectra: readonly OperatorSpectrum[]) =>
      directory.updateRun({ ...times(), products: productsOf(spectra) }),
    onNotice: (text) => host.emit({ type: 'notice', text }),
    shouldStop: () => host.shouldStop(),
  };
}

function productsOf(spectra: readonly OperatorSpectrum[]): number {
  return spectra.reduce(
    (sum, { probes }) => sum + probes.reduce((count, { alphas }) => count + alphas.length, 0),
    0,
  );
}
