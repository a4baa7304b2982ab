/** How busy the machine is. */
import { availableParallelism, type CpuInfo, cpus, freemem, totalmem } from 'node:os';
import type { Machine } from '../contract/jobs.ts';
import type { EventSource } from './event-hub.ts';

const INTERVAL_MS = 2000;

/** Tells every two seconds how busy all processors were since the last time. */
export function machineLoad(tell: (machine: Machine) => void): EventSource {
  let timer: NodeJS.Timeout | null = null;
  let before = processorTimes();
  const measure = () => {
    const now = processorTimes();
    const [busy, all] = [now.busy - before.busy, now.all - before.all];
    before = now;
    tell({
      load: all > 0 ? busy / all : 0,
      processors: availableParallelism(),
      freeBytes: freemem(),
      totalBytes: totalmem(),
    });
  };
  return {
    start: () => {
      before = processorTimes();
      timer = setInterval(measure, INTERVAL_MS);
      timer.unref();
    },
    stop: () => {
      if (timer) clearInterval(timer);
    },
  };
}

/** Milliseconds of all processors since the start of the machine. */
function processorTimes(): { readonly busy: number; readonly all: number } {
  const allOf = ({ times }: CpuInfo) => times.user + times.nice + times.sys + times.irq + times.idle;
  const processors = cpus();
  const all = processors.reduce((sum, processor) => sum + allOf(processor), 0);
  const idle = processors.reduce((sum, { times }) => sum + times.idle, 0);
  return { busy: all - idle, all };
}
