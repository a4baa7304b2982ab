/** Which stretch of an axis is seen. */

/** From where to where, in positions. */
export type Range = readonly [low: number, high: number];

/** Share of the stretch that is seen by which an arrow key moves it. */
const MOVE = 0.2;
/** By how much plus and minus change its length. */
const ZOOM = 1.5;

/**
 * The stretch after a key: arrows move it, plus and minus zoom around its middle, 0 and Escape show all.
 *
 * @returns undefined for keys that mean nothing here; null for everything.
 */
export function keyedRange(key: string, current: Range | null, full: Range): Range | null | undefined {
  const [low, high] = current ?? full;
  const length = high - low;
  const middle = (low + high) / 2;
  switch (key) {
    case 'ArrowLeft':
      return clamped([low - MOVE * length, high - MOVE * length], full);
    case 'ArrowRight':
      return clamped([low + MOVE * length, high + MOVE * length], full);
    case '+':
    case '=':
      return clamped([middle - length / 2 / ZOOM, middle + length / 2 / ZOOM], full);
    case '-':
      return clamped([middle - (length / 2) * ZOOM, middle + (length / 2) * ZOOM], full);
    case '0':
    case 'Escape':
      return current === null ? undefined : null;
    default:
      return undefined;
  }
}

/** The stretch moved back inside the full one; null where it is all of it. */
export function clamped([low, high]: Range, [least, most]: Range): Range | null {
  const length = Math.min(high - low, most - least);
  if (length >= (most - least) * (1 - 1e-9)) return null;
  const start = Math.min(Math.max(low, least), most - length);
  return [start, start + length];
}
