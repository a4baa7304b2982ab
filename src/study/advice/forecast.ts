/** The forecast: from JS0 before training to the gap between SGD and AdamW, by what other networks did. */
import { linearRegression, quantile } from 'simple-statistics';
import { PAR_GAP } from '../training/comparison.ts';
import { type CalibrationPoint, needsAdam } from './calibration.ts';

export type Verdict = 'SGD is fine' | 'Adam is needed' | 'undecided';

/** The gap holds this share of networks like those of the calibration. */
export const COVERAGE = 0.8;
/** A gap counts as no larger in the fit: how far SGD diverges beyond AdamW's whole fall in loss says nothing more. */
const LARGEST_GAP = 1;
/** Fewer networks than this make no interval. */
const LEAST_POINTS = 5;
/** How many of the nearest networks are named. */
const NEAREST = 3;

export interface Forecast {
  readonly verdict: Verdict;
  /** Relative gap, as of `CalibrationPoint`. */
  readonly expectedGap: number;
  /** Holds the gap in `COVERAGE` of cases. */
  readonly interval: readonly [least: number, largest: number];
  /** Of the calibration, by JS0. */
  readonly nearest: readonly CalibrationPoint[];
}

/** What a forecast starts from. */
export interface Heterogeneity {
  readonly js0: number;
  readonly js0Error: number | null;
}

/**
 * A straight line of gap against JS0 by least squares. The half width of the interval is the quantile of the errors that
 * the line makes on each network when it is fitted without it (jackknife), and what JS0's own error moves it by.
 *
 * @throws when there are fewer than five points: a calibration that small says nothing.
 */
export function forecastGap(
  { js0, js0Error }: Heterogeneity,
  calibration: readonly CalibrationPoint[],
): Forecast {
  if (calibration.length < LEAST_POINTS)
    throw new Error(`expected at least ${LEAST_POINTS} calibrated networks, found ${calibration.length}`);
  const line = lineThrough(calibration);
  const errors = calibration.map((point) => {
    const without = lineThrough(calibration.filter((other) => other !== point));
    return Math.abs(boundedGap(point) - at(without, point.js0));
  });
  const expectedGap = at(line, js0);
  const halfWidth = Math.hypot(quantile(errors, COVERAGE), line.m * (js0Error ?? 0));
  const interval = [expectedGap - halfWidth, expectedGap + halfWidth] as const;
  const nearest = [...calibration]
    .sort((x, y) => Math.abs(x.js0 - js0) - Math.abs(y.js0 - js0))
    .slice(0, NEAREST);
  return { verdict: verdictOf(interval), expectedGap, interval, nearest };
}

function verdictOf([least, largest]: Forecast['interval']): Verdict {
  if (least > PAR_GAP) return 'Adam is needed';
  return largest <= PAR_GAP ? 'SGD is fine' : 'undecided';
}

interface Line {
  /** Slope. */
  readonly m: number;
  /** Value at 0. */
  readonly b: number;
}

function lineThrough(points: readonly CalibrationPoint[]): Line {
  return linearRegression(points.map((point) => [point.js0, boundedGap(point)]));
}

function at({ m, b }: Line, js0: number): number {
  return m * js0 + b;
}

function boundedGap({ relativeGap }: CalibrationPoint): number {
  return Math.min(LARGEST_GAP, relativeGap);
}

/** A network of the calibration, forecast by the other families. */
export interface CheckedForecast {
  readonly point: CalibrationPoint;
  readonly forecast: Forecast;
  /** What happened. */
  readonly outcome: Exclude<Verdict, 'undecided'>;
  /** Undecided is a miss. */
  readonly isHit: boolean;
  /** Whether the interval held the gap. */
  readonly isCovered: boolean;
}

/** The calibration's forecasts of itself, each network's made without any of its family. */
export function leaveOneFamilyOut(calibration: readonly CalibrationPoint[]): CheckedForecast[] {
  return calibration.map((point) => {
    const others = calibration.filter(({ family }) => family !== point.family);
    const forecast = forecastGap(point, others);
    const outcome = needsAdam(point) ? 'Adam is needed' : 'SGD is fine';
    const [least, largest] = forecast.interval;
    const gap = boundedGap(point);
    return {
      point,
      forecast,
      outcome,
      isHit: forecast.verdict === outcome,
      isCovered: gap >= least && gap <= largest,
    };
  });
}

/** How many networks two guesses without any measurement get right. */
export interface Baselines {
  /** "Adam is needed", whatever it is. */
  readonly alwaysAdam: number;
  /** SGD for convolutions and perceptrons, Adam for attention, mixers and state spaces. */
  readonly architectureName: number;
}

export function baselinesOf(calibration: readonly CalibrationPoint[]): Baselines {
  const usesAdamByName = ({ architecture }: CalibrationPoint) =>
    architecture !== 'convolution' && architecture !== 'perceptron';
  return {
    alwaysAdam: calibration.filter(needsAdam).length,
    architectureName: calibration.filter((point) => usesAdamByName(point) === needsAdam(point)).length,
  };
}
