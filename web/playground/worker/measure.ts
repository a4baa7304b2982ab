/** A measurement from the request to the distances: the same steps as `hesscope spectrum`, told to the page as they go. */
import { distancesFileOf, measurementStart, spectraFileOf } from '../../../src/app/runs/measured.ts';
import { type MeasurementObserver, measureSpectrum } from '../../../src/study/spectrum/measure.ts';
import { parseSpectrumRequest } from '../../../src/study/spectrum/request.ts';
import type { ProbeStore } from '../../../src/study/spectrum/store.ts';
import { timedEngine } from '../../../src/tensor/engine/timed.ts';
import { RUNTIME_FOLDER } from '../build/asset-names.ts';
import { openBrowserEngine } from '../engine/onnxruntime-web.ts';
import type { FromWorker, MeasureMessage } from './protocol.ts';
import { openSubject } from './subject.ts';

/** Whom a measurement speaks to. */
export interface Listener {
  post(message: FromWorker): void;
  /** Whether the reader wants no more. */
  isStopping(): boolean;
}

/** Memory for what is kept between products; WebAssembly has 4 GiB for everything. */
const SPARE_BYTES = 2 ** 30;
/** A curve that changes more often than this is not followed by the eye. */
const COEFFICIENTS_EVERY_MS = 120;
const PROGRESS_EVERY_MS = 100;

/**
 * Carries a measurement out.
 * @throws UserError for choices that do not fit; Error when something else fails.
 */
export async function measure(message: MeasureMessage, listener: Listener): Promise<void> {
  const request = parseSpectrumRequest(message.request);
  const subject = await openSubject(message, request);
  const { device, threads = 1 } = request;
  const opened = await openBrowserEngine({
    device: device === 'webgpu' ? 'webgpu' : 'wasm',
    threads,
    files: new URL(RUNTIME_FOLDER, message.assets).href,
  });
  const engine = timedEngine(opened);
  listener.post({
    type: 'opened',
    start: measurementStart(subject, request, {
      hesscope: __HESSCOPE_VERSION__,
      engine: engine.name,
      browser: navigator.userAgent,
      threads,
    }),
  });
  for (const text of subject.model.notes ?? []) listener.post({ type: 'notice', text });
  const startedAt = performance.now();
  const { result, products } = await measureSpectrum(
    subject,
    request,
    { engine, spareBytes: SPARE_BYTES },
    postingStore(listener),
    postingObserver(listener),
  );
  const effort = {
    products,
    elapsedMs: Math.round(performance.now() - startedAt),
    runtimeMs: Math.round(engine.runMs),
  };
  if (!result) return listener.post({ type: 'stopped', ...effort });
  listener.post({
    type: 'finished',
    spectra: spectraFileOf(result),
    distances: distancesFileOf(result),
    ...effort,
  });
}

/** Tells the page of coefficients where a run directory would keep them. Nothing outlives the page, so nothing is found. */
function postingStore({ post }: Listener): ProbeStore {
  return {
    saveEvery: { coefficientsMs: COEFFICIENTS_EVERY_MS, vectorsMs: Number.POSITIVE_INFINITY },
    load: async () => ({ alphas: [], betas: [], finished: null, state: null, reason: null }),
    saveCoefficients: async ({ block, probe, dim }, { alphas, betas, finished }) =>
      post({ type: 'coefficients', block, probe, dim, alphas, betas, finished }),
    saveVectors: async () => {},
    forgetVectors: async () => {},
    loadExact: async () => null,
    saveExact: async ({ block }, eigenvalues) => post({ type: 'exact', block, eigenvalues }),
  };
}

function postingObserver({ post, isStopping }: Listener): MeasurementObserver {
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    onReady: async (loss, { symmetryError, repeatable }, { estimatedMs, estimatedBytes, text }) =>
      post({
        type: 'ready',
        loss,
        selfCheck: { symmetryError, repeatable },
        plan: { estimatedMs, estimatedBytes, text },
      }),
    onProgress: (progress) => {
      const now = performance.now();
      if (now - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = now;
      post({ type: 'progress', progress });
    },
    onSpectrum: async () => {},
    onNotice: (text) => post({ type: 'notice', text }),
    shouldStop: async () => {
      await messagesHeard();
      return isStopping();
    },
  };
}

const pulse = new MessageChannel();

/** The runtime computes without a pause, so messages of the page are heard only when they are given a turn. */
function messagesHeard(): Promise<void> {
  return new Promise((resolve) => {
    pulse.port1.onmessage = () => resolve();
    pulse.port2.postMessage(null);
  });
}
