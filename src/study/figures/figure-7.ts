/** Figure 7: heterogeneity at initialisation against how far SGD is behind. */
import { mean } from 'simple-statistics';
import type { CalibrationPoint } from '../advice/calibration.ts';
import type { Claim } from '../claims.ts';
import { parseSpectrumRequest } from '../spectrum/request.ts';
import { CONTEST_CHOICES, type ContestResult } from './contest.ts';
import type {
  FigureDefinition,
  FigureResults,
  FigureSpectrum,
  Findings,
  TrainingResult,
} from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import { familyContests, familyPlan } from './optimizer-figures.ts';
import { rankCorrelation } from './rank-correlation.ts';
import type { FigureRequest } from './request.ts';

/** The definition by which the claim is judged; the others are told. */
export const HEADLINE = 'jsd-log';
const AGREES = 0.5;

/** Fewer probes for a look; otherwise the measurement is that of `hesscope spectrum` and `advise` by default. */
export const QUICK_MEASUREMENT = { probes: 2, steps: 10 };

const ALL = () => true;

/** A model with both of its numbers, and what the calibration of the forecast takes of it. */
export interface GapAndHeterogeneity extends Omit<CalibrationPoint, 'name' | 'family' | 'js0'> {
  readonly model: string;
  readonly kind: Family['kind'];
  /** By the name of the definition; `js0Error` and `noiseFloor` are those of the headline. */
  readonly js0: Readonly<Record<string, number>>;
}

/** A model on which SGD diverged at every rate while AdamW learnt: its gap is larger than any other. */
export type FailedModel = Pick<GapAndHeterogeneity, 'model' | 'kind' | 'js0'>;

export const FIGURE_7: FigureDefinition = {
  name: '7',
  title: 'Figure 7: JS0 and the gap between SGD and AdamW',
  summary:
    'JS0 at initialisation against the relative gap of SGD, over the models of 9 and 10, and the MLP with several c',
  takes: [...CONTEST_CHOICES, 'models', 'fullSize'],
  plan: (request) => {
    const families = familiesOf(request, ALL);
    const plan = familyPlan(request, families);
    return {
      ...plan,
      spectra: families.map((family) => spectrumOf(family, request)),
      notes: [
        ...plan.notes,
        `JS0 by ${HEADLINE} (the other definitions stand in figure.json), of all blocks at initialisation, as 'hesscope spectrum' measures it unless told otherwise; the trainings are those of figures 9 and 10, and the MLP's, with c = 1 and larger ones (mlp-c-2 and so on).`,
      ],
    };
  },
  conclude: (request, results): Findings => {
    const families = familiesOf(request, ALL);
    const contests = familyContests(families, results);
    const points = pointsOf(request, families, contests, results);
    const failed = failedModels(families, contests, results);
    return {
      claims: [judgeHeterogeneity(points, failed)],
      numbers: { points, failed, correlations: correlationsOf(points, failed) },
      caption: `JS0 (${HEADLINE}) of all blocks before training, and the relative gap between SGD and AdamW after it. Above 0: SGD is behind.${failedText(failed)}`,
      picture: {
        kind: 'scatter',
        xLabel: `JS0 (${HEADLINE}, nats)`,
        yLabel: 'relative gap of SGD',
        points: points.map(({ model, kind, js0, relativeGap }) => ({
          label: model,
          group: kind,
          x: js0[HEADLINE] ?? 0,
          y: relativeGap,
        })),
      },
    };
  },
};

/** The measurement of a family at initialisation. */
export function spectrumOf(
  { name, model, kind, dataKind, settings: { modelOptions, outputScale } }: Family,
  request: FigureRequest,
): FigureSpectrum {
  const { threads, device, quick } = request;
  return {
    name,
    subject: name,
    request: parseSpectrumRequest({
      model,
      data: request[dataKind],
      modelOptions,
      outputScale,
      threads,
      device,
      // The paper measured some of the blocks of its large models; others it did not measure.
      blocks: request.fullSize && kind !== 'other' ? 'paper' : 'all',
      ...(quick ? QUICK_MEASUREMENT : {}),
    }),
  };
}

/** Models whose gap or JS0 is not defined are left out; see `failedModels` for those that SGD failed on. */
function pointsOf(
  request: FigureRequest,
  families: readonly Family[],
  contests: readonly ContestResult[],
  results: FigureResults,
): GapAndHeterogeneity[] {
  return families.flatMap((family, index) => {
    const spectrum = results.spectra.find(({ subject }) => subject === family.name);
    const contest = contests[index];
    const relativeGap = contest?.relativeGap ?? null;
    if (!spectrum || !contest || spectrum.js0[HEADLINE] === undefined || relativeGap === null) return [];
    return [
      {
        model: family.name,
        kind: family.kind,
        architecture: family.architecture,
        data: request[family.dataKind] ?? (family.dataKind === 'images' ? 'digits' : 'moby-dick'),
        js0: spectrum.js0,
        js0Error: spectrum.js0Errors[HEADLINE] ?? null,
        noiseFloor: spectrum.noiseFloors[HEADLINE] ?? null,
        relativeGap,
        ...lossesOf(family.name, contest, results.trainings),
        trainingSteps: family.settings.steps,
      },
    ];
  });
}

/** Means over seeds; the gap is known, so all of them are. */
function lossesOf(
  model: string,
  { verdicts }: ContestResult,
  trainings: readonly TrainingResult[],
): Pick<GapAndHeterogeneity, 'initialLoss' | 'sgdLoss' | 'adamwLoss'> {
  const bestOf = (name: string) =>
    mean(
      verdicts.map((seed) => seed.find(({ optimizer }) => optimizer === name)?.best?.finalLoss ?? Number.NaN),
    );
  const initial = trainings
    .filter(({ subject }) => subject === model)
    .flatMap((result) => result.initialLoss ?? []);
  return { initialLoss: mean(initial), sgdLoss: bestOf('sgd'), adamwLoss: bestOf('adamw') };
}

function failedModels(
  families: readonly Family[],
  contests: readonly ContestResult[],
  results: FigureResults,
): FailedModel[] {
  return families.flatMap(({ name, kind }, index) => {
    const spectrum = results.spectra.find(({ subject }) => subject === name);
    const contest = contests[index];
    const hasFailed = contest?.relativeGap === null && contest.behindHasFailed.every(Boolean);
    return hasFailed && contest.behindHasFailed.length > 0 && spectrum?.js0[HEADLINE] !== undefined
      ? [{ model: name, kind, js0: spectrum.js0 }]
      : [];
  });
}

function failedText(failed: readonly FailedModel[]): string {
  if (failed.length === 0) return '';
  const models = failed.map(({ model, js0 }) => `${model} (JS0 ${js0[HEADLINE]?.toFixed(2)})`).join(', ');
  return ` Not drawn, since SGD diverged at every rate: ${models}.`;
}

/** Of ranks, among which models that SGD failed on share the highest. */
function correlationsOf(
  points: readonly Pick<GapAndHeterogeneity, 'js0' | 'relativeGap'>[],
  failed: readonly Pick<FailedModel, 'js0'>[],
): Record<string, number | null> {
  const models = [...points, ...failed.map(({ js0 }) => ({ js0, relativeGap: Number.POSITIVE_INFINITY }))];
  const gaps = models.map(({ relativeGap }) => relativeGap);
  const definitions = Object.keys(models[0]?.js0 ?? {}).filter((name) =>
    models.every(({ js0 }) => js0[name] !== undefined),
  );
  return Object.fromEntries(
    definitions.map((name) => [
      name,
      rankCorrelation(
        models.map(({ js0 }) => js0[name] as number),
        gaps,
      ),
    ]),
  );
}

/** Judges the caption of Figure 7. */
export function judgeHeterogeneity(
  points: readonly Pick<GapAndHeterogeneity, 'js0' | 'relativeGap'>[],
  failed: readonly Pick<FailedModel, 'js0'>[] = [],
): Claim {
  const correlation = correlationsOf(points, failed)[HEADLINE] ?? null;
  const drawn = correlationsOf(points, [])[HEADLINE] ?? null;
  const count = points.length + failed.length;
  const without =
    failed.length > 0
      ? `; without the ${failed.length} on which SGD diverged at every rate ${drawn?.toFixed(2) ?? 'not defined'}`
      : '';
  const found =
    correlation === null ? 'not defined' : `${correlation.toFixed(2)} over ${count} models${without}`;
  const verdict =
    correlation === null || correlation <= 0 ? 'does not' : correlation >= AGREES ? 'agrees' : 'partly';
  return {
    id: '7',
    text: 'The performance gap between SGD and Adam becomes greater as JS0 increases.',
    threshold: `rank correlation of JS0 with the relative gap, which is largest where SGD diverges at every rate, at least ${AGREES}; above 0: partly`,
    found,
    verdict,
  };
}
