/** Server-sent events to all pages that are open. */
import type { ServerResponse } from 'node:http';
import type { EventData, EventName } from '../contract/events.ts';

/** Pages open at once. Each holds a connection. */
const MOST_CLIENTS = 64;
/** What may wait for a client that does not read; then it is cut off, comes again and reads the lists anew. */
const MOST_WAITING_BYTES = 2 ** 20;
/** Something is sent now and then, so that proxies keep the connection and a client that is gone is noticed. */
const HEARTBEAT_MS = 15_000;
/** How long a page waits until it comes again. */
const RETRY_MS = 2000;

/** What follows how many clients there are. */
export interface EventSource {
  /** Called when the first client has come. */
  start(): void;
  /** Called when the last one has gone. */
  stop(): void;
}

export class EventHub {
  readonly #clients = new Set<ServerResponse>();
  readonly #sources: EventSource[] = [];
  #heartbeat: NodeJS.Timeout | null = null;

  /** Starts something while somebody listens, and only then. */
  feedFrom(source: EventSource): void {
    this.#sources.push(source);
  }

  /** Whether one more client may come. */
  get hasRoom(): boolean {
    return this.#clients.size < MOST_CLIENTS;
  }

  /** Takes over a response whose head has been written; it gets all events from now on. */
  add(client: ServerResponse): void {
    this.#clients.add(client);
    client.on('close', () => this.#remove(client));
    client.on('error', () => this.#remove(client));
    client.write(`retry: ${RETRY_MS}\n\n`);
    if (this.#clients.size > 1) return;
    for (const source of this.#sources) source.start();
    this.#heartbeat = setInterval(() => this.#broadcast(': still here\n\n'), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  send<Name extends EventName>(name: Name, data: EventData<Name>): void {
    if (this.#clients.size > 0) this.#broadcast(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends all connections. */
  close(): void {
    for (const client of [...this.#clients]) {
      client.end();
      this.#remove(client);
    }
  }

  #broadcast(text: string): void {
    for (const client of [...this.#clients]) {
      if (client.writableLength > MOST_WAITING_BYTES) client.destroy();
      else client.write(text);
    }
  }

  #remove(client: ServerResponse): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    for (const source of this.#sources) source.stop();
  }
}
