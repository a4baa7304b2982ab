/** Tensors that stay where an engine computes. */
import { describe, expect, it } from 'vitest';
import type { Engine, EngineTensor, KeptTensor } from '../../../src/tensor/engine/engine.ts';
import { interpreter } from '../../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine, openOnnxRuntimeEngine } from '../../../src/tensor/engine/onnxruntime.ts';
import { graphOf } from '../../../src/tensor/graph/node.ts';
import type { HostTensor } from '../../../src/tensor/graph/type.ts';
import { newBuilder } from '../../../src/tensor/ops/index.ts';

const SIZE = 8;
const x: HostTensor = {
  dtype: 'float32',
  shape: [SIZE, SIZE],
  data: Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i)),
};

/** y = exp(x), and the sum of x. */
function producer() {
  const b = newBuilder();
  const input = b.input('x', x);
  return graphOf(
    'producer',
    [input],
    [
      { name: 'y', node: b.exp(input) },
      { name: 'sum', node: b.reduceSum(input, [0, 1]) },
    ],
  );
}

/** z = y y. */
function consumer() {
  const b = newBuilder();
  const input = b.input('y', x);
  return graphOf('consumer', [input], [{ name: 'z', node: b.matmul(input, input) }]);
}

/** What the consumer makes of y, kept on the way or copied to the host. */
async function zOf(engine: Engine, kept: readonly string[]): Promise<HostTensor> {
  const [first, second] = [
    await engine.compileKeeping(producer(), kept),
    await engine.compile(consumer()),
  ] as const;
  const { y } = await first.run({ x });
  const { z } = await second.run({ y: y as EngineTensor });
  await first.release();
  await second.release();
  return z as HostTensor;
}

const cpu = onnxRuntimeEngine({ threads: 1 });

async function keptY(engine: Engine): Promise<KeptTensor> {
  const executable = await engine.compileKeeping(producer(), ['y']);
  const { y } = await executable.run({ x });
  await executable.release();
  return y as KeptTensor;
}

it('a kept tensor feeds another graph with the bits that a copy gives', async () => {
  expect(await zOf(cpu, ['y'])).toEqual(await zOf(cpu, []));
});

it('only the outputs named are kept, and of these only the type is known', async () => {
  const executable = await cpu.compileKeeping(producer(), ['y']);
  const { y, sum } = await executable.run({ x });
  expect(y).toMatchObject({ dtype: 'float32', shape: [SIZE, SIZE] });
  expect(y).not.toHaveProperty('data');
  const expected = (x.data as Float32Array).reduce((total, value) => total + value, 0);
  // 64 terms of at most 1, each sum rounded to float32.
  expect(Math.abs(Number((sum as HostTensor).data[0]) - expected)).toBeLessThan(64 * 6e-8 * 8);
  await executable.release();
});

it('a kept tensor outlives the graph that made it, and is refused once it is released', async () => {
  const y = await keptY(cpu);
  const executable = await cpu.compile(consumer());
  await expect(executable.run({ y })).resolves.toHaveProperty('z');
  y.release();
  y.release();
  await expect(executable.run({ y })).rejects.toThrow(
    "input 'y' of graph 'consumer': the kept tensor has been released",
  );
  await executable.release();
});

it('a kept tensor of another type or from elsewhere is refused, by the name of the input', async () => {
  const executable = await cpu.compile(consumer());
  const foreign: KeptTensor = { dtype: 'float32', shape: [SIZE, SIZE], release: () => {} };
  await expect(executable.run({ y: { ...foreign, shape: [SIZE] } })).rejects.toThrow(
    'expected float32[8, 8], found float32[8]',
  );
  await expect(executable.run({ y: foreign })).rejects.toThrow(
    "input 'y' of graph 'consumer': expected a tensor kept on 'cpu', found one that is kept elsewhere",
  );
  await executable.release();
  const interpreted = await interpreter.compile(consumer());
  await expect(interpreted.run({ y: await keptY(cpu) })).rejects.toThrow(
    'found one that another engine keeps',
  );
});

it('the interpreter, which computes on the host, keeps nothing', async () => {
  const { data } = await zOf(interpreter, ['y']);
  expect(data).toEqual((await zOf(interpreter, [])).data);
});

const webgpu = await openOnnxRuntimeEngine({ threads: 1, device: 'webgpu' }).catch(() => null);

describe.runIf(webgpu)('on a WebGPU device', () => {
  it('a tensor stays in its memory and gives what the CPU gives', async () => {
    const engine = webgpu as Engine;
    const { data } = await zOf(engine, ['y']);
    const expected = (await zOf(cpu, [])).data as Float32Array;
    // Eight terms of at most e^2, and exponentials good to a few roundings of 6e-8.
    for (const [i, value] of expected.entries())
      expect(Math.abs(Number(data[i]) - value)).toBeLessThan(8 * Math.E ** 2 * 20 * 6e-8);
    const executable = await (engine as Engine).compile(consumer());
    await expect(executable.run({ y: await keptY(cpu) })).rejects.toThrow(
      "expected a tensor kept on 'webgpu'",
    );
    await executable.release();
  });
});
