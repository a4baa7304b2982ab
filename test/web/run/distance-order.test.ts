import { expect, test } from 'vitest';
import type { BlockSummary, DistanceMatrix } from '../../../src/app/server/contract/entries.ts';
import { distanceOrder } from '../../../web/run/distance-order.ts';

const KINDS = { a: 'query', b: 'embedding', c: 'query', zero: 'bias', d: 'embedding' };
const NAMES = Object.keys(KINDS);
const blocks = Object.entries(KINDS).map(([name, kind]) => ({ name, kind })) as BlockSummary[];
const distances: DistanceMatrix = {
  definition: 'jsd',
  description: '',
  unit: 'nats',
  blocks: NAMES,
  matrix: NAMES.map((row) =>
    NAMES.map((column) => (row === 'zero' || column === 'zero' ? null : row === column ? 0 : 1)),
  ),
  js0: { mean: 1, standardError: null },
  noiseFloor: null,
  clusterOrder: [4, 0, 1, 2],
};
const named = (order: Parameters<typeof distanceOrder>[2]) =>
  distanceOrder(distances, blocks, order).map((index) => NAMES[index]);

test('zero blocks, which have no distances, stay away in every order', () => {
  expect(named('network')).toEqual(['a', 'b', 'c', 'd']);
});

test('by kind, blocks of one kind stand together in the order of the legend, and in that of the network among themselves', () => {
  expect(named('kind')).toEqual(['b', 'd', 'a', 'c']);
});

test('by clustering, blocks stand as the clustering has them', () => {
  expect(named('clustering')).toEqual(['d', 'a', 'b', 'c']);
});
