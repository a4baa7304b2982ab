/** Curves of trainings over their steps, smoothed as the reader has chosen. */
import type { MetricColumns } from '../../../src/app/server/contract/entries.ts';
import type { Curve, CurveFigure } from '../../charts/figure-data.ts';
import { linearAxis, logAxis, type PlacedAxis } from '../../charts/placed-axis.ts';

/** What may be drawn of a training. */
export const TRAINING_MEASURES = {
  loss: { title: 'loss of the batch', unit: 'nats', isSmoothed: true },
  validationLoss: { title: 'loss on examples held back', unit: 'nats', isSmoothed: false },
  validationAccuracy: {
    title: 'accuracy on examples held back',
    unit: 'share, 0 to 1',
    isSmoothed: false,
  },
  gradientNorm: {
    title: 'norm of the gradient',
    unit: 'Euclidean norm, before clipping',
    isSmoothed: true,
  },
  learningRate: { title: 'learning rate', unit: 'factor of the step', isSmoothed: false },
} as const satisfies Partial<
  Record<keyof MetricColumns, { readonly title: string; readonly unit: string; readonly isSmoothed: boolean }>
>;

export type TrainingMeasure = keyof typeof TRAINING_MEASURES;
export const MEASURES = Object.keys(TRAINING_MEASURES) as [TrainingMeasure, ...TrainingMeasure[]];

/** A training and how it is drawn. */
export interface DrawnTraining {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly isDashed: boolean;
  readonly metrics: MetricColumns;
}

/** What one measure of some trainings is, before it is smoothed: the part of a figure that a slider does not change. */
export interface SampledTrainings {
  readonly measure: TrainingMeasure;
  /** Steps at which some training has a value, ascending. */
  readonly steps: readonly number[];
  readonly rows: readonly SampledTraining[];
}

interface SampledTraining {
  readonly training: DrawnTraining;
  readonly values: Float64Array;
  /** The place of each value among the shared steps; null where it is its own. */
  readonly places: Int32Array | null;
  /** The values over the shared steps. */
  readonly column: ArrayLike<number | null>;
}

/** With more trainings than this the curves as they were, behind the smoothed ones, would hide them. */
const MOST_RAW = 3;

/** Null where no training has anything to draw. */
export function sampledTrainings(
  trainings: readonly DrawnTraining[],
  measure: TrainingMeasure,
): SampledTrainings | null {
  const sampled = trainings.map((training) => ({ training, ...samplesOf(training.metrics, measure) }));
  const steps = sharedSteps(sampled.map((samples) => samples.steps));
  if (steps.length === 0) return null;
  const placeOf = sampled.length === 1 ? null : new Map(steps.map((step, place) => [step, place]));
  const rows = sampled.map(({ training, steps: own, values }): SampledTraining => {
    const places = placeOf && Int32Array.from(own, (step) => placeOf.get(step) as number);
    return { training, values, places, column: alongSteps(values, places, steps.length) };
  });
  return { measure, steps, rows };
}

/** The vertical axis of a measure. */
export function measureAxis(measure: TrainingMeasure, isHeightLog: boolean): PlacedAxis {
  const { title, unit } = TRAINING_MEASURES[measure];
  const label = `${title}, ${unit}`;
  return isHeightLog ? logAxis(label) : linearAxis(label);
}

/** @param window steps over which curves are averaged, with weights that fall exponentially; 1 for none. */
export function trainingFigure(
  { measure, steps, rows }: SampledTrainings,
  y: PlacedAxis,
  window: number,
): CurveFigure {
  const smooths = TRAINING_MEASURES[measure].isSmoothed && window > 1;
  const curves = rows.flatMap(({ training, values, places, column }): Curve[] => {
    const { key, label, colour, isDashed } = training;
    const drawn = { key, label, colour, isDashed };
    if (!smooths) return [{ ...drawn, values: column }];
    const smooth: Curve = {
      ...drawn,
      values: alongSteps(smoothed(values, window), places, steps.length),
    };
    if (rows.length > MOST_RAW) return [smooth];
    const raw = { key: `${key} raw`, label: `${label}, as it was`, colour: `${colour}44` };
    return [{ ...raw, values: column, width: 1 }, smooth];
  });
  return { positions: steps, curves, x: linearAxis('step'), y };
}

/** The steps at which a measure has a value, and the values. */
function samplesOf(metrics: MetricColumns, measure: TrainingMeasure) {
  const all = metrics[measure];
  const steps: number[] = [];
  const values: number[] = [];
  for (let line = 0; line < all.length; line++) {
    const value = all[line] ?? null;
    if (value === null || !Number.isFinite(value)) continue;
    steps.push(metrics.step[line] as number);
    values.push(value);
  }
  return { steps, values: Float64Array.from(values) };
}

/** Steps of all trainings, ascending, each once. */
function sharedSteps(steps: readonly (readonly number[])[]): readonly number[] {
  const [first] = steps;
  if (first && steps.length === 1) return first;
  return [...new Set(steps.flat())].sort((a, b) => a - b);
}

function alongSteps(
  values: Float64Array,
  places: Int32Array | null,
  count: number,
): ArrayLike<number | null> {
  if (!places) return values;
  const column: (number | null)[] = new Array(count).fill(null);
  for (let index = 0; index < values.length; index++)
    column[places[index] as number] = values[index] as number;
  return column;
}

/** Means with weights that fall by 1 - 2 / (window + 1) a step back, each divided by the weights that there are. */
export function smoothed(values: ArrayLike<number>, window: number): Float64Array {
  const keep = 1 - 2 / (window + 1);
  const means = new Float64Array(values.length);
  let [sum, weight] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    sum = keep * sum + (1 - keep) * (values[index] as number);
    weight = keep * weight + (1 - keep);
    means[index] = sum / weight;
  }
  return means;
}
