import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperatorSpectrum } from '../../spectrum/index.ts';
import { type MeasurementObserver, measureSpectrum } from '../../study/spectrum/measure.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { ProductStopped } from '../../study/spectrum/product-source.ts';
import { DEFAULT_SAVE_INTERVALS } from '../../study/spectrum/store.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { timedEngine } from '../../tensor/engine/timed.ts';
import type { RunDirectory } from '../runs/directory.ts';
import { STATE_FOLDER } from '../runs/layout.ts';
import { defaultThreads, describeEnvironment, environmentOn, spareBytes } from './environment.ts';
import type { JobHost } from './job-host.ts';
import { openRun } from './open-run.ts';
import { type JobOutcome, processesOf, type SpectrumJob } from './protocol.ts';
import type { SharedProducts } from './range-job.ts';
import { writeReport, writeResult } from './run-result.ts';
import { runStore } from './run-store.ts';

/**
 * Carries out a spectrum job in this process: measures, keeps everything in the run directory, writes figures and
 * report. A failure is recorded in the run and thrown again.
 */
export async function runSpectrumJob(job: SpectrumJob, host: JobHost): Promise<JobOutcome> {
  const { request } = job;
  const subject = await openSubject(request);
  const threads = request.threads ?? defaultThreads(processesOf(job.sharing));
  const engine = timedEngine(await openOnnxRuntimeEngine({ threads, device: request.device }));
  const directory = await openRun(job, subject, await describeEnvironment(engine.name, threads));
  let shared: SharedProducts | null = null;
  try {
    host.emit({ type: 'opened', path: directory.path });
    for (const text of subject.model.notes ?? []) host.emit({ type: 'notice', text });
    for (const text of await directory.discardDamaged()) host.emit({ type: 'notice', text });
    const earlierMs = directory.run.elapsedMs;
    const startedAt = performance.now();
    const earlierRuntimeMs = directory.run.runtimeMs ?? 0;
    if (job.sharing) {
      // Loaded where it is used: a run of one process starts no others.
      const { shareProducts } = await import('./range-job.ts');
      shared = await shareProducts(job.sharing, { subject, request, directory, threads }, host);
    }
    const { records } = shared ?? {};
    const times = () => ({
      elapsedMs: Math.round(earlierMs + performance.now() - startedAt),
      runtimeMs: Math.round(earlierRuntimeMs + engine.runMs + (records?.runtimeMs ?? 0)),
    });
    const { result, products } = await measureSpectrum(
      shared?.subject ?? subject,
      request,
      { engine, spareBytes: shared?.spareBytes ?? spareBytes(), products: shared?.products },
      runStore(directory, job.saveEvery ?? DEFAULT_SAVE_INTERVALS),
      observerOf(directory, host, times),
    );
    await shared?.close();
    shared = null;
    await records?.list.write(true);
    if (!result) {
      await directory.updateRun({ status: 'interrupted', ...times(), products });
      return { type: 'interrupted', path: directory.path };
    }
    // Vectors of products went through it; it is empty now.
    if (job.sharing) await rm(join(directory.path, STATE_FOLDER), { recursive: true, force: true });
    await writeResult(directory, result);
    const environment = environmentOn(directory.run.environment, records?.list.processors ?? []);
    await directory.updateRun({ status: 'finished', environment, ...times(), products, error: null });
    if (job.report) {
      host.emit({ type: 'reporting' });
      await writeReport(directory);
    }
    return { type: 'finished', path: directory.path };
  } catch (error) {
    if (error instanceof ProductStopped) {
      await directory.updateRun({ status: 'interrupted' });
      return { type: 'interrupted', path: directory.path };
    }
    // The disk may be what failed; the first error is the one to tell.
    await directory.updateRun({ status: 'failed', error: (error as Error).message }).catch(() => undefined);
    throw error;
  } finally {
    // The first error is the one to tell.
    await shared?.close().catch(() => undefined);
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
