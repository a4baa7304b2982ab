/** `hesscope exact --checkpoints`: the dense Hessian at every stage of a training. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { hashFile } from '../../network/models/weights/index.ts';
import { type ExactRequest, parseExactRequest } from '../../study/exact/request.ts';
import type { ExactStage } from '../../study/exact/stages.ts';
import { stageChoices } from '../../study/model/stage-choices.ts';
import { differingChoices } from '../../study/request-differences.ts';
import { parseTrainingRequest, type TrainingRequest } from '../../study/training/request.ts';
import { type ExactRecord, formExact, readExact, writeExact } from '../experiments/exact-matrix.ts';
import { writePicture } from '../experiments/picture.ts';
import { exactStagesSvg, exactStagesText } from '../report/index.ts';
import { type CheckpointFile, findCheckpoints } from '../runs/checkpoints.ts';
import { writeJson } from '../runs/write.ts';
import { INTERRUPTED_EXIT_CODE } from './exit.ts';
import { interruptible, type Tell } from './interruptible.ts';

export interface ExactStagesCommand {
  /** Trainings' folders or safetensors files. */
  readonly places: readonly string[];
  /** The folder of all stages. */
  readonly out: string;
  readonly json: boolean;
}

/** A stage before and after its matrix is formed. */
interface PlannedStage {
  readonly checkpoint: CheckpointFile;
  readonly sha256: string;
  readonly path: string;
  readonly request: ExactRequest;
}

/**
 * Forms the matrix of every checkpoint that is not done yet, and draws them beside each other.
 *
 * @param input the choices of an exact Hessian, not yet checked; products are in float64 unless they say otherwise.
 * @throws UserError for places without checkpoints, choices that do not fit the training, or an `out` of other choices.
 */
export async function runExactStages(
  input: Readonly<Record<string, unknown>>,
  { places, out, json }: ExactStagesCommand,
): Promise<void> {
  const series = await findCheckpoints(places);
  const training = series.training ? parseTrainingRequest(series.training.run.request) : null;
  const planned = await Promise.all(
    series.checkpoints.map(async (checkpoint) => ({
      checkpoint,
      sha256: (await hashFile(checkpoint.path)).sha256,
      path: join(out, checkpoint.name),
      request: parseExactRequest(stageChoices({ precision: 'float64', ...input }, training, checkpoint.path)),
    })),
  );
  const records = await interruptible('exact', json, (tell) => formAll(planned, tell));
  if (records === null) {
    process.stderr.write(`What is done is in ${out}. The same command goes on.\n`);
    process.exitCode = INTERRUPTED_EXIT_CODE;
    return;
  }
  const stages = records.map((record, index) => stageOf(planned[index]!.checkpoint, record, training));
  const result = { model: records[0]!.model, stages };
  await writePicture(join(out, 'hessian-stages'), exactStagesSvg(result.model, stages));
  await writeJson(join(out, 'stages.json'), result);
  process.stdout.write(
    json
      ? `${JSON.stringify(result, null, 2)}\n`
      : `${exactStagesText(result.model, stages)}\n\nStages: ${out}\n`,
  );
}

/** @returns null when it was interrupted. */
async function formAll(planned: readonly PlannedStage[], tell: Tell): Promise<ExactRecord[] | null> {
  const known: (ExactRecord | null)[] = [];
  // All are looked at before the first is formed, so that a folder of other choices is told at once.
  for (const stage of planned) known.push(await formedBefore(stage));
  const records: ExactRecord[] = [];
  for (const [index, { request, path, sha256, checkpoint }] of planned.entries()) {
    const before = known[index];
    if (before) {
      records.push(before);
      continue;
    }
    const place = `${checkpoint.name}, stage ${index + 1} of ${planned.length}`;
    const hessian = await formExact(request, (text) => tell(`${place}: ${text}`));
    if (hessian === null) return null;
    records.push(await writeExact(path, request, hessian, sha256));
  }
  return records;
}

/** @throws UserError when the stage's folder holds another matrix. */
async function formedBefore({
  path,
  request,
  sha256,
  checkpoint,
}: PlannedStage): Promise<ExactRecord | null> {
  const record = await readExact(path);
  if (record === null) return null;
  const different = differingChoices(request, record.request);
  if (different.length > 0)
    throw new UserError(
      `The matrix at '${path}' was formed with other choices: ${different.join('; ')}. Give the same ones, or choose another --out.`,
    );
  if (record.checkpoint !== sha256)
    throw new UserError(
      `The matrix at '${path}' is of another ${checkpoint.path}, which has changed since; choose another --out.`,
    );
  return record;
}

function stageOf(
  { name, step }: CheckpointFile,
  { loss, structure, groups, eigenvalues }: ExactRecord,
  training: TrainingRequest | null,
): ExactStage {
  return {
    name,
    step,
    share: training && step !== null ? step / training.steps : null,
    loss,
    structure,
    groups: groups.map((group) => ({ name: group.name, size: group.size })),
    leastEigenvalue: eigenvalues[0]!,
    largestEigenvalue: eigenvalues.at(-1)!,
  };
}
