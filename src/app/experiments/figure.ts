/** A figure from its plan to its files: trainings and spectra, verdicts, picture. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rateFactors } from '../../study/advice/groups.ts';
import type { Claim } from '../../study/claims.ts';
import type {
  EarlierStage,
  FigureDefinition,
  FigurePlan,
  FigureResults,
  FigureSpectrum,
  FigureTraining,
  SpectrumFinding,
  TrainingResult,
} from '../../study/figures/definition.ts';
import type { FigureRequest } from '../../study/figures/request.ts';
import { curveOf, QUICK_MARK, studyFigureSvg } from '../report/index.ts';
import { readRun } from '../runs/directory.ts';
import { checkpointPath } from '../runs/layout.ts';
import { acquireLock } from '../runs/lock.ts';
import { type MetricsRecord, readMetrics } from '../runs/metrics.ts';
import type { DistanceRecord } from '../runs/records.ts';
import { writeJson } from '../runs/write.ts';
import { packageVersion } from '../worker/environment.ts';
import { adviceOf } from './advice.ts';
import { writePicture } from './picture.ts';
import {
  runSeries,
  type SeriesMember,
  type SeriesOptions,
  spectrumMember,
  trainingMember,
} from './series.ts';

/** Trainings of all figures, so that those that share some find them. */
const TRAININGS_FOLDER = 'trainings';
const SPECTRA_FOLDER = 'spectra';

/** `figure.json`. */
export interface FigureRecord {
  readonly figure: string;
  readonly title: string;
  /** What a small version is marked by; null for the figure itself. */
  readonly quick: string | null;
  readonly request: FigureRequest;
  readonly notes: readonly string[];
  readonly claims: readonly Claim[];
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly trainings: FigureResults['trainings'];
  readonly spectra: FigureResults['spectra'];
  readonly version: string;
}

/** The folder of a figure's own files: a selection of models is another figure than that of all, and has its own. */
export function figureFolder(name: string, models: readonly string[] | undefined): string {
  return ['figure', name, ...(models ?? [])].join('-');
}

/** Where a figure's own files are. */
export interface MadeFigure {
  readonly path: string;
  readonly record: FigureRecord;
}

/**
 * Does what is left of a figure's work, then judges and draws it.
 *
 * @param out the folder of all figures; this one's files go into one below it.
 * @returns null when it was interrupted; the same call then goes on.
 * @throws UserError when another process works there, or what is there was made with other choices.
 */
export async function makeFigure(
  figure: FigureDefinition,
  request: FigureRequest,
  out: string,
  options: SeriesOptions,
): Promise<MadeFigure | null> {
  await mkdir(out, { recursive: true });
  const lock = await acquireLock(out, 'the folder of figures');
  try {
    const plan = await carriedOut(figure, request, out, options);
    if (!plan) return null;
    const metrics = await metricsOf(out, plan.trainings);
    const results = await resultsOf(out, plan, metrics);
    const findings = figure.conclude(request, results);
    const path = join(out, figureFolder(figure.name, request.models));
    const record: FigureRecord = {
      figure: figure.name,
      title: figure.title,
      quick: request.quick ? QUICK_MARK : null,
      request,
      notes: plan.notes,
      claims: findings.claims,
      numbers: findings.numbers,
      ...results,
      version: await packageVersion(),
    };
    await writeJson(join(path, 'figure.json'), record);
    const initial = new Map(results.trainings.map(({ name, initialLoss }) => [name, initialLoss]));
    const svg = studyFigureSvg(figure.title, request.quick, findings, (name, label) =>
      curveOf(label, metrics.get(name) ?? [], initial.get(name) ?? null),
    );
    await writePicture(join(path, 'figure'), svg);
    return { path, record };
  } finally {
    await lock.release();
  }
}

/** Does the work of a figure, what builds on other work after it. @returns all of it; null when it was interrupted. */
async function carriedOut(
  figure: FigureDefinition,
  request: FigureRequest,
  out: string,
  options: SeriesOptions,
): Promise<FigurePlan | null> {
  const first = figure.plan(request);
  if (!(await runSeries(out, membersOf(first), options))) return null;
  if (!figure.planNext) return first;
  const next = await figure.planNext(request, earlierStage(out));
  if (!(await runSeries(out, membersOf(next), options))) return null;
  return {
    trainings: [...first.trainings, ...next.trainings],
    spectra: [...first.spectra, ...next.spectra],
    notes: [...first.notes, ...next.notes],
  };
}

function membersOf({ trainings, spectra }: FigurePlan): SeriesMember[] {
  return [
    ...trainings.map(({ name, request }) =>
      trainingMember(`${TRAININGS_FOLDER}/${name}`, request, { report: false }),
    ),
    ...spectra.map(({ name, request }) => spectrumMember(`${SPECTRA_FOLDER}/${name}`, request)),
  ];
}

function earlierStage(out: string): EarlierStage {
  return {
    // Absolute, so that the same command from another folder goes on.
    lastParameters: ({ name, request }) =>
      resolve(out, TRAININGS_FOLDER, name, checkpointPath(request.steps)),
    rateFactors: async ({ name }) => {
      const path = join(out, SPECTRA_FOLDER, name);
      return rateFactors(adviceOf(path, await readRun(path)).groups);
    },
  };
}

/** The metrics of each training by its name; one file at a time, since there may be hundreds. */
async function metricsOf(
  out: string,
  trainings: readonly FigureTraining[],
): Promise<ReadonlyMap<string, readonly MetricsRecord[]>> {
  const metrics = new Map<string, readonly MetricsRecord[]>();
  for (const { name } of trainings) metrics.set(name, await readMetrics(join(out, TRAININGS_FOLDER, name)));
  return metrics;
}

async function resultsOf(
  out: string,
  { trainings, spectra }: FigurePlan,
  metrics: ReadonlyMap<string, readonly MetricsRecord[]>,
): Promise<FigureResults> {
  const results: { trainings: TrainingResult[]; spectra: SpectrumFinding[] } = { trainings: [], spectra: [] };
  for (const training of trainings)
    results.trainings.push(await trainingResult(out, training, metrics.get(training.name) ?? []));
  for (const spectrum of spectra) results.spectra.push(await spectrumFinding(out, spectrum));
  return results;
}

async function trainingResult(
  out: string,
  { name, subject, optimizer, learningRate, seed }: FigureTraining,
  metrics: readonly MetricsRecord[],
): Promise<TrainingResult> {
  const { run } = await readRun(join(out, TRAININGS_FOLDER, name));
  const hasDiverged = run.error === 'diverged';
  const last = hasDiverged ? undefined : metrics.at(-1);
  return {
    name,
    subject,
    optimizer,
    learningRate,
    seed,
    steps: metrics.at(-1)?.step ?? 0,
    hasDiverged,
    initialLoss: run.initial?.validationLoss ?? null,
    initialAccuracy: run.initial?.validationAccuracy ?? null,
    finalLoss: last?.validationLoss ?? null,
    finalAccuracy: last?.validationAccuracy ?? null,
    evaluations: metrics.flatMap(({ step, validationLoss, validationAccuracy = null }) =>
      validationLoss === undefined ? [] : [{ step, loss: validationLoss, accuracy: validationAccuracy }],
    ),
  };
}

async function spectrumFinding(out: string, { name, subject }: FigureSpectrum): Promise<SpectrumFinding> {
  const { distances } = await readRun(join(out, SPECTRA_FOLDER, name));
  const byName = <Value>(value: (record: DistanceRecord) => Value): Record<string, Value> =>
    Object.fromEntries(
      (distances?.definitions ?? []).map((record): [string, Value] => [record.definition, value(record)]),
    );
  return {
    subject,
    js0: byName(({ js0 }) => js0.mean),
    js0Errors: byName(({ js0 }) => js0.standardError),
    noiseFloors: byName(({ noiseFloor }) => noiseFloor),
  };
}
