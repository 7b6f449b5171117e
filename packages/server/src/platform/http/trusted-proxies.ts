import { BlockList, isIP, isIPv6 } from 'node:net';

/** The address in one entry of X-Forwarded-For: with or without a port, an IPv6 address with or without brackets. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bare =
    /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3})(?::\d+)?$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : unmapped(bare);
}

/** An IPv4 address as a socket for both kinds shows it, `::ffff:10.0.0.1`, is that IPv4 address. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The web servers in front, whose word is taken about where a request came from. Nobody else's is. */
export class TrustedProxies {
  readonly #ranges = new BlockList();

  /**
   * @param ranges addresses and ranges: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`
   * @throws Error that says which one is none
   */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', length, ...more] = range.split('/');
      const most = isIPv6(address) ? 128 : 32;
      const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
      if (isIP(address) === 0 || more.length > 0 || !(bits <= most))
        throw new Error(`expected an address or a range such as 10.0.0.0/8, not "${range}"`);
      this.#ranges.addSubnet(address, bits, familyOf(address));
    }
  }

  /**
   * Who asks: the other end of the connection or, when that is trusted, the last address of X-Forwarded-For that is not.
   * What stands before that may be anybody's invention.
   */
  clientOf(remote: string | undefined, forwardedFor: string | undefined): string | undefined {
    if (remote === undefined) return undefined;
    let client = unmapped(remote);
    const named = (forwardedFor ?? '').split(',');
    while (this.#trusts(client)) {
      const before = addressIn(named.pop() ?? '');
      if (before === undefined) break;
      client = before;
    }
    return client;
  }

  #trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#ranges.check(address, familyOf(address));
  }
}
