/** A measurement whose units of work are performed by others; this process orders, keeps and merges. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { openSubject } from '../../study/spectrum/prepare.ts';
import type { SpectrumRequest } from '../../study/spectrum/request.ts';
import { mergeUnits, wantedOperators } from '../../study/spectrum/units/merge.ts';
import { planUnits, type UnitPlan } from '../../study/spectrum/units/split.ts';
import { describeUnit, type UnitSetting } from '../../study/spectrum/units/unit.ts';
import { openOnnxRuntimeEngine } from '../../tensor/engine/onnxruntime.ts';
import type { RunDirectory } from '../runs/directory.ts';
import { STATE_FOLDER } from '../runs/layout.ts';
import { codeVersion } from '../units/code-version.ts';
import { KeptWork } from '../units/kept-work.ts';
import { LocalPool } from '../units/local-pool.ts';
import { modelDigests } from '../units/model-digests.ts';
import { type UnitOrder, unitOrder } from '../units/order.ts';
import type { PlannedOrder, UnitFailure, UnitRunner, UnitWatch } from '../units/runner.ts';
import { SharedPace } from '../units/shared-pace.ts';
import { shipTo } from '../units/shipped-files.ts';
import { dataDigest } from './data-digest.ts';
import { defaultThreads, describeEnvironment, environmentOn, spareBytes } from './environment.ts';
import type { JobHost } from './job-host.ts';
import { openRun } from './open-run.ts';
import { type JobOutcome, processesOf, type Sharing, type SpectrumJob } from './protocol.ts';
import { writeReport, writeResult } from './run-result.ts';

/**
 * Carries out a spectrum job by units: plans them, has those performed that the run directory lacks, and merges all. The
 * files that hold numbers are the same as those of a run of one process.
 *
 * @throws UserError as a spectrum job does; Error naming units that failed on every try, once all others are done.
 */
export async function runSharedJob(job: SpectrumJob, sharing: Sharing, host: JobHost): Promise<JobOutcome> {
  const { request } = job;
  const subject = await openSubject(request);
  const processes = processesOf(sharing);
  const threads = request.threads ?? defaultThreads(processes);
  const engine = await openOnnxRuntimeEngine({ threads, device: request.device });
  const directory = await openRun(job, subject, await describeEnvironment(engine.name, threads));
  try {
    host.emit({ type: 'opened', path: directory.path });
    for (const text of subject.model.notes ?? []) host.emit({ type: 'notice', text });
    for (const text of await directory.discardDamaged()) host.emit({ type: 'notice', text });
    const { elapsedMs: earlierMs, runtimeMs: earlierRuntimeMs = 0 } = directory.run;
    const startedAt = performance.now();
    const elapsedMs = () => Math.round(earlierMs + performance.now() - startedAt);
    const plan = await planUnits(subject, request, { engine, spareBytes: spareBytes() / processes });
    const setting: UnitSetting = {
      request,
      residuals: plan.residuals,
      codeVersion: await codeVersion(),
      dataSha256: dataDigest(subject.data),
      modelSha256: await modelDigests(request, subject.weights),
      range: null,
    };
    const onNotice = (text: string) => host.emit({ type: 'notice', text });
    const kept = await KeptWork.open(directory, wantedOperators(subject, request), request, onNotice);
    const runner = await runnerOf(sharing, directory, request, threads);
    const orders = plan.units.map(({ unit, estimatedMs }) => ({
      order: unitOrder(setting, unit),
      estimatedMs,
    }));
    const work = new SharedWork(directory, kept, plan, orders, host, elapsedMs);
    const times = () => ({
      elapsedMs: elapsedMs(),
      runtimeMs: Math.round(earlierRuntimeMs + kept.runtimeMs),
    });
    const failures = await work.perform(runner);
    await kept.writeList(true);
    if (failures.length > 0) throw failureOf(failures, orders);
    if (!work.isDone) {
      await directory.updateRun({ status: 'interrupted', ...times(), products: kept.products });
      return { type: 'interrupted', path: directory.path };
    }
    // Units clear up after themselves; the folder that held them is empty now.
    await rm(join(directory.path, STATE_FOLDER), { recursive: true, force: true });
    await writeResult(directory, mergeUnits(subject, request, kept));
    await directory.updateRun({
      status: 'finished',
      environment: environmentOn(directory.run.environment, kept.processors),
      ...times(),
      products: kept.products,
      error: null,
    });
    if (job.report) {
      host.emit({ type: 'reporting' });
      await writeReport(directory);
    }
    return { type: 'finished', path: directory.path };
  } catch (error) {
    // The disk may be what failed; the first error is the one to tell.
    await directory.updateRun({ status: 'failed', error: (error as Error).message }).catch(() => undefined);
    throw error;
  } finally {
    await directory.close();
  }
}

async function runnerOf(
  sharing: Sharing,
  { path, run }: RunDirectory,
  request: SpectrumRequest,
  threads: number,
): Promise<UnitRunner> {
  if (sharing.kind === 'processes')
    return new LocalPool({ processes: sharing.processes, threads, workbench: join(path, STATE_FOLDER) });
  // Its client is loaded where a queue is used.
  const { QueueRunner } = await import('../queue/queue-runner.ts');
  const { address, store } = sharing;
  const shipment = store === null ? null : await shipTo(store, request);
  return QueueRunner.open({ address, codeVersion: await codeVersion(), run: run.name, shipment });
}

/** The units of a run while others perform them. */
class SharedWork {
  private readonly directory: RunDirectory;
  private readonly kept: KeptWork;
  private readonly plan: UnitPlan;
  private readonly orders: readonly PlannedOrder[];
  private readonly host: JobHost;
  private readonly elapsedMs: () => number;
  private isTold = false;

  constructor(
    directory: RunDirectory,
    kept: KeptWork,
    plan: UnitPlan,
    orders: readonly PlannedOrder[],
    host: JobHost,
    elapsedMs: () => number,
  ) {
    this.directory = directory;
    this.kept = kept;
    this.plan = plan;
    this.orders = orders;
    this.host = host;
    this.elapsedMs = elapsedMs;
  }

  get isDone(): boolean {
    return this.orders.every(({ order }) => this.kept.holds(order.unit));
  }

  /** Has all units performed that are missing. @returns those that failed on every try. */
  async perform(runner: UnitRunner): Promise<UnitFailure[]> {
    const failures: UnitFailure[] = [];
    const missing = this.orders.filter(({ order }) => !this.kept.holds(order.unit));
    const pace = new SharedPace(this.orders, ({ order }) => this.kept.holds(order.unit));
    const byKey = new Map(missing.map(({ order }) => [order.key, order]));
    await this.tellPlan(missing);
    const watch: UnitWatch = {
      onDone: async (report) => {
        const order = byKey.get(report.key);
        if (!order || this.kept.holds(order.unit)) return;
        await this.kept.take(order, report);
        await this.directory.updateRun({ elapsedMs: this.elapsedMs(), products: this.kept.products });
        if (order.unit.kind === 'check') await this.tellPlan(missing);
        this.host.emit({ type: 'progress', progress: pace.finish(report.key) });
      },
      onProducts: (key, products) =>
        this.host.emit({ type: 'progress', progress: pace.advance(key, products) }),
      onFailed: (failure) => {
        failures.push(failure);
        this.host.emit({
          type: 'notice',
          text: `${nameOf(failure, byKey)} is set aside: ${failure.message}`,
        });
      },
      onNotice: (text) => this.host.emit({ type: 'notice', text }),
      onWorkers: (count) => this.host.emit({ type: 'notice', text: workersText(count) }),
      shouldStop: () => this.host.shouldStop(),
    };
    await runner.run(missing, watch);
    return failures;
  }

  /** Tells of the plan once the loss is known, which the first unit finds. */
  private async tellPlan(missing: readonly PlannedOrder[]): Promise<void> {
    const { loss } = this.directory.run;
    if (loss === null || this.isTold) return;
    this.isTold = true;
    const { text, preparationMs, estimatedBytes } = this.plan;
    const estimatedMs = missing.reduce((sum, unit) => sum + unit.estimatedMs, preparationMs);
    await this.directory.updateRun({ plan: { estimatedMs, estimatedBytes, text } });
    this.host.emit({ type: 'planned', loss, text, estimatedMs });
  }
}

function nameOf({ key }: UnitFailure, orders: ReadonlyMap<string, UnitOrder>): string {
  const order = orders.get(key);
  return order ? describeUnit(order.unit) : key;
}

function workersText(count: number): string {
  return count === 1 ? 'One worker performs the units.' : `${count} workers perform the units.`;
}

function failureOf(failures: readonly UnitFailure[], orders: readonly PlannedOrder[]): Error {
  const byKey = new Map(orders.map(({ order }) => [order.key, order]));
  const lines = failures.map(
    (failure) => `${nameOf(failure, byKey)} (${failure.attempts} tries): ${failure.message}`,
  );
  const SomeError = failures.every(({ isUserError }) => isUserError) ? UserError : Error;
  return new SomeError(
    `${failures.length} of ${orders.length} units failed on every try, all others are kept; --resume tries them again: ${lines.join('; ')}`,
  );
}
