/** The rules for ONNX Runtime that experiments forced, each by its effect (docs/engine.md). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { linearizeBlock } from '../../../src/curvature/linearize-block.ts';
import { traceModel } from '../../../src/curvature/trace.ts';
import { measurableBlocks } from '../../../src/network/blocks.ts';
import { MODEL_PRESETS } from '../../../src/network/models/index.ts';
import { RandomStream } from '../../../src/random/stream.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import type { Graph } from '../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { emitOnnx } from '../../../src/tensor/onnx/emit.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { graphOfNodes, runGraph } from '../evaluate.ts';
import { relativeError } from '../ops/samples.ts';

const engine = onnxRuntimeEngine({ threads: 2 });

/** Ids whose frequencies fall as 1 / rank, as those of words do. */
function zipfIds(count: number, rows: number): HostTensor {
  const weights = Array.from({ length: rows }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const ids = Array.from(new RandomStream(5, 'zipf', rows).uniform(count), (u) => {
    let [rank, left] = [0, u * total];
    while (rank < rows - 1 && left >= (weights[rank] as number)) left -= weights[rank++] as number;
    return BigInt(rank);
  });
  return { dtype: 'int64', shape: [count], data: BigInt64Array.from(ids) };
}

function gaussian(shape: readonly number[], dtype: 'float32' | 'float64' = 'float32'): HostTensor {
  const values = new RandomStream(6, 'engine', ...shape).gaussian(shape.reduce((a, b) => a * b, 1));
  return { dtype, shape, data: dtype === 'float32' ? Float32Array.from(values) : values };
}

function modelOf(graph: Graph) {
  return fromBinary(ModelProtoSchema, emitOnnx(graph)).graph;
}

describe.each([65, 5_000])('sums of rows into a table of %i rows', (rows) => {
  const [ids, updates] = [zipfIds(2_048, rows), gaussian([2_048, 32])];
  const b = newBuilder();
  const graph = graphOfNodes([b.scatterAdd(b.input('updates', updates), b.input('ids', ids), rows)]);

  it('are right with two threads, thirty times over, to the same bits', async () => {
    const [expected] = await runGraph(graph, { updates, ids });
    const executable = await engine.compile(graph);
    const first = (await executable.run({ updates, ids })).y0 as HostTensor;
    // The commonest row sums some 430 of 2,048 float32 values: 430 roundings of 6e-8.
    expect(relativeError(first, expected as HostTensor)).toBeLessThan(3e-5);
    for (let run = 1; run < 30; run++)
      expect((await executable.run({ updates, ids })).y0?.data).toEqual(first.data);
    await executable.release();
  });

  it('are never written as ScatterND, whose duplicates race', () => {
    expect(modelOf(graph)?.node.map((node) => node.opType)).not.toContain('ScatterND');
  });
});

it('a tensor that starts off a boundary gives the bits of one that does not', async () => {
  const b = newBuilder();
  const [x, y] = [gaussian([37, 53]), gaussian([53, 29])];
  const graph = graphOfNodes([b.matmul(b.input('x', x), b.input('y', y))]);
  const [expected] = await runGraph(graph, { x, y }, engine);
  for (const offset of [1, 3, 7]) {
    const shifted = new Float32Array(37 * 53 + offset).subarray(offset);
    shifted.set(x.data as Float32Array);
    const [found] = await runGraph(graph, { x: { ...x, data: shifted }, y }, engine);
    expect(found?.data).toEqual(expected?.data);
  }
});

it('another process computes the same bits', () => {
  const program = fileURLToPath(new URL('./product-child.ts', import.meta.url));
  const run = () => execFileSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8' });
  const first = run();
  expect(first).toMatch(/^[0-9a-f]{64}\n$/);
  expect(run()).toBe(first);
});

it('numbers too small for float32 count as zero, so that they slow nothing', async () => {
  const b = newBuilder();
  const denormal: HostTensor = { dtype: 'float32', shape: [4], data: new Float32Array(4).fill(1e-40) };
  const graph = graphOfNodes([b.mul(b.input('x', denormal), 0.5)]);
  const [result] = await runGraph(graph, { x: denormal }, engine);
  expect(Array.from(result?.data as Float32Array)).toEqual([0, 0, 0, 0]);
});

it('LayerNorm in float64 keeps its epsilon', async () => {
  const b = newBuilder();
  const x = gaussian([16, 24], 'float64');
  const small: HostTensor = {
    ...x,
    data: Float64Array.from(x.data as Float64Array, (value) => 1e-3 * value),
  };
  const scale: HostTensor = { dtype: 'float64', shape: [24], data: new Float64Array(24).fill(1) };
  const graph = graphOfNodes([b.layerNorm(b.input('x', small), b.input('scale', scale), null, 1e-5)]);
  const feeds = { x: small, scale };
  const [found] = await runGraph(graph, feeds, engine);
  const [expected] = await runGraph(graph, feeds, interpreter);
  // An epsilon rounded to float32 would show at 1e-8.
  expect(relativeError(found as HostTensor, expected as HostTensor)).toBeLessThan(1e-13);
});

describe('tangent graphs of gpt-nano', () => {
  const model = MODEL_PRESETS['gpt-nano']?.create({ vocabularySize: 65 });
  if (!model) throw new Error('there is no gpt-nano');
  const tokens = { dtype: 'int64', shape: [2 * 256] } as const;
  const traced = traceModel(model, { tokens, targets: tokens }, 'float32');
  const blocks = measurableBlocks(model);
  const chosen = [blocks[0], blocks[1], blocks[4], blocks.at(-1)].flatMap((block) => block ?? []);

  it.each(chosen)('$name: no choices, no constant beyond a megabyte', (block) => {
    const graph = modelOf(linearizeBlock(traced, 'hessian', block.name, [block]).tangentGraph);
    expect(graph?.node.map((node) => node.opType)).not.toContain('Where');
    const largest = Math.max(0, ...(graph?.initializer.map(({ rawData }) => rawData.length) ?? []));
    expect(largest).toBeLessThan(2 ** 20);
  });
});

it('says what is missing or of another type, and where', async () => {
  const b = newBuilder();
  const x = gaussian([2, 3]);
  const executable = await engine.compile(graphOfNodes([b.exp(b.input('x', x))], 'small'));
  await expect(executable.run({})).rejects.toThrow(
    "input 'x' of graph 'small': expected float32[2, 3], found no tensor",
  );
  const other = gaussian([3, 2]);
  await expect(executable.run({ x: other })).rejects.toThrow('expected float32[2, 3], found float32[3, 2]');
  await executable.release();
});

it('one file imports the runtime', () => {
  const source = fileURLToPath(new URL('../../../src/', import.meta.url));
  const importers = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /from 'onnxruntime/.test(readFileSync(`${source}${file}`, 'utf8')));
  expect(importers).toEqual(['tensor/engine/onnxruntime.ts']);
});
