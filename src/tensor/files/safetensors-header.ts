/**
 * The header of a safetensors file: where each tensor lies, and nothing trusted before it is checked.
 *
 * Layout (https://github.com/huggingface/safetensors#format): 8 bytes little-endian header length N,
 * N bytes of JSON, then the raw little-endian data; `data_offsets` count from the start of the data.
 */
import { UserError } from '../../errors.ts';
import { parseJson, shown } from '../../json-text.ts';
import { sizeOf } from '../graph/type.ts';

/** Bytes before the JSON header. */
export const LENGTH_BYTES = 8;

/** The largest header that the format's own library accepts, in bytes. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Where one tensor lies in its file. */
export interface TensorEntry {
  readonly name: string;
  /** The format's own name of the element type: F32, BF16, I64 and so on. */
  readonly storedDtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A header that was checked. */
export interface SafetensorsHeader {
  /** In the order in which the data lie in the file. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The free string map under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA_KEY = '__metadata__';

/** Names that would reach an object's prototype if someone filed the tensors in a plain object. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const BYTES_PER_STORED_ELEMENT: ReadonlyMap<string, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0'].map((dtype) => [dtype, 1] as const),
  ...['U16', 'I16', 'F16', 'BF16'].map((dtype) => [dtype, 2] as const),
  ...['U32', 'I32', 'F32'].map((dtype) => [dtype, 4] as const),
  ...['U64', 'I64', 'F64', 'C64'].map((dtype) => [dtype, 8] as const),
]);

/** Throws a `UserError` when a tensor or metadata key of this name cannot be kept safely. */
export function checkName(path: string, name: string): void {
  if (FORBIDDEN_NAMES.has(name)) {
    throw new UserError(
      `${path}: the name "${name}" is refused because it reaches JavaScript's prototypes; rename it`,
    );
  }
}

/**
 * Reads the header length from a file's first eight bytes.
 *
 * @throws UserError when the length cannot be that of a header of this file.
 */
export function parseHeaderLength(path: string, bytes: Uint8Array, fileBytes: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const largest = Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES);
  if (length < 2n || length > BigInt(largest)) {
    throw new UserError(
      `${path}: expected a safetensors header of 2 to ${largest} bytes, found a declared length of ${length}; the file is cut short or is not safetensors`,
    );
  }
  return Number(length);
}

/**
 * Parses and checks a header.
 *
 * @param json the JSON text, with or without the padding spaces.
 * @param dataStart the byte of the file at which the data begin.
 * @param fileBytes the size of the whole file.
 * @throws UserError, naming the file and the tensor, when the header is not JSON, a name occurs twice
 *   or is refused, an entry is malformed, a shape does not fit its bytes, or the entries do not cover
 *   the data exactly once.
 */
export function parseHeader(
  path: string,
  json: string,
  dataStart: number,
  fileBytes: number,
): SafetensorsHeader {
  const header = parseObject(path, json);
  const duplicate = firstDuplicateKey(json);
  if (duplicate !== null) {
    throw new UserError(
      `${path}: the name "${duplicate}" stands twice in the header; write the file again with distinct names`,
    );
  }
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) continue;
    checkName(path, name);
    entries.push(parseEntry(path, name, value, dataStart));
  }
  entries.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  checkCoverage(path, entries, dataStart, fileBytes);
  return {
    entries: new Map(entries.map((entry) => [entry.name, entry])),
    metadata: parseMetadata(path, Object.hasOwn(header, METADATA_KEY) ? header[METADATA_KEY] : {}),
  };
}

/**
 * Writes a header, padded with spaces so that the data begin at a multiple of `alignment` bytes.
 *
 * @param entries their `byteOffset` counts from the start of the data.
 * @returns the length and the JSON: all that precedes the data.
 */
export function formatHeader(
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
  alignment: number,
): Uint8Array {
  const fields: [string, unknown][] = entries.map((entry) => [
    entry.name,
    {
      dtype: entry.storedDtype,
      shape: entry.shape,
      data_offsets: [entry.byteOffset, entry.byteOffset + entry.byteLength],
    },
  ]);
  if (Object.keys(metadata).length > 0) fields.unshift([METADATA_KEY, metadata]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const total = Math.ceil((LENGTH_BYTES + json.length) / alignment) * alignment;
  const bytes = new Uint8Array(total).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(total - LENGTH_BYTES), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function parseObject(path: string, json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (error) {
    throw new UserError(
      `${path}: expected a JSON header, found text that does not parse (${(error as Error).message})`,
    );
  }
  if (!isRecord(value)) {
    throw new UserError(
      `${path}: expected a JSON object as header, found ${JSON.stringify(value)?.slice(0, 60)}`,
    );
  }
  return value;
}

function parseEntry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const fail = (expected: string, found: unknown): never => {
    throw new UserError(
      `${path}: tensor "${name}": expected ${expected}, found ${JSON.stringify(found)?.slice(0, 120)}; the file is damaged or was written wrongly`,
    );
  };
  if (!isRecord(value)) return fail('an object with dtype, shape and data_offsets', value);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') return fail('a dtype', dtype);
  if (!isCounts(shape) || !Number.isSafeInteger(sizeOf(shape)))
    return fail('a shape of whole numbers', shape);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    return fail('data_offsets [begin, end] with begin <= end', offsets);
  }
  const byteLength = offsets[1]! - offsets[0]!;
  const elementBytes = BYTES_PER_STORED_ELEMENT.get(dtype);
  if (elementBytes !== undefined && sizeOf(shape) * elementBytes !== byteLength) {
    return fail(`${sizeOf(shape) * elementBytes} bytes for ${dtype}[${shape.join(', ')}]`, byteLength);
  }
  return { name, storedDtype: dtype, shape, byteOffset: dataStart + offsets[0]!, byteLength };
}

/** The format allows neither holes nor overlaps: what no entry covers could hide another file. */
function checkCoverage(
  path: string,
  entries: readonly TensorEntry[],
  dataStart: number,
  fileBytes: number,
): void {
  let end = dataStart;
  for (const entry of entries) {
    if (entry.byteOffset !== end) {
      const problem = entry.byteOffset < end ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new UserError(
        `${path}: tensor "${entry.name}" ${problem}: expected its data at byte ${end}, found ${entry.byteOffset}; the file is damaged or was written wrongly`,
      );
    }
    end += entry.byteLength;
    if (end > fileBytes) {
      throw new UserError(
        `${path}: tensor "${entry.name}" ends at byte ${end}, but the file has ${fileBytes} bytes; it is cut short, so copy or write it again`,
      );
    }
  }
  if (end !== fileBytes) {
    throw new UserError(
      `${path}: the tensors end at byte ${end}, but the file has ${fileBytes} bytes; the file is damaged or was written wrongly`,
    );
  }
}

function parseMetadata(path: string, value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw new UserError(`${path}: expected ${METADATA_KEY} to be an object of strings`);
  const pairs = Object.entries(value).map(([key, text]): [string, string] => {
    checkName(path, key);
    if (typeof text !== 'string') {
      throw new UserError(`${path}: expected ${METADATA_KEY} "${key}" to be a string, found ${shown(text)}`);
    }
    return [key, text];
  });
  return Object.fromEntries(pairs);
}

/**
 * The first key that stands twice in one object of a valid JSON text, or null.
 * `JSON.parse` keeps the last of them in silence, so the text itself is scanned.
 */
function firstDuplicateKey(json: string): string | null {
  const scopes: Set<string>[] = [];
  // In valid JSON a string is a key exactly when a colon follows it.
  const colon = /\s*:/y;
  let position = 0;
  while (position < json.length) {
    const character = json[position];
    if (character === '{') scopes.push(new Set());
    if (character === '}') scopes.pop();
    if (character !== '"') {
      position += 1;
      continue;
    }
    const end = endOfString(json, position);
    colon.lastIndex = end;
    if (colon.test(json)) {
      const key = String(JSON.parse(json.slice(position, end)));
      const scope = scopes.at(-1)!;
      if (scope.has(key)) return key;
      scope.add(key);
    }
    position = end;
  }
  return null;
}

/** The position just behind the JSON string that starts at `start`. */
function endOfString(json: string, start: number): number {
  let position = start + 1;
  while (json[position] !== '"') position += json[position] === '\\' ? 2 : 1;
  return position + 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
