import { type Forecast, foresee } from '../../study/spectrum/foresee.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { defaultThreads, spareBytes } from './environment.ts';

/** Foresees a spectrum job in this process; writes nothing. @throws as a spectrum job does before its work. */
export async function runPlanJob(request: SpectrumRequest): Promise<Forecast> {
  const subject = await openSubject(request);
  const threads = request.threads ?? defaultThreads();
  const engine = await openOnnxRuntimeEngine({ threads, device: request.device });
  // The clock of a process starts with it.
  return foresee(subject, request, { engine, spareBytes: spareBytes() }, performance.now());
}
