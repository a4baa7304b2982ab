/** Ranges of micro-batches held by processes of this machine. */
import type { ResidualChoice } from '../../curvature/model-curvature.ts';
import type { RangeOutcome, RangeQuestion } from '../../study/spectrum/ranges/questions.ts';
import type { RangeHolders } from '../../study/spectrum/ranges/range-products.ts';
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import { ProcessEndedError } from '../worker/host.ts';
import { UnitProcess } from '../worker/unit-process.ts';
import type { RangeOrders } from './range-orders.ts';
import type { RangeRecords } from './range-records.ts';
import type { ExchangePlace } from './store-exchange.ts';

export interface LocalRangesSettings {
  readonly orders: RangeOrders;
  readonly processes: number;
  /** Of each process. */
  readonly threads: number;
  readonly exchange: ExchangePlace;
  /** A folder for what processes keep. */
  readonly workbench: string;
  readonly records: RangeRecords;
  onNotice(text: string): void;
}

/** Each process holds its ranges from the first question to the end, and answers for one after the other. */
export class LocalRanges implements RangeHolders {
  private readonly settings: LocalRangesSettings;
  private readonly processes: readonly UnitProcess[];
  private residuals: ResidualChoice | null = null;
  private isClosed = false;

  constructor(settings: LocalRangesSettings) {
    this.settings = settings;
    const { processes, threads, workbench, orders } = settings;
    this.processes = Array.from(
      { length: Math.min(processes, orders.count) },
      () => new UnitProcess(threads, workbench),
    );
  }

  async open(residuals: ResidualChoice): Promise<void> {
    this.residuals = residuals;
  }

  async ask(question: RangeQuestion): Promise<RangeOutcome[]> {
    const { orders, records } = this.settings;
    const residuals = this.residuals as ResidualChoice;
    const answers: RangeOutcome[] = new Array(orders.count);
    await Promise.all(
      this.processes.map(async (process, position) => {
        for (let range = position; range < orders.count; range += this.processes.length) {
          const order = orders.question(range, residuals, question);
          const report = await this.answer(process, order);
          records.add(orders.holding(range, residuals), report);
          answers[range] = report.outcome as RangeOutcome;
        }
      }),
    );
    await records.writeNowAndThen();
    return answers;
  }

  /** Ends the processes. */
  close(): void {
    this.isClosed = true;
    for (const process of this.processes) process.end();
  }

  private async answer(process: UnitProcess, order: UnitOrder): Promise<UnitReport> {
    const { exchange, onNotice } = this.settings;
    const events = { onProducts: () => undefined, onNotice };
    for (let attempt = 1; ; attempt++) {
      try {
        const report = await process.perform(order, events, exchange);
        if (!report) throw new Error('expected an answer to a question that nobody has taken back');
        return report;
      } catch (error) {
        // What a range fails with, it would fail with again; a process that has died may have been killed.
        const isLast = attempt === UNIT_ATTEMPTS || this.isClosed;
        if (!(error instanceof ProcessEndedError) || isLast) throw error;
        onNotice(`${error.message}; it is tried again`);
      }
    }
  }
}
