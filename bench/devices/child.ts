/** Measures one case on one device in a process of its own: a device's library that fails takes its process with it. */
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import type { LinearOperator, Vector } from '../../src/spectrum/index.ts';
import type { Device } from '../../src/tensor/engine/device.ts';
import type { Engine } from '../../src/tensor/engine/engine.ts';
import { openOnnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import type { BenchmarkCase } from '../peers/cases.ts';
import { type BenchmarkSubject, openBenchmarkSubject, PRECISION, writeCase } from '../peers/subject.ts';
import type { DeviceTimes } from './results.ts';

export interface DeviceTask {
  readonly case: BenchmarkCase;
  readonly device: Device;
  readonly threads: number;
  readonly repeats: number;
  /** Where the case is written for Python; null where that has been done. */
  readonly casePath: string | null;
}

export interface DeviceReply {
  readonly engine: string;
  /** In the order in which products hold them. */
  readonly parameterNames: readonly string[];
  /** What was measured, each product with its values. */
  readonly methods: readonly { times: Omit<DeviceTimes, 'difference'>; product: Vector | null }[];
}

/** How residuals are held, by what tables call it. */
const DETAILS = { 'residuals kept': 'all', 'all within each product': 'none' } as const;
type DetailName = keyof typeof DETAILS;

process.on('message', (task: DeviceTask) => {
  measure(task).then(
    (reply) => process.send?.({ reply }, () => process.exit(0)),
    (error: Error) => process.send?.({ failure: error.message }, () => process.exit(1)),
  );
});

/** The step is measured the way that is faster for the whole product. */
async function measure({
  case: chosen,
  device,
  threads,
  repeats,
  casePath,
}: DeviceTask): Promise<DeviceReply> {
  const subject = await openBenchmarkSubject(chosen);
  if (casePath !== null) await writeCase(casePath, subject, false);
  const engine = await openOnnxRuntimeEngine({ threads, device });
  const methods: DeviceReply['methods'][number][] = [];
  let fastest: DetailName = 'residuals kept';
  let leastMs = Number.POSITIVE_INFINITY;
  for (const name of Object.keys(DETAILS) as DetailName[]) {
    if (device === 'cpu' && name !== 'residuals kept') continue;
    const { elapsedMs, product } = await measureProduct(subject, engine, name, repeats);
    console.error(`devices: ${device}, ${name}: ${Math.min(...elapsedMs).toFixed(1)} ms`);
    methods.push({ times: { name, quantity: 'product', elapsedMs }, product });
    if (Math.min(...elapsedMs) < leastMs) [fastest, leastMs] = [name, Math.min(...elapsedMs)];
  }
  const elapsedMs = await measureStep(subject, engine, fastest, repeats);
  methods.push({ times: { name: fastest, quantity: 'step', elapsedMs }, product: null });
  const parameterNames = subject.model.parameters.map(({ name }) => name);
  return { engine: engine.name, parameterNames, methods };
}

async function measureProduct(
  subject: BenchmarkSubject,
  engine: Engine,
  name: DetailName,
  repeats: number,
): Promise<{ elapsedMs: number[]; product: Vector }> {
  const curvature = await linearized(subject, engine, name);
  const whole = curvature.whole();
  const vector = new Float32Array(whole.dim);
  let start = 0;
  for (const { name: parameter } of subject.model.parameters) {
    const part = subject.vectors[parameter] as Vector;
    vector.set(part, start);
    start += part.length;
  }
  const [product] = (await whole.matmat([vector])) as [Vector];
  const elapsedMs = await times(repeats, whole, vector);
  await whole.release();
  await curvature.release();
  return { elapsedMs, product };
}

/** One product with each block; a block's session is made before it is timed and freed after. */
async function measureStep(
  subject: BenchmarkSubject,
  engine: Engine,
  name: DetailName,
  repeats: number,
): Promise<number[]> {
  const curvature = await linearized(subject, engine, name);
  const elapsedMs = Array.from({ length: repeats }, () => 0);
  for (const block of subject.blocks) {
    const operator = curvature.block(block);
    const vector = subject.vectors[block.name] as Vector;
    await operator.matmat([vector]);
    for (const [repeat, blockMs] of (await times(repeats, operator, vector)).entries())
      elapsedMs[repeat] = (elapsedMs[repeat] as number) + blockMs;
    await operator.release();
  }
  await curvature.release();
  return elapsedMs;
}

async function linearized(
  { model, parameters, data }: BenchmarkSubject,
  engine: Engine,
  name: DetailName,
): Promise<ModelCurvature> {
  const curvature = new ModelCurvature({ model, parameters, data, engine, precision: PRECISION });
  curvature.chooseResiduals({ detail: DETAILS[name], isKept: true });
  await curvature.linearizeAll();
  return curvature;
}

async function times(repeats: number, operator: LinearOperator, vector: Vector): Promise<number[]> {
  const elapsedMs: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const startedAt = performance.now();
    await operator.matmat([vector]);
    elapsedMs.push(performance.now() - startedAt);
  }
  return elapsedMs;
}
