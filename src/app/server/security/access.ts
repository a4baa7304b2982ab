/** Who may come in: everybody on this machine, or whoever has the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const BEARER = /^Bearer +(\S+)$/i;

/** Decides by a token, which is null where everybody who reaches the server may come in. */
export class Access {
  readonly cookieName: string;
  readonly #token: string | null;
  /** What a browser is given in exchange for the token; it ends with the process. */
  readonly #session = randomBytes(32).toString('base64url');

  /** @param port cookies belong to a host whatever the port, so that of two servers on one host each needs a name. */
  constructor(token: string | null, port: number) {
    this.#token = token;
    this.cookieName = `hesscope-${port}`;
  }

  get isOpen(): boolean {
    return this.#token === null;
  }

  /** What stands in the cookie of a browser that has shown the token. */
  get session(): string {
    return this.#session;
  }

  /** Whether a text is the token; how long it takes tells nothing of where they differ. */
  isToken(text: string): boolean {
    return this.#token !== null && isSame(text, this.#token);
  }

  /** Whether a request comes with the token or in a browser that has shown it. */
  admits({ headers, cookies }: Pick<FastifyRequest, 'headers' | 'cookies'>): boolean {
    if (this.isOpen) return true;
    const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const session = cookies[this.cookieName];
    return session !== undefined && isSame(session, this.#session);
  }
}

/** A token that nobody guesses. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compared by their hashes, which are of one length. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
