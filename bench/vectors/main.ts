/** Loops over long vectors in JavaScript and in WebAssembly, in turns: `npm run bench:vectors`. */
import { median } from 'simple-statistics';
import { RandomStream } from '../../src/random/stream.ts';
import { type KernelName, runKernel } from '../../src/vector/kernels.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import type { VectorResults, VectorRow } from './results.ts';

/** Those of the paper's MLP. */
const LENGTH = 282_934;
const REPEATS = 41;

/** A kernel with the same loop in JavaScript. */
interface Contest {
  readonly kernel: KernelName;
  readonly vectors: number;
  readonly scalars: readonly number[];
  loop(vectors: readonly Float32Array[]): number;
}

/** Weights, moments and rates that leave the vectors at about their size however often they are applied. */
const CONTESTS: readonly Contest[] = [
  {
    kernel: 'dot',
    vectors: 2,
    scalars: [],
    loop: ([a, b]) => {
      const [x, y] = [a as Float32Array, b as Float32Array];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i + 3 < x.length; i += 4) {
        s0 += (x[i] as number) * (y[i] as number);
        s1 += (x[i + 1] as number) * (y[i + 1] as number);
        s2 += (x[i + 2] as number) * (y[i + 2] as number);
        s3 += (x[i + 3] as number) * (y[i + 3] as number);
      }
      return s0 + s1 + s2 + s3;
    },
  },
  {
    kernel: 'recurrence',
    vectors: 3,
    scalars: [1e-9, 1e-9],
    loop: ([w, v, u]) => {
      const [x, y, z] = [w as Float32Array, v as Float32Array, u as Float32Array];
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        x[i] = (x[i] as number) - 1e-9 * (y[i] as number) - 1e-9 * (z[i] as number);
        sum += (x[i] as number) * (x[i] as number);
      }
      return sum;
    },
  },
  {
    kernel: 'momentum',
    vectors: 3,
    scalars: [0.9, 0.1, 1e-6],
    loop: ([w, m, g]) => {
      const [x, y, z] = [w as Float32Array, m as Float32Array, g as Float32Array];
      for (let i = 0; i < x.length; i++) {
        const next = 0.9 * (y[i] as number) + 0.1 * (z[i] as number);
        y[i] = next;
        x[i] = (x[i] as number) - 1e-6 * next;
      }
      return 0;
    },
  },
  {
    kernel: 'adam',
    vectors: 4,
    scalars: [0.9, 0.999, 1e-6, 1, 0, 1e-8],
    loop: ([w, m, v, g]) => {
      const [x, y, z] = [w as Float32Array, m as Float32Array, v as Float32Array];
      const gradient = g as Float32Array;
      for (let i = 0; i < x.length; i++) {
        const own = gradient[i] as number;
        const first = 0.9 * (y[i] as number) + 0.1 * own;
        const second = 0.999 * (z[i] as number) + 0.001 * own * own;
        y[i] = first;
        z[i] = second;
        x[i] = (x[i] as number) - (1e-6 * first) / (Math.sqrt(second) + 1e-8);
      }
      return 0;
    },
  },
];

const rows = CONTESTS.map((contest): VectorRow => {
  const { kernel, vectors, scalars, loop } = contest;
  const drawn = Array.from({ length: vectors }, (_, index) =>
    Float32Array.from(new RandomStream(0, 'bench', kernel, index).uniform(LENGTH)),
  );
  const ways = [() => loop(drawn), () => runKernel(kernel, drawn, scalars)];
  const times = ways.map((): number[] => []);
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const [index, way] of ways.entries()) {
      const startedAt = performance.now();
      way();
      times[index]?.push(((performance.now() - startedAt) * 1e6) / LENGTH);
    }
  const [javascriptNs, kernelNs] = times.map((list) => median(list)) as [number, number];
  console.error(`${kernel}: ${javascriptNs.toFixed(2)} ns, ${kernelNs.toFixed(2)} ns`);
  return { kernel, javascriptNs, kernelNs };
});
const results: VectorResults = { environment: benchEnvironment(), length: LENGTH, repeats: REPEATS, rows };
await writeResults('vectors', results);
