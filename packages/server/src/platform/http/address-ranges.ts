import { BlockList, isIP, isIPv6 } from 'node:net';

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** An IPv4 address as a socket for both kinds shows it, `::ffff:10.0.0.1`, is that IPv4 address. */
export const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** Network addresses and ranges of them: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** @throws Error that says which one is none */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', length, ...more] = range.split('/');
      const most = isIPv6(address) ? 128 : 32;
      const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
      if (isIP(address) === 0 || more.length > 0 || !(bits <= most))
        throw new Error(`expected an address or a range such as 10.0.0.0/8, not "${range}"`);
      this.#list.addSubnet(address, bits, familyOf(address));
    }
  }

  /** What is no address is in no range. */
  has(address: string | undefined): boolean {
    if (address === undefined || isIP(address) === 0) return false;
    const plain = unmapped(address);
    return this.#list.check(plain, familyOf(plain));
  }
}
