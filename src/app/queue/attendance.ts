/** Whoever has put work into a queue and waits for it: what all of them do, whatever the work is. */
import type { EventEmitter } from 'node:events';

/** How often everything is looked at, whatever events have told: a queue that was away may have lost some. */
const LOOK_EVERY_MS = 5_000;
/** How often it is asked whether to stop. */
const STOP_LOOK_MS = 200;
/** How long a queue that is away may hold up the end. */
const CLOSING_MS = 1_000;

/** A connection of BullMQ. */
type Connection = EventEmitter & { close(): Promise<void>; disconnect(): Promise<unknown> };

export interface AttendanceWatch {
  onNotice(text: string): void;
  /** Work that was to be done in its turn has failed. */
  onError(error: unknown): void;
}

/** Does pieces of work one after the other, some of them again and again, and says when the queue does not answer. */
export class Attendance {
  private readonly watch: AttendanceWatch;
  private readonly connections: Connection[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private isLooking = false;
  private isAway = false;

  constructor(watch: AttendanceWatch) {
    this.watch = watch;
  }

  /** Tells of a connection that does not answer, once until the next look succeeds; `close` closes it. */
  attend<Attended extends Connection>(connection: Attended): Attended {
    connection.on('error', this.tellOfAbsence);
    this.connections.push(connection);
    return connection;
  }

  readonly tellOfAbsence = (error: Error): void => {
    if (this.isAway) return;
    this.isAway = true;
    this.watch.onNotice(`The queue does not answer (${error.message}); it is tried again until it does.`);
  };

  /** Does a piece of work when those before it are done. */
  inTurn(work: () => Promise<unknown>): void {
    this.last = this.last.then(work).catch((error) => this.watch.onError(error));
  }

  /** Looks now, in its turn, and again every few seconds. */
  lookNowAndThen(look: () => Promise<void>): void {
    const again = () => {
      if (this.isLooking) return;
      this.isLooking = true;
      this.inTurn(async () => {
        try {
          await look();
          this.isAway = false;
        } finally {
          this.isLooking = false;
        }
      });
    };
    again();
    this.timers.push(setInterval(again, LOOK_EVERY_MS));
  }

  /** Asks again and again whether to stop. */
  stopWhen(shouldStop: () => Promise<boolean>, stop: () => void): void {
    const ask = async () => {
      if (await shouldStop()) stop();
    };
    this.timers.push(setInterval(() => void ask().catch((error) => this.watch.onError(error)), STOP_LOOK_MS));
  }

  /** Does a last piece of work and closes all connections; a queue that is away does not hold it up for long. */
  async close(lastWork: () => Promise<unknown>): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await inTime(lastWork());
    await inTime(Promise.allSettled(this.connections.map((connection) => connection.close())));
    await Promise.allSettled(this.connections.map((connection) => connection.disconnect()));
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  await Promise.race([
    Promise.allSettled([work]),
    new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref()),
  ]);
}
