/** The measurement of the page: its worker, how far it has come, and what it has found so far. */
import { signal } from '@preact/signals';
import type { Progress } from '../../../src/study/spectrum/measure.ts';
import type { FromWorker, MeasureMessage, ToWorker } from '../worker/protocol.ts';
import { GrowingRecord } from './growing-record.ts';
import type { ShownRun } from './shown-run.ts';

/** Where the work stands. */
export type Phase = 'none' | 'opening' | 'measuring' | 'finished' | 'stopped' | 'failed';

/** Views are drawn anew at most this often while numbers come in. */
const DRAW_EVERY_MS = 200;

export const phase = signal<Phase>('none');
export const progress = signal<Progress | null>(null);
/** Why it failed. */
export const problem = signal<string | null>(null);
/** The run that is shown: the one under way, the last one, or one that was opened. */
export const shownRun = signal<ShownRun | null>(null);
/** The engine that computes, in words; null until it is known. */
export const engineName = signal<string | null>(null);

let worker: Worker | null = null;
let count = 0;

/** Whether a measurement is under way. */
export function isBusy(): boolean {
  return phase.value === 'opening' || phase.value === 'measuring';
}

/** Begins a measurement; one that is under way ends with nothing more said of it. */
export function startMeasurement(asked: Omit<MeasureMessage, 'type' | 'assets'>): void {
  worker?.terminate();
  const current = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
  worker = current;
  phase.value = 'opening';
  progress.value = null;
  problem.value = null;
  shownRun.value = null;
  engineName.value = null;
  count += 1;
  const follow = follower(`here-${count}`);
  current.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (worker !== current) return;
    follow(data);
    if (data.type === 'finished' || data.type === 'stopped' || data.type === 'failed') current.terminate();
  });
  current.addEventListener('error', (event) => {
    event.preventDefault();
    follow({ type: 'failed', message: event.message || 'The worker could not be loaded.', isMistake: false });
  });
  const message: ToWorker = { type: 'measure', assets: new URL('./', document.baseURI).href, ...asked };
  current.postMessage(message);
}

/** Lets the step under way end; what was found stays. */
export function stopMeasurement(): void {
  const message: ToWorker = { type: 'stop' };
  worker?.postMessage(message);
}

/** Shows a run that was opened. */
export function showRun(run: ShownRun): void {
  worker?.terminate();
  worker = null;
  phase.value = 'none';
  progress.value = null;
  problem.value = null;
  engineName.value = null;
  shownRun.value = run;
}

/** Takes the messages of one measurement in. */
function follower(id: string): (message: FromWorker) => void {
  let record: GrowingRecord | null = null;
  let version = 0;
  let timer: number | null = null;
  const show = () => {
    if (timer !== null) window.clearTimeout(timer);
    timer = null;
    version += 1;
    if (record) shownRun.value = { id, version, run: record.run() };
  };
  return (message) => {
    if (message.type === 'opened') {
      record = new GrowingRecord(message.start, new Date());
      engineName.value = String(message.start.environment.engine);
    }
    record?.take(message);
    if (message.type === 'progress') progress.value = message.progress;
    const next = phaseAfter(message);
    if (next !== null) {
      if (message.type === 'failed') problem.value = message.message;
      phase.value = next;
      show();
    } else timer ??= window.setTimeout(show, DRAW_EVERY_MS);
  };
}

function phaseAfter({ type }: FromWorker): Phase | null {
  if (type === 'ready') return 'measuring';
  return type === 'finished' || type === 'stopped' || type === 'failed' ? type : null;
}
