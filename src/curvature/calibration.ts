import { advanceLanczos, startLanczos, type Vector } from '../spectrum/index.ts';
import type { Engine, Feeds } from '../tensor/engine/engine.ts';
import { isOnHost } from '../tensor/engine/feeds.ts';
import { type Graph, graphOf } from '../tensor/graph/node.ts';
import type { FloatDType, HostTensor } from '../tensor/graph/type.ts';
import { allocate, byteSize, sizeOf } from '../tensor/graph/type.ts';
import { newBuilder } from '../tensor/ops/index.ts';
import type { MachineRates } from './cost.ts';

/** Large enough to reach the machine's rate, small enough to take a few milliseconds. */
const MATRIX = 512;
const STREAM = [512, 1024] as const;
const CHAIN = 64;
/** Elements of a tensor that the engine keeps and is fed again: 16 MiB of float32. */
const KEPT = 2 ** 22;
/** Elements of a Lanczos vector, enough to leave the processor's caches with the others of its probe. */
const VECTOR = 2 ** 20;
/** The best of several runs is the least disturbed by other work on the machine. */
const RUNS = 5;

/** Measures how fast an engine multiplies matrices, streams memory and starts operations; about 0.1 s. */
export async function measureRates(engine: Engine, dtype: FloatDType): Promise<MachineRates> {
  const productMs = await fastestMs(engine, productGraph(dtype));
  const singleMs = await fastestMs(engine, chainGraph([1], 1, dtype));
  const chainMs = await fastestMs(engine, chainGraph([1], CHAIN, dtype));
  const msPerOperation = Math.max(0, chainMs - singleMs) / (CHAIN - 1);
  const streamMs = await fastestMs(engine, chainGraph(STREAM, CHAIN, dtype));
  const bytes = CHAIN * 3 * sizeOf(STREAM) * (dtype === 'float32' ? 4 : 8);
  return {
    flopsPerMs: (2 * MATRIX ** 3) / productMs,
    bytesPerMs: bytes / Math.max(streamMs - chainMs, streamMs / 2),
    msPerOperation,
    msPerRun: singleMs,
    msPerKeptByte:
      Math.max(0, (await keptFeedMs(engine, dtype)) - singleMs) / byteSize({ dtype, shape: [KEPT] }),
    msPerVectorElement: (await stepMs(dtype)) / VECTOR,
  };
}

function productGraph(dtype: FloatDType): Graph {
  const b = newBuilder();
  const [x, y] = [
    b.input('x', { dtype, shape: [MATRIX, MATRIX] }),
    b.input('y', { dtype, shape: [MATRIX, MATRIX] }),
  ];
  return graphOf('rate of products', [x, y], [{ name: 'z', node: b.matmul(x, y) }]);
}

/** x <- x y again and again: one operation after the other, each reading two tensors and writing one. */
function chainGraph(shape: readonly number[], length: number, dtype: FloatDType): Graph {
  const b = newBuilder();
  const [x, y] = [b.input('x', { dtype, shape }), b.input('y', { dtype, shape })];
  let value = x;
  for (let i = 0; i < length; i++) value = b.mul(value, y);
  return graphOf('rate of streams', [x, y], [{ name: 'z', node: value }]);
}

/** The time of a graph that computes next to nothing of a large tensor that the engine kept. */
async function keptFeedMs(engine: Engine, dtype: FloatDType): Promise<number> {
  const b = newBuilder();
  const [seed, kept] = [b.input('seed', { dtype, shape: [1] }), b.input('kept', { dtype, shape: [KEPT] })];
  const large = b.neg(b.broadcast(seed, [KEPT]));
  const maker = await engine.compileKeeping(graphOf('kept', [seed], [{ name: 'kept', node: large }]), [
    'kept',
  ]);
  const made = await maker.run({ seed: { dtype, shape: [1], data: allocate(dtype, 1) } });
  await maker.release();
  const first = b.slice(kept, [0], [1]);
  const elapsedMs = await fastestMs(engine, graphOf('first', [kept], [{ name: 'first', node: first }]), made);
  for (const tensor of Object.values(made)) if (!isOnHost(tensor)) tensor.release();
  return elapsedMs;
}

/** The time of a Lanczos step on one vector whose product costs no more than the copy that it is. */
async function stepMs(dtype: FloatDType): Promise<number> {
  const copying = {
    name: 'copy',
    dim: VECTOR,
    precision: dtype,
    // The element that is dropped makes sure that the probe is no eigenvector, with which the iteration would end.
    matmat: async (columns: readonly Vector[]) => columns.map((column) => column.slice().fill(0, 0, 1)),
  };
  const probe = allocate(dtype, VECTOR).fill(1 / Math.sqrt(VECTOR));
  const timesMs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const state = startLanczos(probe, { steps: 2 });
    await advanceLanczos(copying, [state]);
    const start = performance.now();
    await advanceLanczos(copying, [state]);
    timesMs.push(performance.now() - start);
  }
  // Not the best one: what the collection of garbage takes belongs to it.
  return timesMs.reduce((sum, ms) => sum + ms, 0) / RUNS;
}

/** @param given what is fed; where nothing is, ones. */
async function fastestMs(engine: Engine, graph: Graph, given?: Feeds): Promise<number> {
  const executable = await engine.compile(graph);
  const feeds = given ?? onesFor(graph);
  let best = Number.POSITIVE_INFINITY;
  await executable.run(feeds);
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await executable.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await executable.release();
  return best;
}

function onesFor(graph: Graph): Feeds {
  return Object.fromEntries(
    graph.inputs.map((input): [string, HostTensor] => {
      const data = allocate(input.type.dtype as FloatDType, sizeOf(input.type.shape)).fill(1);
      return [input.attributes.name as string, { ...input.type, data }];
    }),
  );
}
