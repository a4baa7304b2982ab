/** Files that were sound and are no more: what any reader's test draws its cases from. */
import fc from 'fast-check';

/** The bytes of a damaged file, and in words what was done to it. */
export interface Mutant {
  readonly bytes: Uint8Array;
  readonly how: string;
}

/** What lengths and counts are replaced by: nothing, minus one, and where 32-bit, 53-bit and 64-bit numbers end. */
const LENGTHS = [
  0n,
  1n,
  0xffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const WIDTHS = [1, 2, 4, 8] as const;

type Damage = (bytes: Uint8Array) => Mutant;

/** Damaged copies of sound files, random bytes, and random bytes behind a sound beginning. */
export function mutantsOf(originals: readonly Uint8Array[]): fc.Arbitrary<Mutant> {
  const damaged = fc
    .tuple(fc.constantFrom(...originals), fc.array(damages, { minLength: 1, maxLength: 3 }))
    .map(([original, list]) =>
      list.reduce<Mutant>(
        ({ bytes, how }, damage) => {
          const next = damage(bytes);
          return { bytes: next.bytes, how: how === '' ? next.how : `${how}, ${next.how}` };
        },
        { bytes: original, how: '' },
      ),
    );
  const random = fc.uint8Array({ maxLength: 600 }).map((bytes) => ({ bytes, how: 'random bytes' }));
  const begun = fc
    .tuple(fc.constantFrom(...originals), fc.nat(64), fc.uint8Array({ maxLength: 300 }))
    .map(([original, kept, rest]) => ({
      bytes: joined(original.subarray(0, kept), rest),
      how: `the first ${kept} bytes, then random ones`,
    }));
  return fc.oneof(
    { arbitrary: damaged, weight: 8 },
    { arbitrary: random, weight: 1 },
    { arbitrary: begun, weight: 1 },
  );
}

/** A share of a file's length: near its beginning as often as anywhere, since headers stand there; or near its end. */
const places = fc.oneof(
  fc.nat(40).map((at) => (length: number) => Math.min(at, length)),
  fc.nat(400).map((at) => (length: number) => Math.min(at, length)),
  fc.nat(40).map((at) => (length: number) => Math.max(0, length - at)),
  fc.double({ min: 0, max: 1, noNaN: true }).map((share) => (length: number) => Math.floor(share * length)),
);

const cut: fc.Arbitrary<Damage> = places.map((place) => (bytes) => {
  const length = place(bytes.length);
  return { bytes: bytes.slice(0, length), how: `cut to ${length} bytes` };
});

const flips: fc.Arbitrary<Damage> = fc
  .array(fc.tuple(places, fc.nat(7)), { minLength: 1, maxLength: 6 })
  .map((list) => (bytes) => {
    const changed = bytes.slice();
    for (const [place, bit] of list) {
      const at = place(bytes.length);
      if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << bit);
    }
    return { bytes: changed, how: `${list.length} bits flipped` };
  });

const lengthFields: fc.Arbitrary<Damage> = fc
  .tuple(places, fc.constantFrom(...WIDTHS), fc.constantFrom(...LENGTHS), fc.boolean())
  .map(([place, width, value, isLittle]) => (bytes) => {
    const at = place(bytes.length);
    const changed = bytes.slice();
    for (let i = 0; i < width && at + i < changed.length; i++) {
      const shift = BigInt(8 * (isLittle ? i : width - 1 - i));
      changed[at + i] = Number((value >> shift) & 0xffn);
    }
    return { bytes: changed, how: `${width} bytes at ${at} replaced by ${value}` };
  });

/** Protobuf and Thrift write lengths in groups of seven bits. */
const varints: fc.Arbitrary<Damage> = fc
  .tuple(places, fc.constantFrom(...LENGTHS))
  .map(([place, value]) => (bytes) => {
    const at = place(bytes.length);
    const changed = joined(bytes.subarray(0, at), varint(value), bytes.subarray(at + 1));
    return { bytes: changed, how: `byte ${at} replaced by the varint ${value}` };
  });

const pieces: fc.Arbitrary<Damage> = fc
  .tuple(places, places, fc.nat(64), fc.constantFrom('copied', 'swapped', 'removed', 'inserted'))
  .map(([from, to, length, how]) => (bytes) => {
    const [a, b] = [from(bytes.length), to(bytes.length)].sort((x, y) => x - y) as [number, number];
    const piece = bytes.slice(a, a + length);
    if (how === 'inserted')
      return {
        bytes: joined(bytes.subarray(0, b), piece, bytes.subarray(b)),
        how: `${piece.length} bytes at ${a} repeated at ${b}`,
      };
    if (how === 'removed')
      return {
        bytes: joined(bytes.subarray(0, a), bytes.subarray(a + length)),
        how: `${piece.length} bytes at ${a} removed`,
      };
    const changed = bytes.slice();
    if (how === 'swapped') changed.set(bytes.subarray(b, b + piece.length), a);
    changed.set(piece.subarray(0, Math.max(0, changed.length - b)), b);
    return { bytes: changed, how: `${piece.length} bytes at ${a} ${how} to ${b}` };
  });

const appended: fc.Arbitrary<Damage> = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((more) => (bytes) => ({
    bytes: joined(bytes, more),
    how: `${more.length} bytes appended`,
  }));

const damages = fc.oneof(cut, flips, lengthFields, varints, pieces, appended);

/** A number in groups of seven bits, the lowest first. */
export function varint(value: bigint): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  do {
    groups.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(groups);
}

/** Bytes one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
