/** One HTTP request for a file or the rest of it. */
import { errorCode, messageOf } from '../runs/failures.ts';

/**
 * Why a transfer failed: nobody answers, the server does not give the file, or something that may be over in a moment.
 */
type TransferFailure = 'unreachable' | 'refused' | 'passing';

/** A transfer that failed. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly failure: TransferFailure;

  constructor(message: string, failure: TransferFailure) {
    super(message);
    this.failure = failure;
  }
}

/** What a server sends. */
export interface PartialContent {
  /** Byte of the file at which it begins. */
  readonly start: number;
  /** Bytes of the whole file, where the server says so. */
  readonly totalBytes: number | null;
  /** The server's mark of this version of the file, if it is one that promises equal bytes. */
  readonly validator: string | null;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A connection on which nothing has come for so long is taken for dead. */
const IDLE_MS = 30_000;

/**
 * Asks for a file from a byte on. A server that does not know ranges, or has another version now, sends all of it:
 * `start` says so.
 *
 * @param validator the mark of the version whose rest is wanted, or null.
 * @throws TransferError, also while the chunks are read, when the server cannot be reached, refuses, or breaks off.
 */
export async function request(url: string, start: number, validator: string | null): Promise<PartialContent> {
  const idle = new IdleTimer();
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (start > 0) headers.range = `bytes=${start}-`;
  if (start > 0 && validator !== null) headers['if-range'] = validator;
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: idle.signal });
  } catch (error) {
    idle.stop();
    throw connectionError(url, error);
  }
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const described = {
    validator: strongValidator(response.headers.get('etag')),
    chunks: chunksOf(url, response, length, idle),
  };
  if (response.status === 200)
    return { ...described, start: 0, totalBytes: Number.isFinite(length) ? length : null };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 206 && range !== null && Number(range[1]) === start)
    return { ...described, start, totalBytes: range[2] === '*' ? null : Number(range[2]) };
  idle.stop();
  await response.body?.cancel();
  // There is nothing behind the last byte: the part is whole already, or longer than the file is now.
  const total = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 416 && Number(total) === start)
    return { start, totalBytes: start, validator, chunks: nothing() };
  if (response.status === 416 && start > 0) return request(url, 0, null);
  throw new TransferError(`${url}: ${refusalOf(response.status)}`, failureOf(response.status));
}

/** Too many requests, and troubles of the server's own. */
function failureOf(status: number): TransferFailure {
  return status === 408 || status === 429 || status >= 500 ? 'passing' : 'refused';
}

function refusalOf(status: number): string {
  const meaning: Readonly<Record<number, string>> = {
    401: 'the server wants to know who asks',
    403: 'the server forbids it',
    404: 'there is no such file any more',
    410: 'there is no such file any more',
    429: 'the server has had too many requests; wait a while',
  };
  const known =
    meaning[status] ?? (status >= 500 ? 'the server has troubles of its own' : 'an unexpected answer');
  return `${known} (HTTP ${status})`;
}

/** Only a strong one promises the same bytes. */
function strongValidator(etag: string | null): string | null {
  return etag?.startsWith('"') ? etag : null;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* chunksOf(
  url: string,
  response: Response,
  length: number,
  idle: IdleTimer,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of response.body ?? nothing()) {
      idle.restart();
      received += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw connectionError(url, error);
  } finally {
    idle.stop();
  }
  if (received < length)
    throw new TransferError(`${url}: the connection ended after ${received} of ${length} bytes`, 'passing');
}

/** Codes that mean that nobody will answer soon. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up',
  ECONNREFUSED: 'it refuses connections',
  ENETUNREACH: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
};

function connectionError(url: string, error: unknown): TransferError {
  const causes = causesOf(error);
  const code = causes.map(errorCode).find((found) => found !== undefined && found in UNREACHABLE);
  const { host } = new URL(url);
  if (code !== undefined)
    return new TransferError(`cannot reach ${host}: ${UNREACHABLE[code]} (${code})`, 'unreachable');
  const reason = causes.map(messageOf).at(-1);
  return new TransferError(`${url}: the connection broke (${reason})`, 'passing');
}

/** An error, what caused it, and so on; one that stands for several has them all as causes. */
function causesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const several = error instanceof AggregateError ? error.errors : [];
  const below = error.cause === undefined ? several : [error.cause, ...several];
  return [error, ...below.flatMap(causesOf)];
}

/** Aborts a request on which nothing happens. */
class IdleTimer {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`nothing came for ${IDLE_MS / 1000} seconds`)),
      IDLE_MS,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
