/**
 * Runs the kernels of `kernels/vector.ts` over vectors of any length.
 *
 * The kernels see only their own memory. Vectors are copied there and back a piece at a time, small enough to stay in
 * the processor's cache (`npm run bench:vectors` has them beside loops in JavaScript, copies included).
 */
import { KERNEL_BINARY } from './kernel-binary.ts';

/** A dense real vector; float32 for products at scale, float64 for oracles. */
export type Vector = Float32Array | Float64Array;

/** Elements of a piece. */
export const PIECE = 4096;

/** How many vectors a kernel changes, which come first, and how many sums it leaves. */
const KERNELS = {
  dot: { changed: 0, sums: 1 },
  scale: { changed: 1, sums: 0 },
  axpy: { changed: 1, sums: 0 },
  recurrence: { changed: 1, sums: 1 },
  fourDots: { changed: 0, sums: 4 },
  subtractFour: { changed: 1, sums: 0 },
  momentum: { changed: 2, sums: 0 },
  adam: { changed: 3, sums: 0 },
  rmsprop: { changed: 2, sums: 0 },
  rmspropMomentum: { changed: 3, sums: 0 },
} as const;

export type KernelName = keyof typeof KERNELS;

type Kernel = (...pointersLengthScalars: number[]) => void;

interface Instance {
  readonly kernels: Readonly<Record<string, Kernel>>;
  readonly atOnce: number;
  readonly sums: Float64Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
}

/**
 * Where vectors stand: bytes from one to the next, and the first. Copies between addresses that agree in their lowest
 * twelve bits up to a few bytes are up to 15 times slower on some processors (Zen 3), and the data of long JavaScript
 * arrays start 16 bytes after a page; half a page away from that is safe, and different for each vector.
 */
const FIRST_SLOT = 2 * 4096 + 2048;
const SLOT_BYTES = 8 * PIECE + 64;

/** What is used of WebAssembly, whose types TypeScript has only among those of a browser. */
interface WebAssemblyApi {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

let instance: Instance | null = null;

/** Compiles the kernels at the first call. */
function kernelInstance(): Instance {
  if (instance) return instance;
  const binary = Uint8Array.from(atob(KERNEL_BINARY), (character) => character.charCodeAt(0));
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const { exports } = new Instance(new Module(binary));
  const { buffer } = exports.memory as { readonly buffer: ArrayBuffer };
  const constant = (name: string) => (exports[name] as { readonly value: number }).value;
  instance = {
    kernels: exports as Record<string, Kernel>,
    atOnce: constant('AT_ONCE'),
    sums: new Float64Array(buffer, constant('SUMS'), 4),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
  };
  return instance;
}

/**
 * Runs a kernel over whole vectors of one length, changing the first of them in place.
 *
 * Vectors of both precisions may be mixed; arithmetic is in float64 in any case.
 *
 * @returns the kernel's sums: of each piece with several partial sums, over the pieces with compensation (Neumaier).
 * @throws Error when the vectors differ in length.
 */
export function runKernel(
  name: KernelName,
  vectors: readonly Vector[],
  scalars: readonly number[] = [],
): number[] {
  const length = commonLength(vectors);
  const { kernels, atOnce, sums, float32, float64 } = kernelInstance();
  const isSingle = vectors.every((vector) => vector instanceof Float32Array);
  const kernel = kernels[`${name}${isSingle ? 32 : 64}`] as Kernel;
  const memory = isSingle ? float32 : float64;
  const { changed, sums: sumCount } = KERNELS[name];
  // A vector that comes twice is copied once.
  const slots = vectors.map(
    (vector) => (FIRST_SLOT + vectors.indexOf(vector) * SLOT_BYTES) / memory.BYTES_PER_ELEMENT,
  );
  const pointers = slots.map((slot) => slot * memory.BYTES_PER_ELEMENT);
  const totals = Array.from({ length: sumCount }, () => new CompensatedSum());
  for (let start = 0; start < length; start += PIECE) {
    const count = Math.min(PIECE, length - start);
    const padded = Math.ceil(count / atOnce) * atOnce;
    for (const [index, vector] of vectors.entries()) {
      const slot = slots[index] as number;
      if (vectors.indexOf(vector) === index) memory.set(piece(vector, start, count), slot);
      if (padded > count) memory.fill(0, slot + count, slot + padded);
    }
    kernel(...pointers, padded, ...scalars);
    for (const [index, total] of totals.entries()) total.add(sums[index] as number);
    for (let index = 0; index < changed; index++) {
      const slot = slots[index] as number;
      (vectors[index] as Vector).set(memory.subarray(slot, slot + count), start);
    }
  }
  return totals.map((total) => total.value());
}

/** A part of a vector, without a view of its own where it is the whole. */
function piece(vector: Vector, start: number, count: number): Vector {
  return count === vector.length ? vector : vector.subarray(start, start + count);
}

function commonLength(vectors: readonly Vector[]): number {
  const length = vectors[0]?.length ?? 0;
  for (const vector of vectors)
    if (vector.length !== length)
      throw new Error(`expected vectors of one length, found lengths ${length} and ${vector.length}`);
  return length;
}

/** Neumaier's compensated sum. */
class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
  }

  value(): number {
    return this.#sum + this.#lost;
  }
}
