import { BlockList, isIP } from 'node:net';

/** An address in its one spelling: dotted for IPv4, all eight groups for IPv6. IPv4 inside IPv6 is IPv4. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly text: string;
}

const bits = { ipv4: 32, ipv6: 128 } as const;

/** Where IPv4 begins in an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const mappedBits = 96;

/** One site has a whole /64 of IPv6 (RFC 6177 §2), and a machine in it takes any address that it likes. */
const siteGroups = 4;

/** @returns undefined for text that is no address; a zone (`%eth0`) is left out */
export function parseIpAddress(text: string): IpAddress | undefined {
  const [bare = ''] = text.split('%');
  const version = isIP(bare);
  if (version === 4) return { family: 'ipv4', text: bare };
  if (version !== 6) return undefined;
  const groups = toGroups(bare);
  const text6 = groups.map((group) => group.toString(16)).join(':');
  return findMappedIpv4(groups) ?? { family: 'ipv6', text: text6 };
}

/** What counts as one place on the network: the address itself, or the /64 of an IPv6 address. */
export function networkOf({ family, text }: IpAddress): string {
  return family === 'ipv4' ? text : text.split(':').slice(0, siteGroups).join(':');
}

/** A list of addresses and CIDR blocks (RFC 4632 §3.1, RFC 4291 §2.3). */
export class AddressBlocks {
  private readonly blocks = new BlockList();

  /** @throws Error for what `isAddressBlock` does not take */
  constructor(blocks: readonly string[]) {
    for (const text of blocks) {
      const block = parseBlock(text);
      if (block === undefined) throw new Error(`${text} is no address and no CIDR block`);
      this.blocks.addSubnet(block.address.text, block.prefix, block.address.family);
    }
  }

  has({ family, text }: IpAddress): boolean {
    return this.blocks.check(text, family);
  }
}

/** Whether the text is an address or a CIDR block such as `10.0.0.0/8`. */
export function isAddressBlock(text: string): boolean {
  return parseBlock(text) !== undefined;
}

function parseBlock(text: string): { address: IpAddress; prefix: number } | undefined {
  const [written = '', length, ...rest] = text.split('/');
  const address = written.includes('%') ? undefined : parseIpAddress(written);
  if (address === undefined || rest.length > 0) return undefined;
  const prefixMax = bits[address.family];
  if (length === undefined) return { address, prefix: prefixMax };
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const isMapped = address.family === 'ipv4' && written.includes(':');
  const prefix = Number(length) - (isMapped ? mappedBits : 0);
  return prefix >= 0 && prefix <= prefixMax ? { address, prefix } : undefined;
}

/** The eight groups of a valid IPv6 address (RFC 4291 §2.2). */
function toGroups(text: string): readonly number[] {
  const [head = '', tail] = text.split('::');
  const left = readGroups(head);
  const right = readGroups(tail ?? '');
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function readGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function findMappedIpv4(groups: readonly number[]): IpAddress | undefined {
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return undefined;
  const octets = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
  return { family: 'ipv4', text: octets.join('.') };
}
