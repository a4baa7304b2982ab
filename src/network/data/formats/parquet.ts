/** Parquet: one file, or a folder of them, with a column of text or with columns of pictures and their classes. */
import { basename, join } from 'node:path';
import type { SchemaTree } from 'hyparquet';
import { UserError } from '../../../errors.ts';
import { parseJson } from '../../../json-text.ts';
import type { DataRequest, Split } from '../data-request.ts';
import { checkCut, formatCount } from '../dataset.ts';
import type { DataFormat, Place } from '../format.ts';
import { checkSupply, type LabelledImages, neededImages } from '../images.ts';
import { decodePictures, type Picture } from '../pictures.ts';
import { BETWEEN_DOCUMENTS, type TextSource } from '../text-source.ts';
import { TEXT_FIELD } from './json-lines.ts';
import { openTable, type ParquetTable, readRows } from './parquet-reader.ts';

/** Names that data sets give to the column of classes, the first one that is there counts. */
const LABEL_COLUMNS = ['label', 'labels', 'fine_label', 'coarse_label'];

const isParquet = (name: string) => name.toLowerCase().endsWith('.parquet');

export const PARQUET: DataFormat = {
  title: 'Parquet',
  options: ['field', 'split', 'pictureShape'],
  matches: ({ path, isFolder, names }) => (isFolder ? names.some(isParquet) : isParquet(path)),
  read: async (place) => {
    const first = await openTable(filesOf(place)[0] as string);
    return pictureColumn(first) === null
      ? { kind: 'text', open: async (request) => parquetText(place, request) }
      : { kind: 'images', open: (request) => parquetImages(place, request) };
  },
};

/**
 * The files of a split in the order of their names: those whose names begin with it, where any name begins with a
 * split; else all, and a split that is asked for is refused.
 */
function filesOf({ path, isFolder, names }: Place, split?: Split): string[] {
  if (!isFolder) {
    if (split === undefined) return [path];
    throw new UserError(`${path}: 'split' chooses among the files of a folder, found one file; leave it out`);
  }
  const files = names.filter(isParquet);
  const isParted = files.some((name) => /^(train|test)/.test(name));
  if (!isParted && split !== undefined)
    throw new UserError(
      `${path}: expected files whose names begin with train or test, as 'split' asks for, found ${files.slice(0, 8).join(', ')}; leave 'split' out`,
    );
  const chosen = isParted ? files.filter((name) => name.startsWith(split ?? 'train')) : files;
  if (chosen.length === 0)
    throw new UserError(
      `${path}: expected files whose names begin with ${split ?? 'train'}, found ${files.slice(0, 8).join(', ')}; choose another split`,
    );
  return chosen.map((name) => join(path, name));
}

const nameOf = ({ element }: SchemaTree) => element.name;

function columnNames({ columns }: ParquetTable): string {
  return columns.map(nameOf).join(', ');
}

/** The texts of a column, an empty line between rows. */
function parquetText(place: Place, { field = TEXT_FIELD, split }: DataRequest): TextSource {
  const files = filesOf(place, split);
  return {
    name: basename(place.path),
    description: `the column "${field}" of ${place.path}`,
    async *pieces() {
      let isFirst = true;
      for (const path of files) {
        const table = await openTable(path);
        if (!table.columns.some((column) => nameOf(column) === field))
          throw new UserError(
            `${path}: expected a column "${field}" with text, found the columns ${columnNames(table)}; set 'field' to the one with text`,
          );
        for await (const text of textsOf(table, field)) {
          yield isFirst ? text : `${BETWEEN_DOCUMENTS}${text}`;
          isFirst = false;
        }
      }
    },
  };
}

/** Row groups are read one at a time: a file may be larger than memory. */
async function* textsOf(table: ParquetTable, field: string): AsyncGenerator<string> {
  let start = 0;
  for (const group of table.metadata.row_groups) {
    const stop = start + Number(group.num_rows);
    for (const [index, row] of (await readRows(table, [field], start, stop)).entries()) {
      const text = row[field];
      if (typeof text !== 'string')
        throw new UserError(
          `${table.path}, row ${start + index + 1}: expected text in the column "${field}", found ${text === null ? 'nothing' : typeof text}; set 'field' to a column of text`,
        );
      yield text;
    }
    start = stop;
  }
}

/** The column of encoded pictures: bytes, or a structure with `bytes` as Hugging Face's data sets have it. */
function pictureColumn({ columns }: ParquetTable): string | null {
  const isBytes = ({ element, children }: SchemaTree): boolean =>
    children.length === 0 &&
    element.type === 'BYTE_ARRAY' &&
    element.converted_type === undefined &&
    element.logical_type === undefined;
  const column = columns.find(
    (candidate) =>
      isBytes(candidate) || candidate.children.some((child) => nameOf(child) === 'bytes' && isBytes(child)),
  );
  return column ? nameOf(column) : null;
}

async function parquetImages(place: Place, request: DataRequest): Promise<LabelledImages> {
  checkCut(request);
  const tables = await Promise.all(filesOf(place, request.split).map(openTable));
  const count = tables.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const name = basename(place.path);
  checkSupply({ name, count }, request);
  const [first, stop] = neededImages(request, count);
  const pictures: Picture[] = [];
  const labels: number[] = [];
  let classCount = 0;
  let tableStart = 0;
  for (const table of tables) {
    const columns = { picture: pictureColumnOf(table), label: labelColumnOf(table, request.field) };
    const all = await readLabels(table, columns.label);
    const greatest = all.reduce((most, label) => Math.max(most, label), -1);
    classCount = Math.max(classCount, namedClasses(table, columns.label), 1 + greatest);
    const [from, to] = [Math.max(first - tableStart, 0), Math.min(stop - tableStart, table.rowCount)];
    if (from < to) {
      for (const picture of await readPictures(table, columns.picture, from, to)) pictures.push(picture);
      for (const label of all.slice(from, to)) labels.push(label);
    }
    tableStart += table.rowCount;
  }
  const { shape, pixels } = await decodePictures(pictures, request.pictureShape);
  const { channels, height, width } = shape;
  return {
    name,
    description: `${formatCount(count)} pictures in ${classCount} classes of ${place.path}, as ${channels} x ${height} x ${width} values`,
    count,
    featureCount: channels * height * width,
    imageShape: shape,
    classCount,
    firstHeld: first,
    pixels,
    labels: Int32Array.from(labels),
  };
}

function pictureColumnOf(table: ParquetTable): string {
  const column = pictureColumn(table);
  if (column !== null) return column;
  throw new UserError(
    `${table.path}: expected a column of pictures as in the file before it, found ${columnNames(table)}; take files of one data set`,
  );
}

function labelColumnOf(table: ParquetTable, field: string | undefined): string {
  const names = table.columns.map(nameOf);
  const column =
    field === undefined
      ? LABEL_COLUMNS.find((name) => names.includes(name))
      : names.find((name) => name === field);
  if (column !== undefined) return column;
  throw new UserError(
    `${table.path}: expected a column of classes, ${field === undefined ? LABEL_COLUMNS.join(', ') : `"${field}"`}, found ${columnNames(table)}; set 'field' to the one with classes`,
  );
}

async function readLabels(table: ParquetTable, column: string): Promise<number[]> {
  const rows = await readRows(table, [column], 0, table.rowCount);
  return rows.map((row, index) => {
    const label = Number(row[column]);
    if (row[column] !== null && Number.isInteger(label) && label >= 0) return label;
    throw new UserError(
      `${table.path}, row ${index + 1}: expected a class in the column "${column}", a whole number of at least 0, found ${String(row[column])}; set 'field' to the column with classes`,
    );
  });
}

async function readPictures(
  table: ParquetTable,
  column: string,
  from: number,
  to: number,
): Promise<Picture[]> {
  const rows = await readRows(table, [column], from, to);
  return rows.map((row, index) => {
    const value = row[column];
    const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
    const name = `${table.path}, row ${from + index + 1}`;
    if (bytes instanceof Uint8Array) return { name, bytes };
    throw new UserError(
      `${name}: expected a picture in the column "${column}", found none; its file lies elsewhere, so take a data set with the pictures inside`,
    );
  });
}

/** How many classes Hugging Face's description of a column names; 0 where there is none. */
function namedClasses({ metadata }: ParquetTable, column: string): number {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return 0;
  try {
    const described = parseJson(text) as { info?: { features?: Record<string, { names?: unknown }> } } | null;
    const names = described?.info?.features?.[column]?.names;
    return Array.isArray(names) ? names.length : 0;
  } catch {
    return 0;
  }
}
