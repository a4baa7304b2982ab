import { UserError } from '../../errors.ts';
import type { OperatorSpectrum } from '../../spectrum/index.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { type MeasurementObserver, measureSpectrum } from '../../study/spectrum/measure.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { completeChoices, parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import { DEFAULT_SAVE_INTERVALS } from '../../study/spectrum/store.ts';
import type { Subject } from '../../study/spectrum/subject.ts';
import type { SpectrumResult } from '../../study/spectrum/summarise.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { timedEngine } from '../../tensor/engine/timed.ts';
import { createRunDirectory, openRunDirectory, type RunDirectory, readRun } from '../runs/directory.ts';
import { distancesFileOf, measurementStart, spectraFileOf } from '../runs/measured.ts';
import { dataDigest, refuseOtherData } from './data-digest.ts';
import { defaultThreads, describeEnvironment, spareBytes } from './environment.ts';
import type { JobEvent, JobOutcome, SpectrumJob } from './protocol.ts';
import { runStore } from './run-store.ts';
import { refuseOtherWeights } from './same-weights.ts';

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
  const directory = await openDirectory(job, subject, await describeEnvironment(engine.name, threads));
  try {
    host.emit({ type: 'opened', path: directory.path });
    for (const text of subject.model.notes ?? []) host.emit({ type: 'notice', text });
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

async function openDirectory(
  { request, place }: SpectrumJob,
  subject: Subject,
  environment: Record<string, string | number>,
): Promise<RunDirectory> {
  if ('resume' in place) {
    const directory = await openRunDirectory(place.resume);
    try {
      refuseOtherRequest(directory, request);
      refuseOtherWeights(directory, subject.weights);
      refuseOtherData(directory, subject.data);
      await directory.updateRun({ status: 'running', error: null, environment });
      return directory;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }
  const digest = dataDigest(subject.data);
  return createRunDirectory(place, measurementStart(subject, request, environment, digest));
}

/** A run holds the work of one request. @throws UserError naming what differs. */
function refuseOtherRequest({ path, run }: RunDirectory, request: SpectrumRequest): void {
  const different = differingChoices(completeChoices(request), parseSpectrumRequest(run.request));
  if (different.length > 0)
    throw new UserError(
      `The run at '${path}' was made with other choices: ${different.join('; ')}. Give the same ones, or choose another place for a new run.`,
    );
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

async function writeResult(directory: RunDirectory, result: SpectrumResult): Promise<void> {
  await directory.writeSpectra(spectraFileOf(result));
  const distances = distancesFileOf(result);
  if (distances) await directory.writeDistances(distances);
}

/** Figures as SVG and PNG, and the report as one HTML file. */
async function writeReport(directory: RunDirectory): Promise<void> {
  // Loaded when there is something to draw: the libraries that draw take longer to load than a small run takes.
  const { figuresOf, renderPng, renderReport } = await import('../report/index.ts');
  const record = await readRun(directory.path);
  for (const { name, svg } of figuresOf(record)) {
    await directory.writeFile(`figures/${name}.svg`, svg);
    await directory.writeFile(`figures/${name}.png`, renderPng(svg));
  }
  await directory.writeFile('report.html', renderReport([record]));
}
