/** Ranges of micro-batches held by processes of this machine. */
import type { UnitOrder, UnitReport } from '../units/order.ts';
import { UNIT_ATTEMPTS } from '../units/runner.ts';
import { ProcessEndedError } from '../worker/host.ts';
import { UnitProcess } from '../worker/unit-process.ts';
import type { RangeAnswers } from './held-ranges.ts';
import type { ExchangePlace } from './store-exchange.ts';

export interface LocalRangesSettings {
  readonly processes: number;
  /** Of each process. */
  readonly threads: number;
  readonly exchange: ExchangePlace;
  /** A folder for what processes keep. */
  readonly workbench: string;
  onNotice(text: string): void;
}

/** Each process holds every so-manieth range from its first question to the end, and answers for one after the other. */
export class LocalRanges implements RangeAnswers {
  private readonly settings: LocalRangesSettings;
  private processes: readonly UnitProcess[] = [];

  constructor(settings: LocalRangesSettings) {
    this.settings = settings;
  }

  async hold({ length }: readonly UnitOrder[]): Promise<void> {
    const { processes, threads, workbench } = this.settings;
    this.processes = Array.from(
      { length: Math.min(processes, length) },
      () => new UnitProcess(threads, workbench),
    );
  }

  async answers(questions: readonly UnitOrder[]): Promise<UnitReport[]> {
    const reports: UnitReport[] = new Array(questions.length);
    await Promise.all(
      this.processes.map(async (process, position) => {
        for (let range = position; range < questions.length; range += this.processes.length)
          reports[range] = await this.answer(process, questions[range] as UnitOrder);
      }),
    );
    return reports;
  }

  /** Ends the processes. */
  async close(): Promise<void> {
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
        const isLast = attempt === UNIT_ATTEMPTS || process.isEnded;
        if (!(error instanceof ProcessEndedError) || isLast) throw error;
        onNotice(`${error.message}; it is tried again`);
      }
    }
  }
}
