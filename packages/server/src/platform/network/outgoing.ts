import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ServerError } from '../errors.ts';
import { AddressRanges } from '../http/address-ranges.ts';

/**
 * Nobody backs up what is there: this network itself, links (with the metadata of clouds, which give away credentials),
 * groups of machines, and the same written as IPv6. Private networks and this machine are where databases are.
 */
const refusedByDefault: readonly string[] = [
  ...['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '100.100.100.200', '192.0.0.192'],
  ...['::/128', 'fe80::/10', 'fec0::/10', 'ff00::/8', 'fd00:ec2::254', 'fd20:ce::254'],
  ...['::ffff:0:0:0/96', '64:ff9b::a9fe:0/112', '64:ff9b::/104', '2002:a9fe::/32', '2002::/24'],
];

export interface NetworkSettings {
  /** Ranges that are reached although they are refused by default. */
  readonly allow: readonly string[];
  /** Ranges that are never reached. */
  readonly deny: readonly string[];
}

/**
 * Where connections may go whose address somebody entered in the console or by the API (server-side request forgery). A
 * name is looked up here, once, and whoever connects takes the addresses that come out: a name that means another
 * machine a moment later changes nothing. What stands in `octobox.yaml` is the word of who runs this machine.
 */
export class OutgoingAddresses {
  readonly #refused = new AddressRanges(refusedByDefault);
  readonly #allowed: AddressRanges;
  readonly #denied: AddressRanges;

  constructor({ allow, deny }: NetworkSettings) {
    this.#allowed = new AddressRanges(allow);
    this.#denied = new AddressRanges(deny);
  }

  may(address: string): boolean {
    const [plain = ''] = address.split('%');
    if (isIP(plain) === 0 || this.#denied.has(plain)) return false;
    return this.#allowed.has(plain) || !this.#refused.has(plain);
  }

  /**
   * The addresses of a host name that may be reached, at least one.
   * @throws ServerError `server.address-refused`; the error of the resolver when the name is not known
   */
  async find(host: string): Promise<readonly string[]> {
    const found = (await lookup(host, { all: true })).map(({ address }) => address);
    const allowed = found.filter((address) => this.may(address));
    if (allowed.length > 0) return allowed;
    throw new ServerError(
      'server.address-refused',
      `${host} is at an address that is not reached from here`,
      {
        advice: 'Name another host. Whoever runs this Octobox can allow it: "network.allow" in octobox.yaml.',
      },
    );
  }
}
