/** Units performed by processes of this machine. */
import { UserError } from '../../errors.ts';
import { ProcessEndedError } from '../worker/host.ts';
import { UnitProcess } from '../worker/unit-process.ts';
import type { UnitOrder, UnitReport } from './order.ts';
import { type PlannedOrder, UNIT_ATTEMPTS, type UnitRunner, type UnitWatch } from './runner.ts';

/** How often the pool looks whether it is to stop. */
const LOOK_MS = 200;

export interface LocalPoolSettings {
  /** How many units are performed at the same time. */
  readonly processes: number;
  /** Of each process. */
  readonly threads: number;
  /** The folder where units under way keep what they have. */
  readonly workbench: string;
}

/** The embedded runner: nothing but this machine is needed. */
export class LocalPool implements UnitRunner {
  private readonly settings: LocalPoolSettings;

  constructor(settings: LocalPoolSettings) {
    this.settings = settings;
  }

  async run(orders: readonly PlannedOrder[], watch: UnitWatch): Promise<void> {
    const { processes, threads, workbench } = this.settings;
    const count = Math.min(processes, orders.length);
    const workers = Array.from({ length: count }, () => new UnitProcess(threads, workbench));
    watch.onWorkers(count);
    const line = new WaitingLine(orders.map(({ order }) => order));
    const stopping = stopWhenAsked(line, workers, watch);
    try {
      await Promise.all(workers.map((worker) => serve(worker, line, watch)));
    } finally {
      line.isStopped = true;
      stopping.end();
      for (const worker of workers) worker.end();
    }
  }
}

/** Orders that wait, in their order; one that is tried again goes to the front. */
class WaitingLine {
  isStopped = false;
  private readonly waiting: UnitOrder[];
  private readonly tries = new Map<string, number>();

  constructor(orders: readonly UnitOrder[]) {
    this.waiting = [...orders];
  }

  next(): UnitOrder | null {
    return this.isStopped ? null : (this.waiting.shift() ?? null);
  }

  /** @returns how often it has been tried, now that another try has failed; it waits again while it may. */
  failed(order: UnitOrder): number {
    const tries = (this.tries.get(order.key) ?? 0) + 1;
    this.tries.set(order.key, tries);
    if (tries < UNIT_ATTEMPTS) this.waiting.unshift(order);
    return tries;
  }
}

async function serve(worker: UnitProcess, line: WaitingLine, watch: UnitWatch): Promise<void> {
  for (let order = line.next(); order; order = line.next()) {
    const report = await perform(worker, order, line, watch);
    // What fails here is no fault of the unit: a full disk ends the run.
    if (report) await watch.onDone(report);
  }
}

/** @returns null when the unit was stopped, or has failed and waits for its next try or is set aside. */
async function perform(
  worker: UnitProcess,
  order: UnitOrder,
  line: WaitingLine,
  watch: UnitWatch,
): Promise<UnitReport | null> {
  const { key } = order;
  try {
    return await worker.perform(order, {
      onProducts: (products) => watch.onProducts(key, products),
      onNotice: watch.onNotice,
    });
  } catch (error) {
    const { message } = error as Error;
    const attempts = line.failed(order);
    const isUserError = error instanceof UserError;
    if (attempts >= UNIT_ATTEMPTS) watch.onFailed({ key, message, attempts, isUserError });
    else if (error instanceof ProcessEndedError) watch.onNotice(`${message}; it is tried again`);
    return null;
  }
}

/** Looks now and then whether the work is to stop. */
function stopWhenAsked(
  line: WaitingLine,
  workers: readonly UnitProcess[],
  watch: UnitWatch,
): { end(): void } {
  let isOver = false;
  const look = async () => {
    if (isOver || line.isStopped) return;
    if (await watch.shouldStop()) {
      line.isStopped = true;
      for (const worker of workers) worker.stop();
      return;
    }
    timer = setTimeout(look, LOOK_MS);
  };
  let timer = setTimeout(look, LOOK_MS);
  return {
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
