/** The two sides of the comparison, each a process of its own that answers the same requests. */
import type { ProductShape } from './cases.ts';

/** The time of one run of a method. */
export interface Timing {
  readonly elapsedMs: number;
  /** What of it was spent on each part that has a name: a block of a step, a phase of a first product. */
  readonly partsMs: Readonly<Record<string, number>>;
  /** Time beside it for what a whole run does once and this method cannot keep. */
  readonly setupMs?: number;
}

/** What a method does once before it can run. */
export interface Preparation {
  readonly setupMs: number;
  /** Floating-point operations of the matrix products that a run needs; ours only. */
  readonly productFlops?: number;
}

/** A request by its key `do`, as both sides understand it. */
export interface Request {
  readonly do: string;
  readonly [argument: string]: unknown;
}

/** The line to a process that answers one request after the other. */
export interface Connection {
  /**
   * @throws RefusedError when the request was answered with an error.
   * @param limitMs after which the process is ended.
   * @throws ConnectionLostError when the process has ended.
   */
  ask<Reply>(request: Request, limitMs?: number): Promise<Reply>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** A request that failed on the other side, which goes on. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The process on the other side has ended. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** What both sides can do with a method by its name. */
export class Side {
  protected readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Does what the method does once. @throws ConnectionLostError when it takes longer than `limitMs`. */
  prepare(method: string, limitMs?: number): Promise<Preparation> {
    return this.connection.ask({ do: 'prepare', method }, limitMs);
  }

  /** Runs a prepared method once. */
  run(method: string): Promise<Timing> {
    return this.connection.ask({ do: 'run', method });
  }

  /** Frees what a prepared method holds. */
  async drop(method: string): Promise<void> {
    await this.connection.ask({ do: 'drop', method });
  }

  /** The least time in milliseconds of a float32 matrix product of each shape, each repeated for `seconds`. */
  async productTimes(shapes: readonly ProductShape[], seconds: number): Promise<readonly number[]> {
    const { leastMs } = await this.connection.ask<{ leastMs: number[] }>({ do: 'rates', shapes, seconds });
    return leastMs;
  }

  /** The most memory that the process has held. */
  async peakBytes(): Promise<number> {
    return (await this.connection.ask<{ peakBytes: number }>({ do: 'memory' })).peakBytes;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
