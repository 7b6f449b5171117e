import { isIP } from 'node:net';
import { type AddressRanges, unmapped } from './address-ranges.ts';

/** The address in one entry of X-Forwarded-For: with or without a port, an IPv6 address with or without brackets. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bare =
    /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3})(?::\d+)?$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : unmapped(bare);
}

/** The web servers in front, whose word is taken about where a request came from. Nobody else's is. */
export class TrustedProxies {
  readonly #ranges: AddressRanges;

  constructor(ranges: AddressRanges) {
    this.#ranges = ranges;
  }

  /**
   * Who asks: the other end of the connection or, when that is trusted, the last address of X-Forwarded-For that is not.
   * What stands before that may be anybody's invention.
   */
  clientOf(remote: string | undefined, forwardedFor: string | undefined): string | undefined {
    if (remote === undefined) return undefined;
    let client = unmapped(remote);
    const named = (forwardedFor ?? '').split(',');
    while (this.#ranges.has(client)) {
      const before = addressIn(named.pop() ?? '');
      if (before === undefined) break;
      client = before;
    }
    return client;
  }
}
