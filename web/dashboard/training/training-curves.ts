/** Curves of trainings over their steps, smoothed as the reader has chosen. */
import type { Metric } from '../../../src/app/server/contract/entries.ts';
import type { Curve, CurveFigure } from '../../charts/figure-data.ts';
import { linearAxis, logAxis } from '../../charts/placed-axis.ts';

/** What may be drawn of a training. */
export const TRAINING_MEASURES = {
  loss: {
    title: 'loss of the batch',
    unit: 'nats',
    of: ({ loss }: Metric) => loss,
    isSmoothed: true,
  },
  validationLoss: {
    title: 'loss on examples held back',
    unit: 'nats',
    of: ({ validationLoss }: Metric) => validationLoss,
    isSmoothed: false,
  },
  validationAccuracy: {
    title: 'accuracy on examples held back',
    unit: 'share, 0 to 1',
    of: ({ validationAccuracy }: Metric) => validationAccuracy,
    isSmoothed: false,
  },
  gradientNorm: {
    title: 'norm of the gradient',
    unit: 'Euclidean norm, before clipping',
    of: ({ gradientNorm }: Metric) => gradientNorm,
    isSmoothed: true,
  },
  learningRate: {
    title: 'learning rate',
    unit: 'factor of the step',
    of: ({ learningRate }: Metric) => learningRate,
    isSmoothed: false,
  },
} as const;

export type TrainingMeasure = keyof typeof TRAINING_MEASURES;
export const MEASURES = Object.keys(TRAINING_MEASURES) as [TrainingMeasure, ...TrainingMeasure[]];

/** A training and how it is drawn. */
export interface DrawnTraining {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly isDashed: boolean;
  readonly metrics: readonly Metric[];
}

export interface TrainingChoices {
  readonly measure: TrainingMeasure;
  readonly isHeightLog: boolean;
  /** Steps over which the curve is averaged, with weights that fall exponentially; 1 for none. */
  readonly window: number;
}

/** With more trainings than this the curves as they were, behind the smoothed ones, would hide them. */
const MOST_RAW = 3;

/** Null where no training has anything to draw. */
export function trainingFigure(
  trainings: readonly DrawnTraining[],
  { measure, isHeightLog, window }: TrainingChoices,
): CurveFigure | null {
  const { title, unit, of, isSmoothed } = TRAINING_MEASURES[measure];
  const sampled = trainings.map((training) => ({
    training,
    samples: training.metrics.flatMap((metric) => {
      const value = of(metric);
      return value === null || !Number.isFinite(value) ? [] : [{ step: metric.step, value }];
    }),
  }));
  const positions = sharedSteps(sampled.map(({ samples }) => samples));
  if (positions.length === 0) return null;
  const placeOf = new Map(positions.map((step, index) => [step, index]));
  const smooths = isSmoothed && window > 1;
  const curves = sampled.flatMap(({ training, samples }): Curve[] => {
    const { key, label, colour, isDashed } = training;
    const along = (values: readonly number[]) => {
      const column: (number | null)[] = new Array(positions.length).fill(null);
      for (const [index, { step }] of samples.entries())
        column[placeOf.get(step) as number] = values[index] as number;
      return column;
    };
    const raw = samples.map(({ value }) => value);
    const drawn: Curve = {
      key,
      label,
      colour,
      isDashed,
      values: along(smooths ? smoothed(raw, window) : raw),
    };
    return smooths && trainings.length <= MOST_RAW
      ? [
          {
            key: `${key} raw`,
            label: `${label}, as it was`,
            colour: `${colour}44`,
            values: along(raw),
            width: 1,
          },
          drawn,
        ]
      : [drawn];
  });
  const label = `${title}, ${unit}`;
  return {
    positions,
    curves,
    x: linearAxis('step'),
    y: isHeightLog ? logAxis(label) : linearAxis(label),
  };
}

/** Steps of all trainings, ascending, each once. */
function sharedSteps(samples: readonly (readonly { readonly step: number }[])[]): number[] {
  if (samples.length === 1) return (samples[0] ?? []).map(({ step }) => step);
  return [...new Set(samples.flat().map(({ step }) => step))].sort((a, b) => a - b);
}

/** Means with weights that fall by 1 - 2 / (window + 1) a step back, each divided by the weights that there are. */
export function smoothed(values: readonly number[], window: number): number[] {
  const keep = 1 - 2 / (window + 1);
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}
