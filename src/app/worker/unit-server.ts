/** Performs units in this process, one after the other; what units of one measurement share is opened once. */
import { cpus, hostname } from 'node:os';
import { UserError } from '../../errors.ts';
import { rangeOfDataset } from '../../network/data/range.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import { RangeBench } from '../../study/spectrum/ranges/range-bench.ts';
import { UnitBench } from '../../study/spectrum/units/perform.ts';
import {
  describeUnit,
  type UnitOutcome,
  type UnitSetting,
  type WorkUnit,
} from '../../study/spectrum/units/unit.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import { type TimedEngine, timedEngine } from '../../tensor/engine/timed.ts';
import { type ExchangePlace, openExchange } from '../ranges/store-exchange.ts';
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

/** Where a unit finds what it needs besides its order. */
export interface UnitPlaces {
  /** The folder where units under way keep what they have. */
  readonly workbench: string;
  /** Where vectors are handed over; null for units that need none. */
  readonly exchange: ExchangePlace | null;
}

interface OpenBench {
  readonly bench: UnitBench | RangeBench;
  readonly engine: TimedEngine;
  /** Time inside the runtime that units before have been charged with. */
  chargedMs: number;
}

export class UnitServer {
  private readonly threads: number;
  /** By their settings; several where one process holds several ranges of a measurement. */
  private readonly open = new Map<string, OpenBench>();
  /** The measurement that they belong to. */
  private measurement = '';

  constructor(threads: number) {
    this.threads = threads;
  }

  /**
   * Performs a unit.
   *
   * @returns null when it was told to stop before the end.
   * @throws UserError when code, data or weights are not those of the order; else as the bench does.
   */
  async perform(order: UnitOrder, places: UnitPlaces, host: UnitHost): Promise<UnitReport | null> {
    const startedAt = performance.now();
    const open = await this.benchFor(order.setting);
    const { bench, engine } = open;
    const outcome =
      bench instanceof RangeBench
        ? await answer(bench, order.unit, places.exchange)
        : await measure(bench, order, places.workbench, host);
    if (!outcome) return null;
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
    for (const { bench } of this.open.values()) await bench.release();
    this.open.clear();
  }

  private async benchFor(setting: UnitSetting): Promise<OpenBench> {
    const text = JSON.stringify(setting);
    const known = this.open.get(text);
    if (known) return known;
    const measurement = measurementOf(setting);
    if (measurement !== this.measurement) await this.release();
    this.measurement = measurement;
    await refuseOtherCode(setting);
    const { request, residuals, range } = setting;
    const subject = await openSubject(request);
    const data = range ? rangeOfDataset(subject.data, range) : subject.data;
    refuseOtherInputs(setting, dataDigest(data), await modelDigests(request, subject.weights));
    const engine = timedEngine(
      await openOnnxRuntimeEngine({ threads: this.threads, device: request.device }),
    );
    const bench = range
      ? await RangeBench.open(subject, request, residuals, engine, range)
      : await UnitBench.open(subject, request, residuals, engine);
    const open = { bench, engine, chargedMs: 0 };
    this.open.set(text, open);
    return open;
  }
}

/** What the ranges of a measurement have in common; a setting without a range is alone. */
function measurementOf(setting: UnitSetting): string {
  return JSON.stringify(setting.range ? { ...setting, range: null, dataSha256: null } : setting);
}

async function measure(
  bench: UnitBench,
  { key, unit }: UnitOrder,
  workbench: string,
  host: UnitHost,
): Promise<UnitOutcome | null> {
  if (unit.kind !== 'check' && unit.kind !== 'measure')
    throw new Error(`expected a unit over all micro-batches, found '${describeUnit(unit)}'`);
  let products = 0;
  const onProducts = (count: number) => {
    products += count;
    host.onProducts(products);
  };
  const store = await workbenchStore(workbench, key, host.onNotice);
  const outcome = await bench.perform(unit, store, {
    onProducts,
    onStored: onProducts,
    onNotice: host.onNotice,
    shouldStop: host.shouldStop,
  });
  if (outcome) await clearWorkbench(workbench, key);
  return outcome;
}

async function answer(
  bench: RangeBench,
  unit: WorkUnit,
  exchange: ExchangePlace | null,
): Promise<UnitOutcome> {
  if (exchange === null) throw new Error('expected a place where vectors are handed over, found none');
  if (unit.kind === 'check' || unit.kind === 'measure' || unit.kind === 'serve')
    throw new Error(`expected a question to a range, found '${describeUnit(unit)}'`);
  return bench.answer(unit, await openExchange(exchange));
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
