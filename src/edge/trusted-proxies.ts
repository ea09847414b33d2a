import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newId } from '../kernel/ids.js';
import { AddressBlocks, type IpAddress, parseIpAddress } from '../kernel/ip-address.js';
import type { CarriesAddress } from '../kernel/request-facts.js';

/** What is looked at of a request as Node has read it. */
interface RawRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/** What a proxy may call a request. It goes into log lines and events, so it is short and has no odd characters. */
const requestIdPattern = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * Reads what a reverse proxy says of a request: who sent it, and under which id. Both headers are believed only if the
 * connection comes from a proxy that the operator named; from anybody else they are text that a stranger wrote.
 */
export class TrustedProxies {
  private readonly proxies: AddressBlocks;

  /** @param blocks addresses and CIDR blocks */
  constructor(blocks: readonly string[]) {
    this.proxies = new AddressBlocks(blocks);
  }

  /**
   * The address of the client: each proxy appends the one that it was called from to `X-Forwarded-For`, so that the
   * rightmost that is no proxy of ours is the last one that somebody we trust has seen.
   * @returns undefined once the connection is gone
   */
  clientAddressOf({ socket, headers }: RawRequest): IpAddress | undefined {
    let address = parseIpAddress(socket.remoteAddress ?? '');
    const forwarded = listOf(headers['x-forwarded-for']);
    while (address !== undefined && forwarded.length > 0 && this.proxies.has(address)) {
      const next = parseForwarded(forwarded.pop() ?? '');
      // What is no address tells nothing of who called the proxy: the proxy itself is the last that is known.
      if (next === undefined) break;
      address = next;
    }
    return address;
  }

  /** The id that a trusted proxy gave the request, so that its log and ours can be matched; else a new one. */
  requestIdOf({ socket, headers }: RawRequest): string {
    const given = headers['x-request-id'];
    const isUsable = typeof given === 'string' && requestIdPattern.test(given);
    const peer = isUsable ? parseIpAddress(socket.remoteAddress ?? '') : undefined;
    return isUsable && peer !== undefined && this.proxies.has(peer) ? given : newId();
  }
}

/** Gives each request the client's address, worked out when somebody asks for it. */
export function registerClientAddress(fastify: FastifyInstance, proxies: TrustedProxies): void {
  fastify.decorateRequest('rollcallAddress' satisfies keyof CarriesAddress, {
    getter(this: FastifyRequest) {
      return proxies.clientAddressOf(this.raw);
    },
  });
}

function listOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return (Array.isArray(header) ? header.join(',') : header).split(',');
}

/** Some proxies write the port behind the address: `192.0.2.7:4711`, `[2001:db8::7]:4711`. */
function parseForwarded(text: string): IpAddress | undefined {
  const written = text.trim();
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(written)?.[1];
  const withPort = /^([\d.]+):\d+$/.exec(written)?.[1];
  return parseIpAddress(bracketed ?? withPort ?? written);
}
