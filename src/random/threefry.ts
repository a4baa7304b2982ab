/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", 2011): a keyed bijection of 64-bit counters whose outputs pass as independent random words.
 * Checked against the known-answer vectors of Random123.
 */

/** The constant of Skein's key schedule for 32-bit words. */
const KEY_PARITY = 0x1bd11bda;

/**
 * Encrypts one counter.
 *
 * All words are 32-bit integers; signed and unsigned readings of the same bits are the same word.
 *
 * @param out receives the two output words at `at` and `at + 1`.
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
  at: number,
): void {
  // The injected key words rotate through (key0, key1, parity word), one place a group of four rounds.
  let injected = key1 | 0;
  let next = key0 ^ key1 ^ KEY_PARITY;
  let after = key0 | 0;
  let x = (counter0 + key0) | 0;
  let y = (counter1 + key1) | 0;
  for (let group = 1; group <= 5; group++) {
    if ((group & 1) === 1) {
      x = (x + y) | 0;
      y = ((y << 13) | (y >>> 19)) ^ x;
      x = (x + y) | 0;
      y = ((y << 15) | (y >>> 17)) ^ x;
      x = (x + y) | 0;
      y = ((y << 26) | (y >>> 6)) ^ x;
      x = (x + y) | 0;
      y = ((y << 6) | (y >>> 26)) ^ x;
    } else {
      x = (x + y) | 0;
      y = ((y << 17) | (y >>> 15)) ^ x;
      x = (x + y) | 0;
      y = ((y << 29) | (y >>> 3)) ^ x;
      x = (x + y) | 0;
      y = ((y << 16) | (y >>> 16)) ^ x;
      x = (x + y) | 0;
      y = ((y << 24) | (y >>> 8)) ^ x;
    }
    x = (x + injected) | 0;
    y = (y + next + group) | 0;
    const spent = injected;
    injected = next;
    next = after;
    after = spent;
  }
  out[at] = x;
  out[at + 1] = y;
}
