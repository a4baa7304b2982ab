import { parameterCount } from '../../network/models/model.ts';
import { describeBlocks } from '../../study/spectrum/subject.ts';
import { beginTraining, openTraining, type TrainingSubject } from '../../study/training/prepare.ts';
import type { TrainingRequest } from '../../study/training/request.ts';
import { type MetricsLine, runTraining, type TrainingObserver } from '../../study/training/run.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import type { TrainingState } from '../../training/trainer.ts';
import { createRunDirectory, openRunDirectory, type RunDirectory } from '../runs/directory.ts';
import { BEST_CHECKPOINT, checkpointPath } from '../runs/layout.ts';
import { readMetrics } from '../runs/metrics.ts';
import { forgetTraining, loadTraining, saveTraining } from '../runs/training-state.ts';
import { defaultThreads, describeEnvironment } from './environment.ts';
import type { JobHost } from './job-host.ts';
import type { JobOutcome, TrainingJob } from './protocol.ts';
import { refuseOtherWeights } from './same-weights.ts';

const NOTHING_BEFORE = { elapsedMs: 0, bestLoss: Number.POSITIVE_INFINITY };

/**
 * Carries out a training in this process and keeps metrics, checkpoints and the state in its run directory. A failure
 * is recorded in the run and thrown again.
 */
export async function runTrainingJob(job: TrainingJob, host: JobHost): Promise<JobOutcome> {
  const { request } = job;
  const subject = await openTraining(request);
  const threads = request.threads ?? defaultThreads();
  const engine = await openOnnxRuntimeEngine({ threads, device: request.device });
  const directory = await openDirectory(job, subject, await describeEnvironment(engine.name, threads));
  try {
    host.emit({ type: 'opened', path: directory.path });
    for (const text of subject.model.notes ?? []) host.emit({ type: 'notice', text });
    const { trainer, state } = await beginTraining(subject, request, engine);
    const before = 'resume' in job.place ? await loadTraining(directory, state) : NOTHING_BEFORE;
    const startedAt = performance.now() - before.elapsedMs;
    const elapsedMs = () => Math.round(performance.now() - startedAt);
    const until = job.leg?.until ?? request.steps;
    const observer = observerOf(directory, host, { ...request, until }, elapsedMs, before.bestLoss);
    const end = await runTraining(trainer, state, request, observer, elapsedMs, job.leg);
    await trainer.release();
    return await conclude(job, directory, end, elapsedMs(), host);
  } catch (error) {
    // The disk may be what failed; the first error is the one to tell.
    await directory.updateRun({ status: 'failed', error: (error as Error).message }).catch(() => undefined);
    throw error;
  } finally {
    await directory.close();
  }
}

async function conclude(
  { report = true }: TrainingJob,
  directory: RunDirectory,
  end: Awaited<ReturnType<typeof runTraining>>,
  elapsedMs: number,
  host: JobHost,
): Promise<JobOutcome> {
  const { path } = directory;
  if (end === 'interrupted') {
    await directory.updateRun({ status: 'interrupted', elapsedMs });
    return { type: 'interrupted', path };
  }
  if (end === 'diverged')
    host.emit({
      type: 'notice',
      text: 'The loss has diverged; the training ends here. Take a smaller learning rate.',
    });
  if (report) await drawCurves(directory);
  await directory.updateRun({ status: 'finished', elapsedMs, error: end === 'diverged' ? 'diverged' : null });
  await forgetTraining(path);
  return { type: 'finished', path };
}

function observerOf(
  directory: RunDirectory,
  host: JobHost,
  { until, checkpoints }: TrainingRequest & { readonly until: number },
  elapsedMs: () => number,
  earlierBest: number,
): TrainingObserver {
  let doneHere = 0;
  const startedMs = elapsedMs();
  let bestLoss = earlierBest;
  const keepsBest = checkpoints.length > 0;
  return {
    onBeginning: ({ loss, accuracy }) =>
      directory.updateRun({ initial: { validationLoss: loss, validationAccuracy: accuracy } }),
    onStep: async (line, state) => {
      doneHere++;
      await directory.appendMetrics(flat(line));
      const perStepMs = (elapsedMs() - startedMs) / doneHere;
      host.emit({ type: 'trained', line, steps: until, remainingMs: perStepMs * (until - line.step) });
      if (keepsBest && line.validation && line.validation.loss < bestLoss) {
        bestLoss = line.validation.loss;
        await writeCheckpoint(directory, BEST_CHECKPOINT, state);
      }
    },
    onCheckpoint: (step, state) => writeCheckpoint(directory, checkpointPath(step), state),
    onSave: (state) => saveTraining(directory.path, { state, elapsedMs: elapsedMs() }),
    shouldStop: () => host.shouldStop(),
  };
}

/** The loss over the steps, as SVG and PNG. */
async function drawCurves(directory: RunDirectory): Promise<void> {
  const metrics = await readMetrics(directory.path);
  if (metrics.length === 0) return;
  // Loaded when there is something to draw, as for spectra.
  const { curveOf, renderPng, trainingFigure } = await import('../report/index.ts');
  const { model, request } = directory.run;
  const { name, svg } = trainingFigure(`${model.name} by ${request.optimizer}`, [curveOf('', metrics)]);
  await directory.writeFile(`figures/${name}.svg`, svg);
  await directory.writeFile(`figures/${name}.png`, renderPng(svg));
}

/** A line of `metrics.jsonl`: numbers alone. */
function flat({ validation, ...line }: MetricsLine): Record<string, number | null> {
  if (!validation) return { ...line };
  return { ...line, validationLoss: validation.loss, validationAccuracy: validation.accuracy };
}

function writeCheckpoint(
  directory: RunDirectory,
  path: string,
  { parameters, step }: TrainingState,
): Promise<void> {
  return directory.writeTensors(path, Object.entries(parameters), { step: String(step) });
}

async function openDirectory(
  { request, place }: TrainingJob,
  subject: TrainingSubject,
  environment: Record<string, string | number>,
): Promise<RunDirectory> {
  if ('resume' in place) {
    const directory = await openRunDirectory(place.resume);
    try {
      refuseOtherWeights(directory, subject.weights);
      await directory.updateRun({ status: 'running', error: null, environment });
      return directory;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }
  const { model, data, weights, division } = subject;
  const blocks = describeBlocks({ model, selected: [] });
  return createRunDirectory(place, {
    kind: 'training',
    request: { ...request },
    model: {
      name: model.name,
      parameterCount: parameterCount(model),
      blockCount: blocks.length,
      options: model.options,
      notes: model.notes,
      weights: weights?.record,
    },
    data: {
      description: `${data.description}; ${division}`,
      examplesPerBatch: request.batch,
      microBatches: request.accumulation,
    },
    environment,
    blocks,
  });
}
