import { UserError } from '../errors.ts';
import { threefry2x32 } from './threefry.ts';

const TWO_TO_MINUS_53 = 2 ** -53;
const TWO_TO_32 = 2 ** 32;
const BITS_PER_BLOCK = 64;

/** What kind of thing is being absorbed into a key; keeps `1` and `'1'`, and `'ab'` and `'a', 'b'`, apart. */
const SEED_TAG = 0x68657373;
const NUMBER_TAG = 0x6e756d62;
const STRING_TAG = 0x73747269;

/**
 * A random stream with a name: a seed and a path, such as `(seed, 'probe', block, index)`.
 *
 * Element i of a stream is a function of the name and of i alone, so any slice stands alone, and
 * results do not depend on the order in which streams are read. The methods are views of the same
 * random words: to draw two independent things, name two streams.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;

  /**
   * @param seed a safe integer.
   * @param path strings and safe integers that name the stream; streams of different names are independent.
   * @throws UserError when the seed or a number in the path is not a safe integer.
   */
  constructor(seed: number, ...path: readonly (string | number)[]) {
    const key = new Uint32Array(2);
    absorbInteger(key, seed, SEED_TAG);
    for (const part of path) {
      if (typeof part === 'number') absorbInteger(key, part, NUMBER_TAG);
      else absorbString(key, part);
    }
    this.#key0 = key[0]! | 0;
    this.#key1 = key[1]! | 0;
  }

  /**
   * Elements `offset` to `offset + count - 1` of the stream as numbers in [0, 1), multiples of 2^-53.
   */
  uniform(count: number, offset = 0): Float64Array {
    const values = new Float64Array(checkedCount(count, offset));
    const words = new Uint32Array(2);
    for (let i = 0; i < count; i++) {
      this.#block(offset + i, words);
      values[i] = unitInterval(words[0]!, words[1]!);
    }
    return values;
  }

  /**
   * Elements `offset` to `offset + count - 1` as independent standard normal numbers.
   *
   * Box and Muller's transform of pairs: elements 2k and 2k+1 come from uniforms 2k and 2k+1.
   */
  gaussian(count: number, offset = 0): Float64Array {
    const values = new Float64Array(checkedCount(count, offset));
    const words = new Uint32Array(2);
    const end = offset + count;
    for (let even = offset - (offset % 2); even < end; even += 2) {
      this.#block(even, words);
      // 1 - u lies in (0, 1], where the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - unitInterval(words[0]!, words[1]!)));
      this.#block(even + 1, words);
      const angle = 2 * Math.PI * unitInterval(words[0]!, words[1]!);
      if (even >= offset) values[even - offset] = radius * Math.cos(angle);
      if (even + 1 < end) values[even + 1 - offset] = radius * Math.sin(angle);
    }
    return values;
  }

  /** Elements `offset` to `offset + count - 1` as signs, -1 or 1, one bit of the stream each. */
  rademacher(count: number, offset = 0): Float64Array {
    const values = new Float64Array(checkedCount(count, offset));
    const words = new Uint32Array(2);
    let block = -1;
    for (let i = 0; i < count; i++) {
      const element = offset + i;
      const home = Math.floor(element / BITS_PER_BLOCK);
      if (home !== block) {
        block = home;
        this.#block(block, words);
      }
      const bit = element - block * BITS_PER_BLOCK;
      values[i] = ((words[bit >> 5]! >>> (bit & 31)) & 1) === 1 ? 1 : -1;
    }
    return values;
  }

  /**
   * Elements `offset` to `offset + count - 1` as integers in [0, bound).
   *
   * Each is the integer part of `bound` times a uniform number: no value is favoured by more than
   * a relative bound x 2^-53.
   *
   * @throws UserError when the bound is not a positive safe integer.
   */
  integers(bound: number, count: number, offset = 0): Float64Array {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw new UserError(`expected a positive integer as the bound of random integers, found ${bound}`);
    }
    const values = this.uniform(count, offset);
    for (let i = 0; i < count; i++) values[i] = Math.floor(values[i]! * bound);
    return values;
  }

  /** A random order of 0 ... n-1 (Fisher and Yates), from the first n elements of the stream. */
  permutation(n: number): Uint32Array {
    const uniforms = this.uniform(n);
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const j = Math.floor(uniforms[i]! * (i + 1));
      order[i] = order[j]!;
      order[j] = i;
    }
    return order;
  }

  /** The 64 random bits number `index`. */
  #block(index: number, words: Uint32Array): void {
    threefry2x32(this.#key0, this.#key1, index | 0, (index / TWO_TO_32) | 0, words, 0);
  }
}

/** 53 of 64 random bits as a multiple of 2^-53 in [0, 1). */
function unitInterval(high: number, low: number): number {
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) * TWO_TO_MINUS_53;
}

function checkedCount(count: number, offset: number): number {
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(offset) || offset < 0) {
    throw new Error(
      `expected a count and an offset that are non-negative integers, found ${count} and ${offset}`,
    );
  }
  return count;
}

/** Chains the key through the cipher: the old key encrypts what is absorbed, the output is the new key. */
function absorbWords(key: Uint32Array, word0: number, word1: number): void {
  threefry2x32(key[0]!, key[1]!, word0, word1, key, 0);
}

function absorbInteger(key: Uint32Array, value: number, tag: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new UserError(`expected an integer as the seed or name of a random stream, found ${value}`);
  }
  absorbWords(key, tag, 0);
  absorbWords(key, value | 0, Math.floor(value / TWO_TO_32) | 0);
}

function absorbString(key: Uint32Array, text: string): void {
  absorbWords(key, STRING_TAG, text.length);
  for (let i = 0; i < text.length; i += 2) {
    absorbWords(key, text.charCodeAt(i), i + 1 < text.length ? text.charCodeAt(i + 1) : 0);
  }
}
