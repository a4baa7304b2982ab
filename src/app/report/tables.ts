/** Tables of a run as plain rows, as text for a terminal, and as HTML. */
import type { BlockRecord, DistanceRecord, Estimate, RunRecord, SpectrumRecord } from '../runs/records.ts';
import { shortBlockNames } from './block-names.ts';
import { definitionFacts, headlineDefinition, type Invariance } from './definitions.ts';
import { formatCount, formatEstimate, formatNumber, formatShare, NO_VALUE } from './format.ts';
import { escapeMarkup } from './markup.ts';
import { kindLabel } from './theme.ts';

/** One block as a table shows it; null where it was not measured. */
export interface BlockRow {
  readonly name: string;
  readonly shortName: string;
  readonly kind: string;
  /** 1-based, or null for what belongs to no layer. */
  readonly layer: number | null;
  readonly size: number;
  readonly largest: Estimate | null;
  readonly least: Estimate | null;
  readonly trace: Estimate | null;
  readonly negativeMass: Estimate | null;
  readonly zeroMass: Estimate | null;
  /** Mean distance to the other measured blocks under `blockRows`' definition. */
  readonly meanDistance: number | null;
  readonly method: 'lanczos' | 'exact' | null;
  /** Marks such as `zero`, `missing` (asked for, not there yet) and `not asked for`. */
  readonly marks: readonly string[];
}

/** JS0 under one definition. */
export interface JsZeroRow {
  readonly definition: string;
  readonly js0: Estimate;
  readonly wholeMatrix: number;
  readonly noiseFloor: number | null;
  readonly unit: string;
  /** What may be scaled without it changing. */
  readonly invariance: Invariance;
}

/** Mean distance of each block to the others, by name; blocks without any distance are left out. */
function meanDistances(distance: DistanceRecord): Map<string, number> {
  const means = new Map<string, number>();
  for (const [index, row] of distance.matrix.entries()) {
    const values = row.filter(
      (value, at): value is number => at !== index && value !== null && Number.isFinite(value),
    );
    if (values.length > 0)
      means.set(distance.blocks[index]!, values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return means;
}

function marksOf(block: BlockRecord, spectrum: SpectrumRecord | undefined): string[] {
  if (spectrum === undefined) return [block.selected ? 'missing' : 'not asked for'];
  return spectrum.isZero ? ['zero'] : [];
}

/** The definition by which a run's blocks are told apart in its table. */
export function tableDefinition(record: RunRecord): string | null {
  return headlineDefinition([record.distances?.definitions.map((distance) => distance.definition) ?? []]);
}

/** The rows of the table of blocks, in the model's order. */
export function blockRows(record: RunRecord): BlockRow[] {
  const spectra = new Map(record.spectra?.blocks.map((spectrum) => [spectrum.name, spectrum]));
  const short = shortBlockNames(record.blocks.map((block) => block.name));
  const definition = tableDefinition(record);
  const distance = record.distances?.definitions.find((candidate) => candidate.definition === definition);
  const means = distance ? meanDistances(distance) : new Map<string, number>();
  return record.blocks.map((block) => {
    const spectrum = spectra.get(block.name);
    return {
      name: block.name,
      shortName: short.get(block.name)!,
      kind: block.kind,
      layer: block.layer,
      size: block.size,
      largest: spectrum?.largest ?? null,
      least: spectrum?.least ?? null,
      trace: spectrum?.trace ?? null,
      negativeMass: spectrum?.negativeMass ?? null,
      zeroMass: spectrum?.zeroMass ?? null,
      meanDistance: means.get(block.name) ?? null,
      method: spectrum?.method ?? null,
      marks: marksOf(block, spectrum),
    };
  });
}

/** JS0 of a run under each definition; empty before distances are known. */
export function jsZeroRows(record: RunRecord): JsZeroRow[] {
  return (record.distances?.definitions ?? []).map((distance) => {
    const { unit, invariance } = definitionFacts(distance.definition);
    return {
      definition: distance.definition,
      js0: distance.js0,
      wholeMatrix: distance.js0WholeMatrix,
      noiseFloor: distance.noiseFloor,
      unit,
      invariance,
    };
  });
}

/** A column of a table: its heading, its cell as text, and the value to sort by (text sorts by itself). */
export interface Column<Row> {
  readonly heading: string;
  readonly explanation?: string;
  readonly numeric: boolean;
  readonly cell: (row: Row) => string;
  readonly value?: (row: Row) => number | null;
}

function estimateColumn(
  heading: string,
  of: (row: BlockRow) => Estimate | null,
  explanation: string,
): Column<BlockRow> {
  return {
    heading,
    explanation,
    numeric: true,
    cell: (row) => formatNumber(of(row)?.mean ?? null),
    value: (row) => of(row)?.mean ?? null,
  };
}

function shareColumn(
  heading: string,
  of: (row: BlockRow) => Estimate | null,
  explanation: string,
): Column<BlockRow> {
  return {
    heading,
    explanation,
    numeric: true,
    cell: (row) => (of(row) ? formatShare(of(row)!.mean) : NO_VALUE),
    value: (row) => of(row)?.mean ?? null,
  };
}

function measuredColumns(definition: string | null): Column<BlockRow>[] {
  return [
    {
      heading: 'size',
      explanation: 'number of parameters',
      numeric: true,
      cell: (row) => formatCount(row.size),
      value: (row) => row.size,
    },
    estimateColumn('largest', (row) => row.largest, 'largest eigenvalue'),
    estimateColumn('least', (row) => row.least, 'least eigenvalue'),
    estimateColumn('trace', (row) => row.trace, 'sum of all eigenvalues'),
    shareColumn('below 0', (row) => row.negativeMass, 'share of the eigenvalues below zero'),
    shareColumn('at 0', (row) => row.zeroMass, 'share of the eigenvalues at zero to rounding'),
    {
      heading: 'distance',
      explanation:
        definition === null
          ? 'mean distance to the other blocks'
          : `mean distance to the other blocks under ${definition}`,
      numeric: true,
      cell: (row) => formatNumber(row.meanDistance),
      value: (row) => row.meanDistance,
    },
  ];
}

const INVARIANCES: Readonly<Record<Invariance, string>> = {
  block: 'scale of a block',
  loss: 'scale of the loss',
  none: NO_VALUE,
};

const JS_ZERO_COLUMNS: readonly Column<JsZeroRow>[] = [
  { heading: 'definition', numeric: false, cell: (row) => row.definition },
  {
    heading: 'JS0',
    explanation: 'mean over pairs of different blocks',
    numeric: true,
    cell: (row) => formatEstimate(row.js0),
    value: (row) => row.js0.mean,
  },
  {
    heading: 'whole matrix',
    explanation: 'mean over the matrix with its zero diagonal',
    numeric: true,
    cell: (row) => formatNumber(row.wholeMatrix),
    value: (row) => row.wholeMatrix,
  },
  {
    heading: 'noise floor',
    explanation: "mean distance between halves of one block's probes",
    numeric: true,
    cell: (row) => formatNumber(row.noiseFloor, 2),
    value: (row) => row.noiseFloor,
  },
  { heading: 'unit', numeric: false, cell: (row) => row.unit },
  {
    heading: 'unchanged by',
    explanation: 'what may be scaled without it changing',
    numeric: false,
    cell: (row) => INVARIANCES[row.invariance],
  },
];

/** Control characters would move the terminal's cursor. */
function printable(cell: string): string {
  return cell.replace(/\p{Cc}/gu, '?');
}

/** A table for a terminal: aligned columns below their headings. */
export function renderText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
  const widths = columns.map((column, at) =>
    Math.max(column.heading.length, ...cells.map((line) => [...line[at]!].length)),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((cell, at) =>
        columns[at]!.numeric
          ? ' '.repeat(widths[at]! - [...cell].length) + cell
          : cell + ' '.repeat(widths[at]! - [...cell].length),
      )
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.heading)),
    line(widths.map((width) => '─'.repeat(width))),
    ...cells.map(line),
  ].join('\n');
}

const TERMINAL_NAME_LENGTH = 22;

/** A block's short name, cut in its middle where it is long. */
export function terminalName(row: { readonly shortName: string }): string {
  const characters = [...row.shortName];
  if (characters.length <= TERMINAL_NAME_LENGTH) return row.shortName;
  const half = Math.floor((TERMINAL_NAME_LENGTH - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** The table of blocks for a terminal: aligned columns, at most about 110 characters wide. */
export function blockTableText(record: RunRecord): string {
  const columns: Column<BlockRow>[] = [
    { heading: 'block', numeric: false, cell: terminalName },
    {
      heading: 'kind',
      numeric: false,
      cell: (row) => row.kind.replace('attention-projection', 'attn-projection').slice(0, 15),
    },
    ...measuredColumns(tableDefinition(record)),
    {
      heading: '',
      numeric: false,
      cell: (row) => [...(row.method === 'exact' ? ['exact'] : []), ...row.marks].join(', '),
    },
  ];
  const rows = blockRows(record);
  const measured = rows.filter((row) => row.method !== null);
  const left = rows.length - measured.length;
  const note = left === 0 ? '' : `\n${left} more parameter tensors were not measured.`;
  return `${renderText(columns, measured)}${note}`;
}

/** JS0 under each definition for a terminal. */
export function jsZeroTableText(record: RunRecord): string {
  return renderText(JS_ZERO_COLUMNS, jsZeroRows(record));
}

/** A table as HTML below its caption; a click on a heading sorts it. */
export function renderHtml<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  caption: string,
): string {
  const head = columns.map((column) => {
    const hint = column.explanation ? ` title="${escapeMarkup(column.explanation)}"` : '';
    return `<th scope="col"${column.numeric ? ' class="number"' : ''}><button type="button"${hint}>${escapeMarkup(column.heading)}</button></th>`;
  });
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const value = column.value?.(row);
      const sortKey = column.numeric
        ? ` class="number" data-value="${value === null || value === undefined || !Number.isFinite(value) ? '' : value}"`
        : '';
      return `<td${sortKey}>${escapeMarkup(column.cell(row))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const table = `<table class="sortable"><thead><tr>${head.join('')}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
  return `<p class="caption">${escapeMarkup(caption)}</p><div class="scroll">${table}</div>`;
}

/** The table of blocks as HTML; a click on a heading sorts it (see `PAGE_SCRIPT`). */
export function blockTableHtml(record: RunRecord): string {
  const definition = tableDefinition(record);
  const columns: Column<BlockRow>[] = [
    { heading: 'block', numeric: false, cell: (row) => row.name },
    { heading: 'in figures', numeric: false, cell: (row) => row.shortName },
    { heading: 'kind', numeric: false, cell: (row) => kindLabel(row.kind) },
    {
      heading: 'layer',
      numeric: true,
      cell: (row) => (row.layer === null ? NO_VALUE : String(row.layer)),
      value: (row) => row.layer,
    },
    ...measuredColumns(definition),
    { heading: 'method', numeric: false, cell: (row) => row.method ?? NO_VALUE },
    { heading: 'marks', numeric: false, cell: (row) => row.marks.join(', ') },
  ];
  const how = definition === null ? '' : ` Distance: mean to the other blocks under ${definition}.`;
  return renderHtml(
    columns,
    blockRows(record),
    `Blocks in the model's order; click a heading to sort.${how}`,
  );
}

/** JS0 under each definition as HTML. */
export function jsZeroTableHtml(record: RunRecord): string {
  return renderHtml(
    JS_ZERO_COLUMNS,
    jsZeroRows(record),
    "JS0: mean distance over pairs of different blocks. Whole matrix: the mean that counts the zero diagonal too. Noise floor: what halves of one block's own probes differ by.",
  );
}
