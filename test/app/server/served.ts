/** A server over a folder of a test, and requests to it as they stand on the wire. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { DashboardOptions } from '../../../src/app/server/server.ts';
import { compiledModule } from '../../compiled/compiled.ts';
import { temporaryFolder } from '../runs/small-run.ts';

type Server = typeof import('../../../src/app/server/server.ts');

const { startDashboard } = await compiledModule<Server>('app/server/server.ts');

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The content as JSON. */
  json(): unknown;
}

/** A request; its path goes out as it is, not normalised as `fetch` would. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Served {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** Errors that the server has told as bugs. */
  readonly bugs: unknown[];
  send(path: string, sent?: Sent): Promise<Answer>;
  /** The content of a GET that must succeed, held against its schema. */
  read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>>;
  /** Sends JSON. */
  post(path: string, body: unknown, method?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts a server that ends with the test. */
export async function served(options: Partial<DashboardOptions> = {}): Promise<Served> {
  const bugs: unknown[] = [];
  const folder = options.folder ?? (await temporaryFolder());
  const dashboard = await startDashboard({
    host: '127.0.0.1',
    port: 0,
    mayMove: false,
    token: null,
    onBug: (error) => bugs.push(error),
    ...options,
    folder,
  });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    dashboard.stopJobs();
    await dashboard.close();
  };
  onTestFinished(close);
  const { port, url } = dashboard;
  const send = (path: string, sent: Sent = {}) => sendTo(port, path, sent);
  return {
    folder,
    port,
    url,
    bugs,
    send,
    read: async (path, schema) => {
      const answer = await send(path);
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      return schema.parse(answer.json());
    },
    post: (path, body, method = 'POST') =>
      send(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    close,
  };
}

/** The address of an entry as one part of a path. */
export const entryPath = (id: string, rest = '') => `/api/entries/${encodeURIComponent(id)}${rest}`;

function sendTo(port: number, path: string, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        const { statusCode = 0 } = response;
        resolve({ status: statusCode, headers: response.headers, text, json: () => JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
