/** Where the time of a whole Hessian product goes, by the runtime's own profiler: `npm run bench:profile`. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { openSubject } from '../../src/study/spectrum/prepare.ts';
import { parseSpectrumRequest } from '../../src/study/spectrum/request.ts';
import { curvatureOf } from '../../src/study/spectrum/subject.ts';
import { evaluateNode } from '../../src/tensor/engine/interpreter.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { inputName, type Node } from '../../src/tensor/graph/node.ts';
import { optimizeGraph } from '../../src/tensor/graph/passes/index.ts';
import { type HostTensor, sizeOf } from '../../src/tensor/graph/type.ts';
import { emitOnnx } from '../../src/tensor/onnx/emit.ts';
import { inferType } from '../../src/tensor/ops/index.ts';
import { benchEnvironment } from '../environment.ts';
import { writeResults } from '../write-results.ts';
import type { ProfileResults, ProfileRow } from './results.ts';

const RUNS = 7;
const THREADS = 2;

/** One event of the profiler, as far as it is read here. */
interface ProfilerEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name: string;
    readonly input_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

const request = parseSpectrumRequest({ model: 'gpt-nano', batch: 8 });
const subject = await openSubject(request);
const engine = onnxRuntimeEngine({ threads: THREADS });
const curvature = curvatureOf(subject, request, engine);
await curvature.linearizeAll();
// By a graph whose results come to the host, where this session can read them.
const primal = await engine.compile(curvature.primal.graph);
const inputs = curvature.primal.inputs(0);
const residuals = await primal.run(
  Object.fromEntries(primal.inputNames.map((name) => [name, inputs[name] as HostTensor])),
);
const values: Readonly<Record<string, HostTensor>> = { ...inputs, ...residuals };
const { tangentGraph } = curvature.whole().linearization;
const graph = optimizeGraph(tangentGraph, inferType, evaluateNode);

const folder = await mkdtemp(join(tmpdir(), 'hesscope-profile-'));
const before = process.cwd();
try {
  // The profiler writes into the working folder.
  process.chdir(folder);
  await runProfiled();
  const [file] = await readdir(folder);
  const events = JSON.parse(await readFile(join(folder, file as string), 'utf8')) as ProfilerEvent[];
  process.chdir(before);
  await writeResults('profile', summarise(events));
} finally {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
}

async function runProfiled(): Promise<void> {
  const session = await ort.InferenceSession.create(emitOnnx(graph), {
    executionProviders: ['cpu'],
    intraOpNumThreads: THREADS,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableCpuMemArena: false,
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: 'profile',
    extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
  });
  const feeds = Object.fromEntries(
    graph.inputs.flatMap((input) => {
      const name = inputName(input);
      return session.inputNames.includes(name) ? [[name, feedOf(input, name)]] : [];
    }),
  );
  for (let run = 0; run < RUNS; run++) await session.run(feeds);
  session.endProfiling();
  await session.release();
}

/** Parameters and residuals as they are; vectors of ones. */
function feedOf({ type }: Node, name: string): ort.Tensor {
  const known = values[name];
  if (known && 'data' in known)
    return new ort.Tensor(type.dtype, known.data as Float32Array, [...type.shape]);
  return new ort.Tensor('float32', new Float32Array(sizeOf(type.shape)).fill(1), [...type.shape]);
}

function summarise(events: readonly ProfilerEvent[]): ProfileResults {
  const rows = new Map<string, { operation: string; shapes: string; count: number; microseconds: number }>();
  for (const event of events) {
    if (event.cat !== 'Node' || !event.name.endsWith('_kernel_time')) continue;
    const operation = event.args.op_name;
    const shapes = `${shapesOf(event.args.input_type_shape)} to ${shapesOf(event.args.output_type_shape)}`;
    const key = `${operation} ${shapes}`;
    const row = rows.get(key) ?? { operation, shapes, count: 0, microseconds: 0 };
    rows.set(key, { ...row, count: row.count + 1, microseconds: row.microseconds + event.dur });
  }
  const sorted = [...rows.values()]
    .map(
      ({ operation, shapes, count, microseconds }): ProfileRow => ({
        operation,
        shapes,
        nodes: count / RUNS,
        elapsedMs: microseconds / RUNS / 1000,
      }),
    )
    .sort((x, y) => y.elapsedMs - x.elapsedMs);
  return {
    environment: benchEnvironment(),
    title: 'whole Hessian of gpt-nano, 8 x 256 tokens, residuals kept',
    totalMs: sorted.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
    runs: RUNS,
    rows: sorted,
  };
}

function shapesOf(types: readonly Readonly<Record<string, readonly number[]>>[]): string {
  return types.map((type) => Object.values(type)[0]?.join('x') || 'scalar').join(', ');
}
