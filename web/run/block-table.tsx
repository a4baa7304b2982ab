/** All blocks in numbers, sorted by any column, taken away as CSV or JSON. */
import { useSignal } from '@preact/signals';
import { formatCount, formatEstimate, formatNumber } from '../../src/app/report/format.ts';
import { kindLabel } from '../../src/app/report/theme.ts';
import type { BlockSummary } from '../../src/app/server/contract/entries.ts';
import { csvText, fileNameOf, saveFile } from '../charts/save-file.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';

type Estimate = { readonly mean: number; readonly standardError: number | null } | null;

interface Column {
  readonly heading: string;
  readonly isNumber: boolean;
  /** What rows are sorted by. */
  readonly value: (block: BlockSummary, place: number) => number | string | null;
  readonly text: (block: BlockSummary) => string;
}

function estimated(heading: string, of: (block: BlockSummary) => Estimate): Column {
  return {
    heading,
    isNumber: true,
    value: (block) => of(block)?.mean ?? null,
    text: (block) => formatEstimate(of(block)),
  };
}

const COLUMNS: readonly Column[] = [
  { heading: 'block', isNumber: false, value: (_, place) => place, text: ({ shortName }) => shortName },
  { heading: 'kind', isNumber: false, value: ({ kind }) => kind, text: ({ kind }) => kindLabel(kind) },
  {
    heading: 'size',
    isNumber: true,
    value: ({ size }) => size,
    text: ({ size }) => formatCount(size),
  },
  estimated('largest λ', ({ largest }) => largest),
  estimated('least λ', ({ least }) => least),
  estimated('trace', ({ trace }) => trace),
  estimated('negative mass', ({ negativeMass }) => negativeMass),
  estimated('zero mass', ({ zeroMass }) => zeroMass),
  {
    heading: 'mean distance',
    isNumber: true,
    value: ({ meanDistance }) => meanDistance,
    text: ({ meanDistance }) => formatNumber(meanDistance),
  },
];

function sorted(blocks: readonly BlockSummary[], column: Column, isReversed: boolean): BlockSummary[] {
  const keyed = blocks.map((block, place) => ({ block, key: column.value(block, place) }));
  keyed.sort((a, b) => {
    // What has no number comes last whichever way.
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
    const difference =
      typeof a.key === 'number' && typeof b.key === 'number'
        ? a.key - b.key
        : String(a.key).localeCompare(String(b.key));
    return isReversed ? -difference : difference;
  });
  return keyed.map(({ block }) => block);
}

/** The numbers as they are, with their errors in columns of their own. */
function blocksCsv(blocks: readonly BlockSummary[]): string {
  const measures = ['largest', 'least', 'trace', 'frobenius', 'negativeMass', 'zeroMass'] as const;
  const heading = [
    ...['name', 'kind', 'layer', 'size', 'measured', 'zero', 'method'],
    ...measures.flatMap((name) => [name, `${name}Error`]),
    'normaliser',
    'meanDistance',
  ];
  const rows = blocks.map((block) => [
    ...[block.name, block.kind, block.layer, block.size, block.isMeasured, block.isZero, block.method],
    ...measures.flatMap((name) => [block[name]?.mean ?? null, block[name]?.standardError ?? null]),
    block.normaliser?.value ?? null,
    block.meanDistance,
  ]);
  return csvText([heading, ...rows]);
}

export interface BlockTableProps {
  readonly title: string;
  readonly blocks: readonly BlockSummary[];
  readonly picked: readonly string[];
  readonly onPick: (name: string, isAdded: boolean) => void;
}

export function BlockTable({ title, blocks, picked, onPick }: BlockTableProps) {
  const column = useSignal(0);
  const isReversed = useSignal(false);
  const rows = sorted(blocks, COLUMNS[column.value] as Column, isReversed.value);
  const stem = fileNameOf(`${title} blocks`);
  const sortBy = (index: number) => {
    isReversed.value = column.value === index ? !isReversed.value : (COLUMNS[index]?.isNumber ?? false);
    column.value = index;
  };
  return (
    <section class="block-table">
      <div class="figure-head">
        <h2>Blocks in numbers</h2>
        <span class="button-row">
          <button
            type="button"
            class="quiet"
            onClick={() => saveFile(`${stem}.csv`, blocksCsv(blocks), 'text/csv')}
          >
            CSV
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() =>
              saveFile(`${stem}.json`, `${JSON.stringify(blocks, null, 2)}\n`, 'application/json')
            }
          >
            JSON
          </button>
        </span>
      </div>
      <p class="caption">
        Means over probes with their standard errors; λ in units of eigenvalues, masses as shares of 1.
      </p>
      <ScrollBox label="Blocks in numbers">
        <table class="numbers">
          <thead>
            <tr>
              {COLUMNS.map(({ heading, isNumber }, index) => (
                <th
                  key={heading}
                  class={isNumber ? 'number' : ''}
                  aria-sort={column.value !== index ? 'none' : isReversed.value ? 'descending' : 'ascending'}
                >
                  <button type="button" onClick={() => sortBy(index)}>
                    {heading}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((block) => (
              <tr key={block.name} class={picked.includes(block.name) ? 'is-chosen' : ''}>
                {COLUMNS.map(({ heading, isNumber, text }, index) => (
                  <td key={heading} class={isNumber ? 'number' : ''}>
                    {index === 0 ? (
                      <button
                        type="button"
                        class="link"
                        disabled={!block.isMeasured}
                        title={block.name}
                        onClick={(event) => onPick(block.name, event.ctrlKey || event.shiftKey)}
                      >
                        {text(block)}
                      </button>
                    ) : block.isZero && isNumber && index > 2 ? (
                      'zero'
                    ) : (
                      text(block)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
