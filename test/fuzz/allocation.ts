/** Counts the bytes of typed arrays, so that a test can say how much memory a file may cost. */

/** What an array of this size would need is refused to whoever asks for it: it would be a reader's mistake. */
const REFUSED_BYTES = 2 ** 28;

const COUNTED = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

let total = 0;
let refused: string | null = null;

/** The bytes of all typed arrays that some work has made, and the first that was too large to be made. */
export interface Allocation {
  readonly bytes: number;
  readonly refused: string | null;
}

/** Begins to count again, at 0. */
export function startCounting(): void {
  total = 0;
  refused = null;
}

/** What was made since counting began. */
export function counted(): Allocation {
  return { bytes: total, refused };
}

type Construct = new (...given: unknown[]) => { readonly byteLength: number; readonly buffer?: unknown };

/** Puts a counter in front of a constructor; what it makes is the same, `instanceof` included. */
function count(name: (typeof COUNTED)[number]): void {
  const original = globalThis[name] as unknown as Construct;
  const width = 'BYTES_PER_ELEMENT' in original ? Number(original.BYTES_PER_ELEMENT) : 1;
  const counting: Construct = new Proxy(original, {
    construct(target, given, newTarget) {
      const [first] = given as [unknown];
      if (typeof first === 'number' && first * width > REFUSED_BYTES) {
        refused ??= `${name} of ${first} elements`;
        throw new RangeError(`refused: ${refused}`);
      }
      const made = Reflect.construct(
        target,
        given,
        newTarget === counting ? target : newTarget,
      ) as InstanceType<Construct>;
      // A view of bytes that are there already takes none.
      if (made.buffer === undefined || made.buffer !== first) total += made.byteLength;
      return made;
    },
  });
  // Libraries compare constructors.
  Object.defineProperty(original.prototype, 'constructor', {
    value: counting,
    configurable: true,
    writable: true,
  });
  Object.defineProperty(globalThis, name, { value: counting, configurable: true, writable: true });
}

for (const name of COUNTED) count(name);
