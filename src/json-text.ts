/** JSON of files that anybody may have written. */

/**
 * Levels of lists and objects within each other. What hesscope reads has fewer than ten; far more would only exhaust
 * the stack of whatever walks the value.
 */
export const DEEPEST_JSON = 200;

/**
 * What a JSON text holds.
 * @throws SyntaxError when it is not JSON, or its lists and objects lie deeper in each other than {@link DEEPEST_JSON}.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseDepth(value);
  return value;
}

/**
 * Refuses what lies deeper in each other than {@link DEEPEST_JSON}.
 * @param value as a parser of JSON or YAML has made it.
 * @throws SyntaxError
 */
export function refuseDepth(value: unknown): void {
  if (isDeeper(value, DEEPEST_JSON))
    throw new SyntaxError(`lists and objects lie more than ${DEEPEST_JSON} levels deep in each other`);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((part) => isDeeper(part, levels - 1));
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}

/**
 * The beginning of a value as JSON, for messages.
 * @returns `none` for undefined.
 */
export function shown(value: unknown, length = 60): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length <= length ? text : `${text.slice(0, length)}...`;
}
