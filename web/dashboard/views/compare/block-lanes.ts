/** The blocks' largest eigenvalues of several runs, a lane a run, on one logarithmic axis. */
import type { BlockSummary, SpectrumDetail } from '../../../../src/app/server/contract/entries.ts';
import { logAxis, type PlacedAxis } from '../../../charts/placed-axis.ts';

export interface BlockLane {
  readonly title: string;
  /** Blocks with a positive largest eigenvalue, and where it is on the axis. */
  readonly ticks: readonly { readonly block: BlockSummary; readonly position: number }[];
}

export interface BlockLanes {
  readonly axis: PlacedAxis;
  readonly lanes: readonly BlockLane[];
  /** The ends of the axis, in positions. */
  readonly low: number;
  readonly high: number;
}

/** Decades left free at both ends. */
const FREE_DECADES = 0.2;

/** Null where no block has a positive eigenvalue. */
export function blockLanes(details: readonly SpectrumDetail[], titles: readonly string[]): BlockLanes | null {
  const axis = logAxis('largest eigenvalue λ');
  const lanes = details.map(({ blocks }, index): BlockLane => {
    const ticks = blocks.flatMap((block) => {
      const position = axis.place(block.largest?.mean ?? 0);
      return block.isZero || !Number.isFinite(position) ? [] : [{ block, position }];
    });
    return { title: titles[index] as string, ticks };
  });
  const positions = lanes.flatMap(({ ticks }) => ticks.map(({ position }) => position));
  if (positions.length === 0) return null;
  return {
    axis,
    lanes,
    low: Math.min(...positions) - FREE_DECADES,
    high: Math.max(...positions) + FREE_DECADES,
  };
}
