/** A figure as the columns that uPlot draws: positions on both axes. */
import type uPlot from 'uplot';
import type { Curve, CurveFigure } from './figure-data.ts';
import type { PlacedAxis } from './placed-axis.ts';

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

/** Columns that were made, by the values they were made of: a slider leaves most curves of a figure as they are. */
const made = new WeakMap<
  object,
  { readonly y: PlacedAxis; readonly floor: number; readonly column: Column }
>();

type Column = (number | null)[];

/** Lays out a figure's curves, the edges of each band before its curve. */
export function curveColumns({ positions, curves, y, floor = -Infinity }: CurveFigure): CurveColumns {
  const columns: Column[] = [];
  const series: CurveSeries[] = [];
  const bands: { series: [number, number]; colour: string }[] = [];
  const add = (values: ArrayLike<number | null>, curve: Curve, isEdge: boolean) => {
    columns.push(placedColumn(values, y, floor));
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
  return { data: [positions, ...columns] as uPlot.AlignedData, series, bands };
}

/** Values at their positions on an axis; null where they have none. */
function placedColumn(values: ArrayLike<number | null>, y: PlacedAxis, floor: number): Column {
  const known = made.get(values);
  if (known?.y === y && known.floor === floor) return known.column;
  const column: Column = new Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    const position = value === null ? Number.NaN : y.place(Math.max(value, floor));
    column[index] = Number.isFinite(position) ? position : null;
  }
  made.set(values, { y, floor, column });
  return column;
}
