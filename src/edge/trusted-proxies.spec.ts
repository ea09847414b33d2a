import { describe, expect, it } from '@jest/globals';
import { isUuid } from '../kernel/ids.js';
import { TrustedProxies } from './trusted-proxies.js';

const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8:aaaa::/48', '::1']);

const clientOf = (remoteAddress: string | undefined, forwarded?: string) =>
  proxies.clientAddressOf({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  })?.text;

describe('the client address behind proxies', () => {
  it.each<[string, string, string | undefined, string]>([
    ['the peer, without the header', '203.0.113.5', undefined, '203.0.113.5'],
    ['the peer, when it is no proxy', '203.0.113.5', '192.0.2.1', '203.0.113.5'],
    ['what a proxy says', '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['what a proxy says, seen as IPv4 in IPv6', '::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['the rightmost, not what the client wrote', '10.0.0.1', '1.1.1.1, 192.0.2.1', '192.0.2.1'],
    ['the one before the inner proxies', '10.0.0.1', '192.0.2.1, 10.1.1.1,10.2.2.2', '192.0.2.1'],
    ['the one before a proxy of IPv6', '10.0.0.1', '192.0.2.1, 2001:db8:aaaa::9', '192.0.2.1'],
    [
      'the outermost proxy, when there are only proxies',
      '10.0.0.1',
      '10.1.1.1, 10.2.2.2',
      '10.1.1.1',
    ],
    ['the proxy, when it names nobody', '10.0.0.1', '', '10.0.0.1'],
    ['the proxy, when it names no address', '10.0.0.1', '192.0.2.1, unknown', '10.0.0.1'],
    ['the last proxy before nonsense', '10.0.0.1', 'x, 10.1.1.1', '10.1.1.1'],
    ['an address with its port', '10.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
    ['an IPv6 address with its port', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8:0:0:0:0:0:7'],
    ['an IPv6 address in brackets', '::1', '[2001:db8::7]', '2001:db8:0:0:0:0:0:7'],
    ['an IPv6 address', '::1', '2001:db8::7', '2001:db8:0:0:0:0:0:7'],
    ['IPv4 in IPv6 as IPv4', '::1', '::ffff:192.0.2.1', '192.0.2.1'],
  ])('is %s', (_what, peer, forwarded, expected) => {
    expect(clientOf(peer, forwarded)).toBe(expected);
  });

  it('is nobody once the connection is gone', () => {
    expect(clientOf(undefined, '192.0.2.1')).toBeUndefined();
  });

  it('joins several headers in their order', () => {
    const address = proxies.clientAddressOf({
      socket: { remoteAddress: '10.0.0.1' },
      headers: { 'x-forwarded-for': ['1.1.1.1', '192.0.2.1'] as unknown as string },
    });

    expect(address?.text).toBe('192.0.2.1');
  });
});

describe('the id of a request', () => {
  const idOf = (remoteAddress: string, id: string | undefined) =>
    proxies.requestIdOf({
      socket: { remoteAddress },
      headers: id === undefined ? {} : { 'x-request-id': id },
    });

  it.each(['a', '7b0c-4:1.2_3', 'x'.repeat(64)])('is what a proxy says: %s', (id) => {
    expect(idOf('10.0.0.1', id)).toBe(id);
  });

  it.each(['', 'two words', 'line\nfeed', 'x'.repeat(65), '"quoted"', 'é', 'a,b'])(
    'is a new one when the proxy says %j',
    (id) => {
      expect(isUuid(idOf('10.0.0.1', id))).toBe(true);
    },
  );

  it('is a new one when somebody else says one, or nobody does', () => {
    expect(isUuid(idOf('203.0.113.5', 'mine'))).toBe(true);
    expect(isUuid(idOf('10.0.0.1', undefined))).toBe(true);
  });
});
