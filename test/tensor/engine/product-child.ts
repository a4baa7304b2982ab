/** Prints the hash of a product's bits: a process of its own for onnxruntime.test.ts. */
import { createHash } from 'node:crypto';
import { RandomStream } from '../../../src/random/stream.ts';
import { onnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';
import { graphOfNodes, runGraph } from '../evaluate.ts';

const tensor = (name: string, shape: readonly [number, number]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(new RandomStream(7, name).gaussian(shape[0] * shape[1])),
});

const [x, y] = [tensor('x', [257, 129]), tensor('y', [129, 65])];
const b = newBuilder();
const graph = graphOfNodes([b.softmax(b.matmul(b.input('x', x), b.input('y', y)))]);
const [result] = await runGraph(graph, { x, y }, onnxRuntimeEngine({ threads: 2 }));
const bits = new Uint8Array(((result as HostTensor).data as Float32Array).buffer);
process.stdout.write(`${createHash('sha256').update(bits).digest('hex')}\n`);
