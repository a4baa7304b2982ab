/** Figure 7: heterogeneity at initialisation against how far SGD is behind. */
import type { Claim } from '../claims.ts';
import { parseSpectrumRequest } from '../spectrum/request.ts';
import { CONTEST_CHOICES, type ContestResult } from './contest.ts';
import type { FigureDefinition, FigureSpectrum, Findings } from './definition.ts';
import { type Family, familiesOf } from './families.ts';
import { familyContests, familyPlan } from './optimizer-figures.ts';
import { rankCorrelation } from './rank-correlation.ts';
import type { FigureRequest } from './request.ts';

/** The definition by which the claim is judged; the others are told. */
const HEADLINE = 'jsd-log';
const AGREES = 0.5;

/** The probes of the paper (D.1), and fewer for a look. */
const FULL = { probes: 10, steps: 100 };
const QUICK = { probes: 2, steps: 10 };

const ALL = () => true;

/** A model with both of its numbers. */
export interface GapAndHeterogeneity {
  readonly model: string;
  readonly kind: string;
  readonly js0: Readonly<Record<string, number>>;
  readonly relativeGap: number;
}

export const FIGURE_7: FigureDefinition = {
  name: '7',
  title: 'Figure 7: JS0 and the gap between SGD and AdamW',
  summary: 'JS0 at initialisation against the relative gap of SGD, over the models of 9 and 10',
  takes: [...CONTEST_CHOICES, 'models', 'fullSize'],
  plan: (request) => {
    const families = familiesOf(request, ALL);
    const plan = familyPlan(request, families);
    return {
      ...plan,
      spectra: families.map((family) => spectrumOf(family, request)),
      notes: [
        ...plan.notes,
        `JS0 by ${HEADLINE} (the other definitions stand in figure.json), of all blocks at initialisation, on one batch; the trainings are those of figures 9 and 10.`,
      ],
    };
  },
  conclude: (request, results): Findings => {
    const families = familiesOf(request, ALL);
    const points = pointsOf(families, familyContests(families, results), results.spectra);
    return {
      claims: [judgeHeterogeneity(points)],
      numbers: { points, correlations: correlationsOf(points) },
      caption: `JS0 (${HEADLINE}) of all blocks before training, and the relative gap between SGD and AdamW after it. Above 0: SGD is behind.`,
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

function spectrumOf(
  { model, kind, dataKind, settings: { batch, modelOptions } }: Family,
  request: FigureRequest,
): FigureSpectrum {
  const { threads, device, quick } = request;
  return {
    name: model,
    subject: model,
    request: parseSpectrumRequest({
      model,
      data: request[dataKind],
      batch,
      modelOptions,
      threads,
      device,
      // The paper measured some of the blocks of its large models; others it did not measure.
      blocks: request.fullSize && kind !== 'other' ? 'paper' : 'all',
      full: false,
      ...(quick ? QUICK : FULL),
    }),
  };
}

/** Models whose gap or JS0 is not defined are left out. */
function pointsOf(
  families: readonly Family[],
  contests: readonly ContestResult[],
  spectra: readonly { readonly subject: string; readonly js0: Readonly<Record<string, number>> }[],
): GapAndHeterogeneity[] {
  return families.flatMap(({ model, kind }, index) => {
    const js0 = spectra.find(({ subject }) => subject === model)?.js0;
    const relativeGap = contests[index]?.relativeGap ?? null;
    return js0?.[HEADLINE] === undefined || relativeGap === null ? [] : [{ model, kind, js0, relativeGap }];
  });
}

function correlationsOf(points: readonly GapAndHeterogeneity[]): Record<string, number | null> {
  const gaps = points.map(({ relativeGap }) => relativeGap);
  const definitions = Object.keys(points[0]?.js0 ?? {}).filter((name) =>
    points.every(({ js0 }) => js0[name] !== undefined),
  );
  return Object.fromEntries(
    definitions.map((name) => [
      name,
      rankCorrelation(
        points.map(({ js0 }) => js0[name] as number),
        gaps,
      ),
    ]),
  );
}

/** Judges the caption of Figure 7. */
export function judgeHeterogeneity(points: readonly GapAndHeterogeneity[]): Claim {
  const correlation = correlationsOf(points)[HEADLINE] ?? null;
  const found =
    correlation === null ? 'not defined' : `${correlation.toFixed(2)} over ${points.length} models`;
  const verdict =
    correlation === null || correlation <= 0 ? 'does not' : correlation >= AGREES ? 'agrees' : 'partly';
  return {
    id: '7',
    text: 'The performance gap between SGD and Adam becomes greater as JS0 increases.',
    threshold: `rank correlation of JS0 with the relative gap at least ${AGREES}; above 0: partly`,
    found,
    verdict,
  };
}
