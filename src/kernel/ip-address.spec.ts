import { describe, expect, it } from '@jest/globals';
import { AddressBlocks, isAddressBlock, networkOf, parseIpAddress } from './ip-address.js';

function addressOf(text: string) {
  const address = parseIpAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

describe('parseIpAddress', () => {
  it.each([
    ['192.0.2.7', 'ipv4', '192.0.2.7'],
    ['::ffff:192.0.2.7', 'ipv4', '192.0.2.7'],
    ['::FFFF:c000:0207', 'ipv4', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', 'ipv4', '192.0.2.7'],
    ['::1', 'ipv6', '0:0:0:0:0:0:0:1'],
    ['::', 'ipv6', '0:0:0:0:0:0:0:0'],
    ['2001:DB8::0a:1', 'ipv6', '2001:db8:0:0:0:0:a:1'],
    ['2001:db8:1:2:3:4:5:6', 'ipv6', '2001:db8:1:2:3:4:5:6'],
    ['1::', 'ipv6', '1:0:0:0:0:0:0:0'],
    ['fe80::1%eth0', 'ipv6', 'fe80:0:0:0:0:0:0:1'],
    ['64:ff9b::192.0.2.7', 'ipv6', '64:ff9b:0:0:0:0:c000:207'],
  ])('writes %s in its one spelling', (text, family, spelling) => {
    expect(parseIpAddress(text)).toEqual({ family, text: spelling });
  });

  it.each([
    '',
    'unknown',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.07',
    '1:2',
    ':::',
    '[::1]',
    '1.2.3.4:5',
  ])('takes %j for no address', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.7', '::ffff:192.0.2.7', true],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
  ])('says whether %s and %s are one place: %j %j', (left, right, isSame) => {
    expect(networkOf(addressOf(left)) === networkOf(addressOf(right))).toBe(isSame);
  });
});

describe('AddressBlocks', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '11.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::1', '::1', true],
  ])('%s has %s: %j', (block, address, expected) => {
    expect(new AddressBlocks([block]).has(addressOf(address))).toBe(expected);
  });

  it('has nothing when it is empty', () => {
    expect(new AddressBlocks([]).has(addressOf('127.0.0.1'))).toBe(false);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
    '::1/129',
  ])('does not take %j', (text) => {
    expect(isAddressBlock(text)).toBe(false);
    expect(() => new AddressBlocks([text])).toThrow('no CIDR block');
  });

  it.each(['::ffff:10.0.0.0/8', 'fe80::1%eth0/64', 'proxy.internal', '10.0.0.*'])(
    'does not take %j for a block',
    (text) => {
      expect(isAddressBlock(text)).toBe(false);
    },
  );
});
