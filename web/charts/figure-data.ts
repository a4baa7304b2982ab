/** What a chart of curves shows: drawn on the screen by `CurveChart`, into a file by `curvesSvg`. */
import type { PlacedAxis } from './placed-axis.ts';

/** A curve over the chart's shared positions. */
export interface Curve {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  /** Values, placed by the vertical axis; null where there are none. */
  readonly values: ArrayLike<number | null>;
  /** The ends of a band around the curve. */
  readonly band?: { readonly low: ArrayLike<number | null>; readonly high: ArrayLike<number | null> };
  readonly isDashed?: boolean;
  readonly width?: number;
  /** Drawn as points, not as a line. */
  readonly isPoints?: boolean;
}

/** Short ticks on the ground: positions with their weights, 0 to 1. */
export interface Rug {
  readonly colour: string;
  readonly positions: ArrayLike<number>;
}

export interface CurveFigure {
  /** Positions of the horizontal axis, ascending. */
  readonly positions: ArrayLike<number>;
  readonly curves: readonly Curve[];
  readonly rugs?: readonly Rug[];
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
  /** The lowest value that the vertical axis goes down to; curves below it end there. */
  readonly floor?: number;
}
