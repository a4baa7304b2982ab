/** Ends the process when a case does not come back: a loop without end cannot be interrupted from within. */
import { Worker } from 'node:worker_threads';
import { DEADLINE_MS } from './settings.ts';

/** Whole seconds since the process began, written when a case begins; 0 while none is under way. */
const begun = new Int32Array(new SharedArrayBuffer(4));
const name = new Uint8Array(new SharedArrayBuffer(1024));

const SCRIPT = `
const { workerData: { begun, name, deadlineMs } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
setInterval(() => {
  const since = Atomics.load(begun, 0);
  if (since === 0 || Date.now() / 1000 - since < 2 * deadlineMs / 1000) return;
  const text = Buffer.from(name).toString().replace(/\\0.*$/s, '');
  writeSync(2, 'A case has not come back within ' + 2 * deadlineMs / 1000 + ' s: ' + text + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

/** Says that a case begins, with the words that tell it from others should it never end. */
export function caseBegins(words: string): void {
  const text = new TextEncoder().encode(words.slice(0, 300));
  name.fill(0);
  name.set(text.subarray(0, name.length));
  Atomics.store(begun, 0, Math.floor(Date.now() / 1000));
}

/** Says that the case has come back. */
export function caseEnds(): void {
  Atomics.store(begun, 0, 0);
}

new Worker(SCRIPT, { eval: true, workerData: { begun, name, deadlineMs: DEADLINE_MS } }).unref();
