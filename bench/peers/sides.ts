/** What each side can do besides timing methods. */

import type { BenchmarkCase } from './cases.ts';
import { connectToOurs, connectToTheirs } from './child-process.ts';
import { type Connection, Side, type Timing } from './side.ts';
import type { CaseDescription } from './subject.ts';

/** What our side says of an opened case. */
export interface OpenedCase {
  readonly engine: string;
  readonly data: string;
  readonly parameterCount: number;
  readonly description: CaseDescription;
}

/** hesscope in a process of its own. */
export class OurSide extends Side {
  constructor() {
    super(connectToOurs());
  }

  /** Opens a case and writes it for the other side to `path`, a safetensors file. */
  open(chosen: BenchmarkCase, path: string, threads: number): Promise<OpenedCase> {
    return this.connection.ask({ do: 'open', case: chosen, path, threads });
  }

  /** Writes the values of a prepared method to a safetensors file. */
  async write(method: string, path: string): Promise<void> {
    await this.connection.ask({ do: 'write', method, path });
  }
}

/** How a method's values differ from ours. */
export interface Agreement {
  /** |theirs - ours| / |ours| over all values together. */
  readonly difference: number;
  /** The largest of single tensors, relative to the larger of its own norm and a thousandth of all together. */
  readonly worst: number;
  readonly worstName: string;
}

/** What is installed on the other side. */
export interface PythonFacts {
  /** Null where a package is missing. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** PyTorch and the peers in one Python process; made again by `restart` when it was lost. */
export class TheirSide extends Side {
  private readonly reconnect: () => Promise<Connection>;

  private constructor(connection: Connection, reconnect: () => Promise<Connection>) {
    super(connection);
    this.reconnect = reconnect;
  }

  /** Starts the server and opens a case. @returns it with the loss that it finds. */
  static async start(
    python: string,
    threads: number,
    description: CaseDescription,
  ): Promise<{ side: TheirSide; loss: number }> {
    let loss = Number.NaN;
    const connect = async () => {
      const connection = connectToTheirs(python);
      await connection.ask({ do: 'start', threads, packages: [] });
      loss = (await connection.ask<{ loss: number }>({ do: 'open', case: description })).loss;
      return connection;
    };
    return { side: new TheirSide(await connect(), connect), loss };
  }

  /** Runs a prepared method once and compares its values with a file of ours. */
  check(method: string, path: string): Promise<Timing & Agreement> {
    return this.connection.ask({ do: 'check', method, path });
  }

  /** A new process with the same case open. */
  async restart(): Promise<TheirSide> {
    await this.close();
    return new TheirSide(await this.reconnect(), this.reconnect);
  }
}

/** Versions of Python packages, asked of a short-lived server. */
export async function pythonFacts(python: string, packages: readonly string[]): Promise<PythonFacts> {
  const connection = connectToTheirs(python);
  try {
    return await connection.ask<PythonFacts>({ do: 'start', threads: 1, packages });
  } finally {
    await connection.close();
  }
}
