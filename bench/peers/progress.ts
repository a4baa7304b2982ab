/** What people see while the comparison runs: one live line at a terminal, a line now and then elsewhere. */
import ora, { type Ora } from 'ora';
import { formatDuration } from '../../src/app/report/format.ts';
import type { BenchmarkCase } from './cases.ts';

/** Away from a terminal, lines come no closer than this. */
const QUIET_MS = 10_000;

export class Progress {
  private readonly spinner: Ora | null;
  private readonly waiting: BenchmarkCase[];
  private current: { readonly chosen: BenchmarkCase; readonly startedAt: number } | null = null;
  private doneSeconds = 0;
  private expectedSeconds = 0;
  private shownAt = Number.NEGATIVE_INFINITY;

  /** @param cases in the order in which they will run. */
  constructor(cases: readonly BenchmarkCase[]) {
    this.waiting = [...cases];
    this.spinner = process.stderr.isTTY ? ora({ stream: process.stderr, discardStdin: false }).start() : null;
  }

  /** The next case begins. */
  begin(chosen: BenchmarkCase): void {
    this.finish();
    this.waiting.splice(this.waiting.indexOf(chosen), 1);
    this.current = { chosen, startedAt: performance.now() };
    this.shownAt = Number.NEGATIVE_INFINITY;
  }

  /** Says what is being done. */
  say(text: string): void {
    const where = this.current ? `${this.current.chosen.name}: ` : '';
    const line = `${where}${text}  (about ${formatDuration(1e3 * this.secondsLeft())} left)`;
    if (this.spinner) this.spinner.text = line;
    else if (performance.now() - this.shownAt >= QUIET_MS) {
      this.shownAt = performance.now();
      process.stderr.write(`${line}\n`);
    }
  }

  /** No case is under way any more. */
  end(): void {
    this.finish();
    this.spinner?.stop();
  }

  private finish(): void {
    if (!this.current) return;
    this.doneSeconds += secondsSince(this.current.startedAt);
    this.expectedSeconds += this.current.chosen.expectedSeconds;
    this.current = null;
  }

  /** From what the cases took when the list was written, corrected by the pace of those that are done. */
  private secondsLeft(): number {
    const pace = this.expectedSeconds === 0 ? 1 : this.doneSeconds / this.expectedSeconds;
    const later = this.waiting.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
    const { current } = this;
    const elapsed = current ? secondsSince(current.startedAt) : 0;
    const now = current ? pace * current.chosen.expectedSeconds - elapsed : 0;
    // A case that takes longer than expected is taken to need a while more.
    return Math.max(now, elapsed / 5) + pace * later;
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1e3;
}
