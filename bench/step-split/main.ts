/** A training step as gradient and loop, and as one graph, in turns: `npm run bench:step-split`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { ALLOCATOR_SETTINGS } from '../../src/app/worker/host.ts';
import { batchFeeds, gradientGraph, traceModel } from '../../src/curvature/trace.ts';
import { parameterCount } from '../../src/network/models/model.ts';
import type { Engine, Executable, NamedTensors } from '../../src/tensor/engine/engine.ts';
import { openOnnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { type Graph, graphOf, inputName, type Node, type Output } from '../../src/tensor/graph/node.ts';
import { allocate, type HostTensor, sizeOf } from '../../src/tensor/graph/type.ts';
import type { OpBuilder } from '../../src/tensor/ops/syntax.ts';
import { benchEnvironment } from '../environment.ts';
import { CASES } from '../peers/cases.ts';
import { TrainingStep } from '../peers/ours-training.ts';
import { type BenchmarkSubject, openBenchmarkSubject, PRECISION } from '../peers/subject.ts';
import { writeResults } from '../write-results.ts';
import type { SplitRow, StepSplitResults } from './results.ts';

const NAMES = ['mlp-128', 'gpt-pico', 'gpt-nano'];
const OPTIMIZERS = ['sgd', 'adamw'] as const;
const REPEATS = 9;
const THREADS = 2;
const NEXT = 'next ';

/** New parameters and state from old ones; the rates of `training.py`, the bias correction of a late step. */
const UPDATES: Readonly<
  Record<SplitRow['optimizer'], (b: OpBuilder, w: Node, g: Node, state: readonly Node[]) => Node[]>
> = {
  sgd: (b, w, g, [m]) => {
    const momentum = b.add(b.mul(m as Node, 0.9), g);
    return [b.sub(w, b.mul(momentum, 0.01)), momentum];
  },
  adamw: (b, w, g, [m, v]) => {
    const first = b.add(b.mul(m as Node, 0.9), b.mul(g, 0.1));
    const second = b.add(b.mul(v as Node, 0.999), b.mul(b.mul(g, g), 0.001));
    const direction = b.div(first, b.add(b.sqrt(second), 1e-8));
    return [b.sub(w, b.mul(direction, 0.001)), first, second];
  },
};
const STATE = { sgd: ['m'], adamw: ['m', 'v'] } as const;

/** A whole step as one graph. */
function stepGraph({ model, data }: BenchmarkSubject, optimizer: SplitRow['optimizer']): Graph {
  const { b, batchInputs, parameterInputs, loss, gradients } = traceModel(
    model,
    data.microBatch(0).tensors,
    PRECISION,
  );
  const outputs: Output[] = [{ name: 'loss', node: loss }];
  const stateInputs: Node[] = [];
  for (const [index, w] of parameterInputs.entries()) {
    const state = STATE[optimizer].map((name) => b.input(`${name} of ${inputName(w)}`, w.type));
    stateInputs.push(...state);
    const next = UPDATES[optimizer](b, w, gradients[index] as Node, state);
    for (const [position, input] of [w, ...state].entries())
      outputs.push({ name: `${NEXT}${inputName(input)}`, node: next[position] as Node });
  }
  return graphOf('step', [...batchInputs, ...parameterInputs, ...stateInputs], outputs);
}

/** What an executable is fed: batch, parameters, and zeros for the rest. */
function feedsOf({ model, data, parameters }: BenchmarkSubject, { inputNames }: Executable): NamedTensors {
  const known: NamedTensors = { ...batchFeeds(data.microBatch(0), PRECISION), ...parameters };
  const shapes = new Map(model.parameters.map(({ name, shape }) => [name, shape]));
  return Object.fromEntries(
    inputNames.map((name): [string, HostTensor] => {
      const shape = shapes.get(name.replace(/^[mv] of /, '')) ?? [];
      return [name, known[name] ?? { dtype: PRECISION, shape, data: allocate(PRECISION, sizeOf(shape)) }];
    }),
  );
}

async function elapsedMs(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

async function measure(name: string, optimizer: SplitRow['optimizer'], engine: Engine): Promise<SplitRow> {
  const chosen = CASES.find((candidate) => candidate.name === name);
  if (!chosen) throw new Error(`expected a case of the peers' benchmark, found '${name}'`);
  const subject = await openBenchmarkSubject(chosen);
  const { model, data } = subject;
  const gradient = await engine.compile(
    gradientGraph(traceModel(model, data.microBatch(0).tensors, PRECISION)),
  );
  const whole = await engine.compile(stepGraph(subject, optimizer));
  const loop = new TrainingStep(subject, engine, optimizer);
  await loop.prepare();
  const gradientFeeds = feedsOf(subject, gradient);
  let wholeFeeds = feedsOf(subject, whole);
  const ways = [
    () => gradient.run(gradientFeeds),
    () => loop.run(),
    async () => {
      const results = await whole.run(wholeFeeds);
      const next = Object.entries(results).filter(([key]) => key.startsWith(NEXT));
      wholeFeeds = {
        ...wholeFeeds,
        ...Object.fromEntries(next.map(([key, value]) => [key.slice(NEXT.length), value])),
      };
    },
  ];
  for (const way of ways) await way();
  const times = ways.map((): number[] => []);
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const [index, way] of ways.entries()) times[index]?.push(await elapsedMs(way));
  const [gradientMs, loopMs, graphMs] = times.map((list) => median(list)) as [number, number, number];
  await loop.release();
  await gradient.release();
  await whole.release();
  return {
    title: chosen.title,
    optimizer,
    parameterCount: parameterCount(model),
    gradientMs,
    loopMs,
    graphMs,
  };
}

/** The allocator's settings must be there when the process starts, as in the processes in which hesscope trains. */
if (process.env.MALLOC_MMAP_MAX_ === ALLOCATOR_SETTINGS.MALLOC_MMAP_MAX_) await main();
else {
  const { status } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url)], {
    env: { ...process.env, ...ALLOCATOR_SETTINGS },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

async function main(): Promise<void> {
  const engine = await openOnnxRuntimeEngine({ threads: THREADS });
  const rows: SplitRow[] = [];
  for (const name of NAMES)
    for (const optimizer of OPTIMIZERS) {
      rows.push(await measure(name, optimizer, engine));
      console.error(JSON.stringify(rows.at(-1)));
    }
  const results: StepSplitResults = { environment: benchEnvironment(), repeats: REPEATS, rows };
  await writeResults('step-split', results);
}
