/** Under which names the server may be asked for. */

import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const ALL_ADDRESSES = ['0.0.0.0', '::'];

/** A name or address with or without a port, and nothing that a URL could read otherwise. */
const HOST = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/;

/** Whether only this machine reaches what listens on a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * The names that a request may call the server by. A page of somebody else's can let its own name lead to this machine
 * (DNS rebinding); the request then carries that name and is refused.
 *
 * @param host that the server listens on.
 * @param further names, such as that of a machine or a proxy in front.
 */
export function allowedNames(host: string, further: readonly string[]): ReadonlySet<string> {
  const own = ALL_ADDRESSES.includes(host)
    ? [...LOOPBACK_NAMES, hostname(), ...addressesOfMachine()]
    : isLoopback(host)
      ? [...LOOPBACK_NAMES, inUrl(host)]
      : [inUrl(host)];
  return new Set([...own, ...further.map(inUrl)].map((name) => name.toLowerCase()));
}

/** The name in a `Host` header, in lower case; null when it is none. */
export function nameOfHost(header: string | undefined): string | null {
  return HOST.exec(header?.toLowerCase() ?? '')?.groups?.name ?? null;
}

/** An address of the sixth version stands in brackets in a URL. */
export function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function addressesOfMachine(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => inUrl(address));
}
