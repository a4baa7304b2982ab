import { expect, test } from 'vitest';
import type { BlockSummary } from '../../../src/app/server/contract/entries.ts';
import { mapLayout } from '../../../web/run/map-layout.ts';

function block(name: string, kind: string, layer: number | null): BlockSummary {
  return {
    name,
    shortName: name,
    kind,
    layer,
    shape: [2, 2],
    size: 4,
    isSelected: true,
    isMeasured: true,
    isZero: false,
    method: 'lanczos',
    probeSteps: [],
    largest: null,
    least: null,
    trace: null,
    frobenius: null,
    negativeMass: null,
    zeroMass: null,
    normaliser: null,
    meanDistance: null,
  };
}

const GPT = [
  block('wte', 'embedding', null),
  block('wpe', 'embedding', null),
  block('0.query', 'query', 1),
  block('0.fc', 'mlp-fc', 1),
  block('1.query', 'query', 2),
  block('1.fc', 'mlp-fc', 2),
  block('head', 'output', null),
];

test('layers are columns; what comes before and after them stands on either side', () => {
  expect(mapLayout(GPT).columns.map(({ heading }) => heading)).toEqual(['in', '1', '2', 'out']);
});

test('kinds are rows, and every block stands in its cell once', () => {
  const { rows } = mapLayout(GPT);
  const cells = Object.fromEntries(
    rows.map(({ kind, cells: row }) => [kind, row.map((cell) => cell.map(({ name }) => name))]),
  );
  expect(cells).toEqual({
    embedding: [['wte', 'wpe'], [], [], []],
    query: [[], ['0.query'], ['1.query'], []],
    'mlp-fc': [[], ['0.fc'], ['1.fc'], []],
    output: [[], [], [], ['head']],
  });
});

test('a network without layers is one column', () => {
  const { columns, rows } = mapLayout([block('a', 'conv', null), block('b', 'linear', null)]);
  expect(columns.map(({ heading }) => heading)).toEqual(['blocks']);
  expect(rows.map(({ cells }) => cells.length)).toEqual([1, 1]);
});
