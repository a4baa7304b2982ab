/** Measures one point in a process of its own, whose peak memory is the point's alone. */
import { readFileSync } from 'node:fs';
import { ModelCurvature } from '../../src/curvature/model-curvature.ts';
import type { CurvatureOperator } from '../../src/curvature/operator.ts';
import { openDataset } from '../../src/network/data/index.ts';
import { type GptConfig, gpt } from '../../src/network/models/gpt.ts';
import { initialiseParameters } from '../../src/network/models/parameters.ts';
import { sampleProbe } from '../../src/spectrum/index.ts';
import { columnsPerRun } from '../../src/study/spectrum/plan.ts';
import { parseSpectrumRequest } from '../../src/study/spectrum/request.ts';
import { onnxRuntimeEngine } from '../../src/tensor/engine/onnxruntime.ts';
import { CONTEXT_LENGTH, headsOf, type Point } from './points.ts';

export interface PointTimes {
  /** Time of each step: one product of the whole Hessian, or of each block. */
  readonly stepMs: readonly number[];
  readonly residualBytes: number;
  /** Of the process, above what it held before the model was traced. */
  readonly peakBytes: number;
  readonly parameterCount: number;
}

const STEPS = 5;
const SEED = 0;

process.on('message', (point: Point) => {
  void measure(point).then((times) => {
    process.send?.(times);
    process.disconnect();
  });
});

async function measure(point: Point): Promise<PointTimes> {
  const curvature = await curvatureOf(point);
  const before = statusBytes('VmRSS');
  await curvature.linearizeAll();
  await curvature.loss();
  const { parameters } = curvature.model;
  // Normalisation is left out, as in blockwise spectra.
  const blocks = parameters.filter(({ kind }) => kind !== 'norm');
  const operators =
    point.blocks === null
      ? [curvature.whole()]
      : blocks.slice(-point.blocks).map((block) => curvature.block(block));
  const request = parseSpectrumRequest({ probes: point.probes, exactUpTo: 0 });
  for (const operator of operators) await operator.setColumnsPerRun(columnsPerRun(operator, request));
  const stepMs: number[] = [];
  // The first step compiles.
  await step(operators, point.probes);
  for (let repeat = 0; repeat < STEPS; repeat++) stepMs.push(await step(operators, point.probes));
  return {
    stepMs,
    residualBytes: curvature.primal.totalBytes,
    peakBytes: statusBytes('VmHWM') - before,
    parameterCount: curvature.whole().dim,
  };
}

async function curvatureOf(point: Point): Promise<ModelCurvature> {
  const data = await openDataset({
    source: 'moby-dick',
    batchSize: point.sequences,
    microBatches: 1,
    offset: 0,
    contextLength: CONTEXT_LENGTH,
  });
  if (data.kind !== 'text') throw new Error(`expected text, found ${data.kind}`);
  const config: GptConfig = {
    layers: point.layers,
    heads: headsOf(point),
    width: point.width,
    contextLength: CONTEXT_LENGTH,
    vocabularySize: data.vocabularySize,
    bias: false,
    gelu: 'none',
    tied: true,
    scaledProjections: 'both',
    dropout: 0,
  };
  const model = gpt('gpt', config);
  return new ModelCurvature({
    model,
    parameters: initialiseParameters(model, SEED, 'float32'),
    data,
    engine: onnxRuntimeEngine({ threads: 2 }),
    precision: 'float32',
  });
}

/** Time of one product with each operator. */
async function step(operators: readonly CurvatureOperator[], probes: number): Promise<number> {
  let elapsedMs = 0;
  for (const operator of operators) {
    const { name, dim } = operator;
    const columns = Array.from({ length: probes }, (_, probe) =>
      sampleProbe({ kind: 'gaussian', dim, precision: 'float32', seed: SEED, path: [name, probe] }),
    );
    const startedAt = performance.now();
    await operator.matmat(columns);
    elapsedMs += performance.now() - startedAt;
  }
  return elapsedMs;
}

/** A figure of the process's memory as Linux tells it. */
function statusBytes(key: 'VmRSS' | 'VmHWM'): number {
  const line = readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(key));
  return 1024 * Number(/(\d+)/.exec(line ?? '')?.[1] ?? Number.NaN);
}
