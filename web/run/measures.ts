/** What blocks are coloured by. */
import type { BlockSummary } from '../../src/app/server/contract/entries.ts';

/** A number of each block, with its title and unit. */
export interface BlockMeasure {
  readonly title: string;
  readonly unit: string;
  /** A sentence for those who meet it for the first time. */
  readonly caption: string;
  of(block: BlockSummary): number | null;
}

export const BLOCK_MEASURES = {
  largest: {
    title: 'largest eigenvalue',
    unit: 'units of λ',
    caption:
      'The steepest curvature of the loss within each block; a learning rate beyond 2 ÷ this diverges there.',
    of: ({ largest }) => largest?.mean ?? null,
  },
  trace: {
    title: 'trace',
    unit: 'units of λ',
    caption: 'The sum of a block’s eigenvalues: its curvature over all directions together.',
    of: ({ trace }) => trace?.mean ?? null,
  },
  negative: {
    title: 'negative mass',
    unit: 'share, 0 to 1',
    caption: 'The share of a block’s eigenvalues below zero: directions in which the loss curves downwards.',
    of: ({ negativeMass }) => negativeMass?.mean ?? null,
  },
  distance: {
    title: 'mean distance to the other blocks',
    unit: 'nats',
    caption: 'How far a block’s spectrum is from those of the others; bright blocks are unlike the rest.',
    of: ({ meanDistance }) => meanDistance,
  },
} as const satisfies Readonly<Record<string, BlockMeasure>>;

export type MeasureName = keyof typeof BLOCK_MEASURES;

export const MEASURE_NAMES = Object.keys(BLOCK_MEASURES) as [MeasureName, ...MeasureName[]];
