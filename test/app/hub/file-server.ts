/** A server on the loopback that serves files with ranges, and can be told to misbehave. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the next answers go wrong; each entry serves one request. */
export interface Misbehaviour {
  /** Ends the connection after so many bytes of the body. */
  readonly dropAfter?: number;
  /** Answers with this status and no body. */
  readonly status?: number;
}

export interface FileServer {
  readonly url: string;
  /** Paths and `Range` headers of all requests, in order. */
  readonly requests: { readonly path: string; readonly range: string | null }[];
  /** What is served, by path. */
  readonly files: Map<string, Uint8Array>;
  readonly misbehaviours: Misbehaviour[];
  /** Whether ranges and marks of versions are known. */
  ranges: boolean;
  etags: boolean;
  close(): Promise<void>;
}

export async function startFileServer(): Promise<FileServer> {
  const state = {
    url: '',
    requests: [] as { path: string; range: string | null }[],
    files: new Map<string, Uint8Array>(),
    misbehaviours: [] as Misbehaviour[],
    ranges: true,
    etags: true,
    close: async () => {},
  };
  const server: Server = createServer((request, response) => answer(state, request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.close = () =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return state;
}

/** The mark of a version: short, and another one for other bytes. */
const etagOf = (file: Uint8Array) =>
  `"${file.length}-${file.reduce((sum, byte) => (sum * 31 + byte) % 65521, 7)}"`;

function answer(state: FileServer, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  state.requests.push({ path, range: request.headers.range ?? null });
  const { dropAfter, status } = state.misbehaviours.shift() ?? {};
  const file = state.files.get(path);
  if (status !== undefined || file === undefined) {
    response.writeHead(status ?? 404).end();
    return;
  }
  const etag = etagOf(file);
  if (state.etags) response.setHeader('ETag', etag);
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const isSameVersion = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const start = asked && state.ranges && isSameVersion ? Number(asked[1]) : 0;
  if (start > 0 && start >= file.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${file.length}` }).end();
    return;
  }
  if (start > 0) {
    response.writeHead(206, {
      'Content-Range': `bytes ${start}-${file.length - 1}/${file.length}`,
      'Content-Length': file.length - start,
    });
  } else response.writeHead(200, { 'Content-Length': file.length });
  const body = file.subarray(start);
  if (dropAfter === undefined) response.end(body);
  // A reader loses what it has not looked at yet when the connection ends: it is given a while.
  else response.write(body.subarray(0, dropAfter), () => setTimeout(() => response.destroy(), 100));
}
