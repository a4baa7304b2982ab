import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/**
 * Choices that do not change the numbers of a run: they may differ from part to part of it. Neither threads nor the
 * device are among them: sums over few rows are split among threads, and each device sums in an order of its own, so
 * both show in the last bits.
 */
const FREE_KEYS: ReadonlySet<string> = new Set(['memoryMiB']);

/** Choices that may be paths. */
const PLACE_KEYS: ReadonlySet<string> = new Set([
  'model',
  'data',
  'weights',
  'labels',
  'inputs',
  'targets',
  'tokenizer',
]);

/**
 * What of the choices given now is not as a run was made with, one phrase for each; keys that are not given agree.
 */
export function differingChoices(
  given: Readonly<Record<string, unknown>>,
  request: Readonly<Record<string, unknown>>,
): string[] {
  const show = (value: unknown) => (value === undefined ? 'left out' : JSON.stringify(value));
  return Object.entries(given).flatMap(([key, value]) =>
    FREE_KEYS.has(key) || isDeepStrictEqual(request[key], value) || isSamePlace(key, request[key], value)
      ? []
      : [`'${key}' was ${show(request[key])}, now ${show(value)}`],
  );
}

/** Whether both name one place, however it is written; a name without a folder may be that of something else. */
function isSamePlace(key: string, before: unknown, now: unknown): boolean {
  const isPath = (value: unknown): value is string => typeof value === 'string' && /[/\\]/.test(value);
  return PLACE_KEYS.has(key) && isPath(before) && isPath(now) && resolve(before) === resolve(now);
}
