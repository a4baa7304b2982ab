/** One case from start to end, with fresh processes. */
import { join } from 'node:path';
import type { BenchmarkCase, ProductShape } from './cases.ts';
import { SQUARE } from './cases.ts';
import { CONTESTS } from './contests.ts';
import type { CaseRecord, ContestRecord, RateRecord } from './results.ts';
import { type ContestSettings, type Processes, runContest } from './run-contest.ts';
import { runQuadratures } from './run-quadrature.ts';
import { OurSide, TheirSide } from './sides.ts';
import { descriptionPath } from './subject.ts';

/** For how long each side repeats a product of each shape, and again after the contests. */
const RATE_SECONDS = 0.7;

export interface CaseSettings {
  readonly python: string;
  /** A folder for the case's files. */
  readonly folder: string;
  readonly threads: number;
  /** Methods that do not take part. */
  readonly skipped: ReadonlySet<string>;
  readonly repeats: number;
  say(text: string): void;
}

/** Measures a case. @throws what our side fails with, and when its values are not PyTorch's. */
export async function runCase(chosen: BenchmarkCase, settings: CaseSettings): Promise<CaseRecord> {
  const startedAt = performance.now();
  const path = join(settings.folder, `${chosen.name}.safetensors`);
  settings.say('opening model and data');
  const record = await runContests(chosen, path, settings);
  const quadratures = chosen.quadrature
    ? await runQuadratures(chosen, chosen.quadrature, {
        ...settings,
        descriptionPath: descriptionPath(path),
        runPath: join(settings.folder, `${chosen.name}-run`),
      })
    : [];
  return { ...record, quadratures, elapsedMs: performance.now() - startedAt };
}

async function runContests(
  chosen: BenchmarkCase,
  path: string,
  settings: CaseSettings,
): Promise<Omit<CaseRecord, 'quadratures' | 'elapsedMs'>> {
  const { python, threads, folder, skipped, repeats, say } = settings;
  const ours = new OurSide();
  let theirs: TheirSide | null = null;
  try {
    const opened = await ours.open(chosen, path, threads);
    const started = await TheirSide.start(python, threads, opened.description);
    theirs = started.side;
    const processes: Processes = { ours, theirs };
    const shapes = [...chosen.shapes, SQUARE];
    say('rate of matrix products');
    const before = await measureRates(processes, shapes);
    const contestSettings: ContestSettings = {
      valuesPath: join(folder, `${chosen.name}-values.safetensors`),
      skipped,
      repeats,
      say,
    };
    const contests: ContestRecord[] = [];
    for (const contest of CONTESTS) {
      contests.push(await runContest(contest, processes, contestSettings));
      theirs = processes.theirs;
    }
    const after = await measureRates(processes, shapes);
    return {
      name: chosen.name,
      title: chosen.title,
      model: chosen.model,
      data: opened.data,
      parameterCount: opened.parameterCount,
      blocks: opened.description.blocks,
      loss: started.loss,
      rates: before.map((rate, index) => better(rate, after[index] as RateRecord)),
      contests,
      peakBytes: { ours: await ours.peakBytes(), theirs: await theirs.peakBytes() },
    };
  } finally {
    await ours.close();
    await theirs?.close();
  }
}

async function measureRates(
  { ours, theirs }: Processes,
  shapes: readonly ProductShape[],
): Promise<RateRecord[]> {
  const [ourMs, theirMs] = [
    await ours.productTimes(shapes, RATE_SECONDS),
    await theirs.productTimes(shapes, RATE_SECONDS),
  ];
  return shapes.map((shape, index) => {
    const flops = 2 * shape[0] * shape[1] * shape[2];
    return {
      shape,
      onnxRuntimeGflops: flops / 1e6 / (ourMs[index] as number),
      pytorchGflops: flops / 1e6 / (theirMs[index] as number),
    };
  });
}

function better(a: RateRecord, b: RateRecord): RateRecord {
  return {
    shape: a.shape,
    onnxRuntimeGflops: Math.max(a.onnxRuntimeGflops, b.onnxRuntimeGflops),
    pytorchGflops: Math.max(a.pytorchGflops, b.pytorchGflops),
  };
}
