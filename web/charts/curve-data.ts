/** A figure as the columns that uPlot draws: positions on both axes. */
import type uPlot from 'uplot';
import type { Curve, CurveFigure } from './figure-data.ts';

/** Columns in uPlot's order, and which of them are bands. */
export interface CurveColumns {
  readonly data: uPlot.AlignedData;
  readonly series: readonly CurveSeries[];
  /** Pairs of series (upper, lower) that a band lies between. */
  readonly bands: readonly { readonly series: [number, number]; readonly colour: string }[];
}

export interface CurveSeries {
  readonly curve: Curve;
  readonly isEdge: boolean;
}

/** Lays out a figure's curves, the edges of each band before its curve. */
export function curveColumns({ positions, curves, y, floor }: CurveFigure): CurveColumns {
  const columns: (number | null)[][] = [];
  const series: CurveSeries[] = [];
  const bands: { series: [number, number]; colour: string }[] = [];
  const placed = (values: ArrayLike<number | null>) =>
    Array.from(values, (value) => {
      if (value === null) return null;
      const position = y.place(floor === undefined ? value : Math.max(value, floor));
      return Number.isFinite(position) ? position : null;
    });
  const add = (values: ArrayLike<number | null>, curve: Curve, isEdge: boolean) => {
    columns.push(placed(values));
    series.push({ curve, isEdge });
    return series.length;
  };
  for (const curve of curves) {
    if (curve.band) {
      const upper = add(curve.band.high, curve, true);
      const lower = add(curve.band.low, curve, true);
      bands.push({ series: [upper, lower], colour: curve.colour });
    }
    add(curve.values, curve, false);
  }
  return { data: [Array.from(positions), ...columns] as uPlot.AlignedData, series, bands };
}
