/**
 * A stand-in for src/app/worker/host.ts that carries jobs out in this process, a second faster than in a child:
 * `vi.mock(import('../../../src/app/worker/host.ts'), () => import('./job-in-this-process.ts'))`.
 */
import type { RunningJob, RunningPlan } from '../../../src/app/worker/host.ts';
import type { JobHost } from '../../../src/app/worker/job-host.ts';
import { runPlanJob } from '../../../src/app/worker/plan-job.ts';
import type { JobEvent, JobOutcome, SpectrumJob, TrainingJob } from '../../../src/app/worker/protocol.ts';
import { runSpectrumJob } from '../../../src/app/worker/spectrum-job.ts';
import { runTrainingJob } from '../../../src/app/worker/training-job.ts';
import type { SpectrumRequest } from '../../../src/study/spectrum/request.ts';

export class ProcessEndedError extends Error {
  override readonly name = 'ProcessEndedError';
}

export function startJob(job: SpectrumJob, onEvent: (event: JobEvent) => void): RunningJob {
  return follow((host) => runSpectrumJob(job, host), onEvent);
}

export function startTrainingJob(job: TrainingJob, onEvent: (event: JobEvent) => void): RunningJob {
  return follow((host) => runTrainingJob(job, host), onEvent);
}

function follow(
  work: (host: JobHost) => Promise<JobOutcome>,
  onEvent: (event: JobEvent) => void,
): RunningJob {
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  return { outcome: work({ emit: onEvent, shouldStop: async () => stopped }), stop, kill: stop };
}

export function startPlan(request: SpectrumRequest): RunningPlan {
  return { forecast: runPlanJob(request), kill: () => {} };
}
