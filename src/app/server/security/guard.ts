/** What every request must pass before it comes to its route. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../api-error.ts';
import type { Access } from './access.ts';
import { STANDARD_HEADERS } from './headers.ts';
import { nameOfHost } from './hosts.ts';

/** The only routes that are open to whoever has not shown the token. */
export const LOGIN_PATH = '/login';
const OPEN_PATHS: ReadonlySet<string> = new Set([LOGIN_PATH, '/login.css']);

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What browsers say of a request that a page of the same server, or nobody's page, has made. */
const OWN_SITES: readonly unknown[] = [undefined, 'same-origin', 'none'];

/** Whom the server lets in, and by which names it may be called. */
export interface GuardOptions {
  readonly names: ReadonlySet<string>;
  readonly access: Access;
}

/**
 * A hook for `onRequest`.
 *
 * @throws ApiError when a request comes under another name, from another site, in a form that other sites can send, or
 *   without the token.
 */
export function guard({ names, access }: GuardOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.headers(STANDARD_HEADERS);
    const name = nameOfHost(request.headers.host);
    if (name === null || !names.has(name))
      throw new ApiError(
        403,
        `The server does not go by the name '${request.headers.host ?? ''}'; call it by one of ${[...names].join(', ')}, or name others by --allow-host.`,
      );
    const path = request.url.split('?', 1)[0] as string;
    if (!READING.has(request.method)) refuseOtherSites(request, path);
    if (OPEN_PATHS.has(path) || access.admits(request)) return;
    const isPage = request.method === 'GET' && !path.startsWith('/api');
    if (isPage && request.headers.accept?.includes('text/html')) await reply.redirect(LOGIN_PATH, 303);
    else
      throw new ApiError(
        401,
        `The server wants its token: log in at ${LOGIN_PATH}, or send 'Authorization: Bearer' with it.`,
      );
  };
}

/** Pages of others can make a browser send forms and plain text anywhere, but not JSON, and not without saying where from. */
function refuseOtherSites({ headers, method }: FastifyRequest, path: string): void {
  const { origin, host } = headers;
  const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  if (!isOwn || !OWN_SITES.includes(headers['sec-fetch-site']))
    throw new ApiError(403, `A page of '${origin ?? 'another site'}' may not change anything here.`);
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
  if (!isJson && path !== LOGIN_PATH && method !== 'DELETE')
    throw new ApiError(
      415,
      `Expected content of the type application/json, found '${headers['content-type'] ?? 'none'}'.`,
    );
}
