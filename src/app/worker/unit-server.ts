/** Performs units in this process, one after the other; what units of one measurement share is opened once. */
import { cpus, hostname } from 'node:os';
import { UserError } from '../../errors.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { UnitBench } from '../../study/spectrum/units/perform.ts';
import type { UnitSetting } from '../../study/spectrum/units/unit.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { type TimedEngine, timedEngine } from '../../tensor/engine/timed.ts';
import { codeVersion } from '../units/code-version.ts';
import { modelDigests } from '../units/model-digests.ts';
import type { UnitMachine, UnitOrder, UnitReport } from '../units/order.ts';
import { clearWorkbench, workbenchStore } from '../units/workbench.ts';
import { dataDigest } from './data-digest.ts';

/** What a unit may ask of the process that it is performed in. */
export interface UnitHost {
  /** Hessian products of the unit so far, also those of an earlier try. */
  onProducts(products: number): void;
  onNotice(text: string): void;
  /** Resolves to true when the unit is to stop. */
  shouldStop(): Promise<boolean>;
}

interface OpenBench {
  readonly settingText: string;
  readonly bench: UnitBench;
  readonly engine: TimedEngine;
  /** Time inside the runtime that units before have been charged with. */
  chargedMs: number;
}

export class UnitServer {
  private readonly threads: number;
  private open: OpenBench | null = null;

  constructor(threads: number) {
    this.threads = threads;
  }

  /**
   * Performs a unit.
   *
   * @param workbench the folder where units under way keep what they have.
   * @returns null when it was told to stop before the end.
   * @throws UserError when code, data or weights are not those of the order; else as `UnitBench.perform` does.
   */
  async perform(order: UnitOrder, workbench: string, host: UnitHost): Promise<UnitReport | null> {
    const startedAt = performance.now();
    const open = await this.benchFor(order.setting);
    const { bench, engine } = open;
    let products = 0;
    const onProducts = (count: number) => {
      products += count;
      host.onProducts(products);
    };
    const store = await workbenchStore(workbench, order.key, host.onNotice);
    const outcome = await bench.perform(order.unit, store, {
      onProducts,
      onStored: onProducts,
      onNotice: host.onNotice,
      shouldStop: host.shouldStop,
    });
    if (!outcome) return null;
    await clearWorkbench(workbench, order.key);
    const runtimeMs = engine.runMs - open.chargedMs;
    open.chargedMs = engine.runMs;
    return {
      key: order.key,
      outcome,
      machine: machineOf(engine.name, this.threads),
      elapsedMs: performance.now() - startedAt,
      runtimeMs,
    };
  }

  async release(): Promise<void> {
    await this.open?.bench.release();
    this.open = null;
  }

  private async benchFor(setting: UnitSetting): Promise<OpenBench> {
    const settingText = JSON.stringify(setting);
    if (this.open?.settingText === settingText) return this.open;
    await this.release();
    await refuseOtherCode(setting);
    const { request, residuals } = setting;
    const subject = await openSubject(request);
    refuseOtherInputs(setting, dataDigest(subject.data), await modelDigests(request, subject.weights));
    const engine = timedEngine(
      await openOnnxRuntimeEngine({ threads: this.threads, device: request.device }),
    );
    const bench = await UnitBench.open(subject, request, residuals, engine);
    this.open = { settingText, bench, engine, chargedMs: 0 };
    return this.open;
  }
}

async function refuseOtherCode({ codeVersion: wanted }: UnitSetting): Promise<void> {
  const own = await codeVersion();
  if (own !== wanted)
    throw new UserError(
      `Expected units of hesscope ${own}, found one of ${wanted}: results of different code are not mixed. Install the same version on every machine.`,
    );
}

function refuseOtherInputs(
  { dataSha256, modelSha256, request }: UnitSetting,
  data: string,
  model: readonly string[],
): void {
  if (data !== dataSha256)
    throw new UserError(
      `The data '${request.data ?? 'by default'}' on this machine have sha256 ${data}, the run was begun with ${dataSha256}; bring the same data here.`,
    );
  if (model.join() !== modelSha256.join())
    throw new UserError(
      `The files of '${request.weights ?? request.model}' on this machine have sha256 ${model.join(', ')}, the run was begun with ${modelSha256.join(', ')}; bring the same files here.`,
    );
}

function machineOf(engine: string, threads: number): UnitMachine {
  return {
    host: hostname(),
    processor: cpus()[0]?.model ?? 'unknown',
    threads,
    engine,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
