/**
 * The JSON of a run directory: keys in the order given, two spaces, lists of plain values on one line,
 * and every number back to the same bits when read.
 */

type Plain = string | number | boolean | null;

/**
 * Formats a value for a record file, with a newline at its end.
 *
 * Numbers round-trip exactly (ECMAScript prints the shortest digits that do; the sign of -0 is kept).
 * A property that is `undefined` is left out.
 *
 * @throws Error naming the key's path for what JSON cannot hold: NaN, an infinity, undefined in a list,
 *   a function, a symbol, a bigint, or an instance of a class (a typed array, a Map, a Date).
 */
export function formatJson(value: unknown): string {
  return `${formatValue(value, '$', '')}\n`;
}

/** The same on a single line, for files with one value a line; with a newline at its end. */
export function formatJsonLine(value: unknown): string {
  return `${formatCompact(value, '$')}\n`;
}

function formatValue(value: unknown, path: string, indent: string): string {
  if (isPlain(value)) return formatPlain(value, path);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every(isPlain)) return formatCompact(value, path);
    const items = Array.from(value, (item, index) => inner + formatValue(item, `${path}[${index}]`, inner));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const lines = entriesOf(value, path).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${formatValue(item, keyPath(path, key), inner)}`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

function formatCompact(value: unknown, path: string): string {
  if (isPlain(value)) return formatPlain(value, path);
  if (Array.isArray(value)) {
    // Array.from visits holes too, which map would skip and leave empty between two commas.
    return `[${Array.from(value, (item, index) => formatCompact(item, `${path}[${index}]`)).join(', ')}]`;
  }
  const fields = entriesOf(value, path).map(
    ([key, item]) => `${JSON.stringify(key)}: ${formatCompact(item, keyPath(path, key))}`,
  );
  return `{${fields.join(', ')}}`;
}

function isPlain(value: unknown): value is Plain {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function formatPlain(value: Plain, path: string): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  if (!Number.isFinite(value)) {
    throw new Error(`JSON has no ${value}, found at ${path}: write null where a number does not exist`);
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) {
    throw new Error(`JSON cannot hold ${describe(value)}, found at ${path}`);
  }
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an instance of ${value.constructor.name}`;
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

function keyPath(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
