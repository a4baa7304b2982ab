/** The network as a table: layers as columns, kinds of blocks as rows. */
import { kindLabel, orderedKinds } from '../../src/app/report/theme.ts';
import type { BlockSummary } from '../../src/app/server/contract/entries.ts';

export interface MapColumn {
  readonly key: string;
  readonly heading: string;
}

/** A row of the map: a kind of block, and its blocks by column. */
export interface MapRow {
  readonly kind: string;
  readonly label: string;
  readonly cells: readonly (readonly BlockSummary[])[];
}

export interface MapLayout {
  readonly columns: readonly MapColumn[];
  readonly rows: readonly MapRow[];
}

const BEFORE = 'before';
const AFTER = 'after';

/** Blocks of no layer stand before the first layer or after the last, wherever the model has them. */
function columnKeys(blocks: readonly BlockSummary[]): string[] {
  const firstLayered = blocks.findIndex(({ layer }) => layer !== null);
  return blocks.map(({ layer }, index) => {
    if (layer !== null) return String(layer);
    return firstLayered < 0 || index < firstLayered ? BEFORE : AFTER;
  });
}

/** Lays out blocks that are given in the model's order. */
export function mapLayout(blocks: readonly BlockSummary[]): MapLayout {
  const keys = columnKeys(blocks);
  const layers = [...new Set(keys.filter((key) => key !== BEFORE && key !== AFTER))].sort(
    (a, b) => Number(a) - Number(b),
  );
  const hasLayers = layers.length > 0;
  const columns: MapColumn[] = [
    ...(keys.includes(BEFORE) ? [{ key: BEFORE, heading: hasLayers ? 'in' : 'blocks' }] : []),
    ...layers.map((key) => ({ key, heading: key })),
    ...(keys.includes(AFTER) ? [{ key: AFTER, heading: 'out' }] : []),
  ];
  const rows = orderedKinds(blocks.map(({ kind }) => kind)).map((kind) => ({
    kind,
    label: kindLabel(kind),
    cells: columns.map(({ key }) =>
      blocks.filter((block, index) => block.kind === kind && keys[index] === key),
    ),
  }));
  return { columns, rows };
}
