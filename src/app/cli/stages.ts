/** `hesscope spectrum --checkpoints`: the same measurement at every stage of a training, one run after the other. */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { hashFile } from '../../network/models/weights/index.ts';
import type { Claim } from '../../study/claims.ts';
import type { ModelChoices } from '../../study/model/choices.ts';
import { stageChoices } from '../../study/model/stage-choices.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { completeChoices, parseSpectrumRequest, type SpectrumRequest } from '../../study/spectrum/request.ts';
import { claimsOfStage, claimsOfTraining, stageAtStart } from '../../study/spectrum/stage-claims.ts';
import { type Stage, stageDistances, stageSpectrum } from '../../study/spectrum/stages.ts';
import { parseTrainingRequest, type TrainingRequest } from '../../study/training/request.ts';
import { writePicture } from '../experiments/picture.ts';
import { formatDuration } from '../report/format.ts';
import { stagesFigure, stagesText } from '../report/index.ts';
import { type CheckpointFile, type CheckpointSeries, findCheckpoints } from '../runs/checkpoints.ts';
import { readRun } from '../runs/directory.ts';
import { RUN_FILE, runName } from '../runs/layout.ts';
import { type MetricsRecord, readMetrics } from '../runs/metrics.ts';
import type { RunRecord } from '../runs/records.ts';
import { writeJson } from '../runs/write.ts';
import { startJob } from '../worker/host.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { followJob } from './follow-job.ts';

const STAGES_FORMAT_VERSION = 1;
const STAGES_FILE = 'stages.json';

/** What is to be done, besides the choices of a spectrum. */
export interface StagesCommand {
  /** Trainings' folders or safetensors files. */
  readonly places: readonly string[];
  /** The folder of all stages; a new one under `parent` where it is left out. */
  readonly out: string | undefined;
  readonly parent: string;
  /** Whether each stage gets figures and a report. */
  readonly report: boolean;
  readonly json: boolean;
}

/** `stages.json` */
interface StagesRecord {
  readonly version: number;
  readonly model: string;
  /** The training's folder and its length in steps; null for checkpoints that stand alone. */
  readonly training: { readonly path: string; readonly steps: number } | null;
  readonly stages: readonly (Stage & { readonly claims: readonly Claim[] })[];
  /** Of the training as a whole. */
  readonly claims: readonly Claim[];
}

/** A stage before and after it is measured. */
interface PlannedStage {
  readonly checkpoint: CheckpointFile;
  readonly path: string;
  readonly request: SpectrumRequest;
}

/**
 * Measures every checkpoint that is not done yet, and writes what they show together.
 *
 * @param input the choices of a spectrum, not yet checked.
 * @throws UserError for places without checkpoints, choices that do not fit the training, or an `out` of other choices.
 */
export async function runStages(
  input: Readonly<Record<string, unknown>>,
  command: StagesCommand,
): Promise<void> {
  const series = await findCheckpoints(command.places);
  const training = series.training ? parseTrainingRequest(series.training.run.request) : null;
  const path = command.out ?? join(command.parent, runName(`${modelOf(input, training)}-stages`, new Date()));
  const planned = series.checkpoints.map((checkpoint) => ({
    checkpoint,
    path: join(path, checkpoint.name),
    request: parseSpectrumRequest(stageChoices(input, training, checkpoint.path)),
  }));
  if (await isRun(path))
    throw new UserError(`Expected a folder for all stages, found a run at '${path}'; choose another --out.`);
  await mkdir(path, { recursive: true });
  if (!(await measureAll(planned, command))) {
    process.stderr.write(`What is done is in ${path}. The same command with --out ${path} goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const { record, svg } = await conclude(planned, series, training);
  await writeJson(join(path, STAGES_FILE), record);
  await writePicture(join(path, 'stages'), svg);
  const text = command.json
    ? JSON.stringify({ path, ...record }, null, 2)
    : `${stagesText(record.stages, record.claims)}\n\nStages: ${path}`;
  process.stdout.write(`${text}\n`);
}

const isRun = (path: string) =>
  stat(join(path, RUN_FILE)).then(
    (stats) => stats.isFile(),
    () => false,
  );

const modelOf = (input: Readonly<Record<string, unknown>>, training: ModelChoices | null) =>
  training?.model ?? (input.model as string | undefined) ?? 'spectrum';

/** @returns false when it was interrupted. */
async function measureAll(planned: readonly PlannedStage[], command: StagesCommand): Promise<boolean> {
  // A stage may end just as Ctrl-C is pressed; the next one must not begin.
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await measureInTurn(planned, command, () => isStopped);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

async function measureInTurn(
  planned: readonly PlannedStage[],
  { json, report }: StagesCommand,
  isStopped: () => boolean,
): Promise<boolean> {
  const states: Awaited<ReturnType<typeof stateOf>>[] = [];
  // In turn, so that of several stages that are refused the first is named.
  for (const stage of planned) states.push(await stateOf(stage));
  const total = planned.length;
  const doneBefore = states.filter((state) => state === 'finished').length;
  const say = (text: string) => json || process.stderr.write(`${text}\n`);
  if (doneBefore > 0) say(`${doneBefore} of ${total} stages are done already`);
  const startedAt = performance.now();
  let doneHere = 0;
  for (const [index, { request, path, checkpoint }] of planned.entries()) {
    if (states[index] === 'finished') continue;
    if (isStopped()) return false;
    const place = states[index] === 'begun' ? { resume: path } : { path };
    const title = `${checkpoint.name}, stage ${index + 1} of ${total}`;
    const { type } = await followJob(title, (onEvent) => startJob({ request, place, report }, onEvent), json);
    if (type === 'interrupted') return false;
    doneHere++;
    const left = total - doneBefore - doneHere;
    const leftMs = ((performance.now() - startedAt) / doneHere) * left;
    if (left > 0) say(`${total - left} of ${total} stages, about ${formatDuration(leftMs)} left`);
  }
  return true;
}

/**
 * How far a stage has come in an earlier process.
 * @throws UserError when its folder holds another measurement.
 */
async function stateOf({ path, request, checkpoint }: PlannedStage): Promise<'new' | 'begun' | 'finished'> {
  if (!(await isRun(path))) return 'new';
  const { run } = await readRun(path);
  const different = differingChoices(completeChoices(request), parseSpectrumRequest(run.request));
  if (different.length > 0)
    throw new UserError(
      `The stage at '${path}' was measured with other choices: ${different.join('; ')}. Give the same ones, or choose another --out.`,
    );
  const measured = run.model.weights?.files.map(({ sha256 }) => sha256) ?? [];
  if (!measured.includes((await hashFile(checkpoint.path)).sha256))
    throw new UserError(
      `The stage at '${path}' is of another ${checkpoint.path}, which has changed since; choose another --out.`,
    );
  return run.status === 'finished' ? 'finished' : 'begun';
}

/** What the stages show together. */
async function conclude(
  planned: readonly PlannedStage[],
  series: CheckpointSeries,
  request: TrainingRequest | null,
): Promise<{ readonly record: StagesRecord; readonly svg: string }> {
  const metrics = series.training ? await readMetrics(series.training.path) : [];
  const measured = await Promise.all(
    planned.map(async ({ checkpoint, path, request: { precision } }) => {
      const run = await readRun(path);
      return { run, stage: stageOf(checkpoint, run, precision, request, metrics) };
    }),
  );
  const stages = measured.map(({ stage }) => stage);
  const start = stageAtStart(stages);
  const { model } = measured[0]!.run.run;
  return {
    record: {
      version: STAGES_FORMAT_VERSION,
      model: model.name,
      training: series.training && request && { path: series.training.path, steps: request.steps },
      stages: stages.map((stage) => ({ ...stage, claims: claimsOfStage(stage, start) })),
      claims: claimsOfTraining(stages),
    },
    svg: stagesFigure(
      model.name,
      measured.map(({ stage, run }) => ({ stage, full: run.spectra?.full ?? null })),
    ).svg,
  };
}

function stageOf(
  { name, step }: CheckpointFile,
  { run, spectra, distances }: RunRecord,
  precision: SpectrumRequest['precision'],
  training: TrainingRequest | null,
  metrics: readonly MetricsRecord[],
): Stage {
  return {
    name,
    step,
    share: training && step !== null ? step / training.steps : null,
    loss: run.loss,
    validationLoss: metrics.find((line) => line.step === step)?.validationLoss ?? null,
    full: spectra?.full ? stageSpectrum(spectra.full, precision) : null,
    distances: stageDistances(distances),
  };
}
