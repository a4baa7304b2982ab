/**
 * Follows what this process and others write below the runs folder, while somebody looks on. It asks for times of change
 * now and then: watching a tree by the operating system costs a handle for each folder on Linux and misses some changes on
 * file systems of a network.
 */
import type { EventSource } from '../events/event-hub.ts';
import type { Entry, EntryCatalogue } from './catalogue.ts';
import { type AddedMetrics, MetricsTail } from './metrics-tail.ts';

/** How often the folder is looked at. */
export interface WatchPace {
  /** Runs that go on. */
  readonly runningMs: number;
  /** All folders, unless looking through them takes long. */
  readonly allMs: number;
}

export const WATCH_PACE: WatchPace = { runningMs: 1000, allMs: 5000 };

/** The share of the time that looking through all folders may take at most. */
const LARGEST_SHARE = 1 / 20;

export interface WatchListener {
  onMetrics(id: string, added: AddedMetrics): void;
  /** A round failed; the next one tries again. */
  onFailure(error: unknown): void;
}

export class Watcher implements EventSource {
  readonly #catalogue: EntryCatalogue;
  readonly #listener: WatchListener;
  readonly #pace: WatchPace;
  readonly #tails = new Map<string, MetricsTail>();
  #timers: NodeJS.Timeout[] = [];
  #isOn = false;
  #startedAtMs = 0;

  constructor(catalogue: EntryCatalogue, listener: WatchListener, pace: WatchPace) {
    this.#catalogue = catalogue;
    this.#listener = listener;
    this.#pace = pace;
  }

  start(): void {
    this.#isOn = true;
    this.#startedAtMs = Date.now();
    this.#repeat(
      0,
      () => this.#pace.runningMs,
      () => this.#lookAtRunning(),
    );
    this.#repeat(
      1,
      (tookMs) => Math.max(this.#pace.allMs, tookMs / LARGEST_SHARE),
      () => this.#catalogue.refresh(),
    );
  }

  stop(): void {
    this.#isOn = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#tails.clear();
  }

  /** Each round begins a while after the last one has ended. */
  #repeat(lane: number, pauseMs: (tookMs: number) => number, round: () => Promise<void>): void {
    const startedAt = performance.now();
    const again = () => {
      if (!this.#isOn) return;
      const timer = setTimeout(
        () => this.#repeat(lane, pauseMs, round),
        pauseMs(performance.now() - startedAt),
      );
      timer.unref();
      this.#timers[lane] = timer;
    };
    round().catch(this.#listener.onFailure).finally(again);
  }

  async #lookAtRunning(): Promise<void> {
    const running = this.#catalogue.entries.filter(({ summary }) => summary.status === 'running');
    for (const { folder } of running) await this.#catalogue.reread(folder);
    for (const entry of running) if (entry.summary.kind === 'training') this.#tail(entry);
    await this.#tellMetrics(new Set(running.map(({ folder }) => folder.id)));
  }

  #tail({ folder, summary }: Entry): void {
    if (this.#tails.has(folder.id)) return;
    const isNew = Date.parse(summary.createdAt) >= this.#startedAtMs;
    this.#tails.set(folder.id, new MetricsTail(folder.path, isNew));
  }

  /** One that has ended is asked a last time. */
  async #tellMetrics(running: ReadonlySet<string>): Promise<void> {
    for (const [id, tail] of [...this.#tails]) {
      const added = await tail.read();
      if (added) this.#listener.onMetrics(id, added);
      if (!running.has(id)) this.#tails.delete(id);
    }
  }
}
