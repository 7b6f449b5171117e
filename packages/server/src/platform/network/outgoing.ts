import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ServerError } from '../errors.ts';
import { AddressRanges } from '../http/address-ranges.ts';
import { embeddedIpv4 } from './embedded.ts';

/**
 * Nobody backs up what is there: this network itself, links (with the metadata of clouds, which give away credentials),
 * groups of machines, what a cloud tells its machines beside that (Azure's 168.63.129.16), and translators whose prefix
 * says nothing of where they lead. Private networks and this machine are where databases are.
 */
const refusedByDefault: readonly string[] = [
  ...['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '100.100.100.200', '192.0.0.192'],
  ...['168.63.129.16'],
  ...['::/128', 'fe80::/10', 'fec0::/10', 'ff00::/8', 'fd00:ec2::254', 'fd20:ce::254'],
  ...['::ffff:0:0:0/96', '64:ff9b:1::/48'],
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
    return this.#objection(address) === undefined;
  }

  /** An IPv6 address is every IPv4 address that it leads to, as well: for what is denied, allowed and refused alike. */
  #objection(address: string): 'denied' | 'refused' | undefined {
    const [plain = ''] = address.split('%');
    if (isIP(plain) === 0) return 'refused';
    const all = [plain, ...embeddedIpv4(plain)];
    if (all.some((each) => this.#denied.has(each))) return 'denied';
    if (this.#allowed.has(plain)) return undefined;
    return all.every((each) => this.#allowed.has(each) || !this.#refused.has(each)) ? undefined : 'refused';
  }

  /**
   * The addresses of a host name that may be reached, at least one.
   * @throws ServerError `server.address-refused`; the error of the resolver when the name is not known
   */
  async find(host: string): Promise<readonly string[]> {
    const found = (await lookup(host, { all: true })).map(({ address }) => address);
    const allowed = found.filter((address) => this.may(address));
    if (allowed.length > 0) return allowed;
    const isDenied = found.every((address) => this.#objection(address) === 'denied');
    throw new ServerError(
      'server.address-refused',
      `${host} is at an address that is not reached from here`,
      {
        advice: isDenied
          ? 'Name another host. Whoever runs this Octobox has denied that address: "network.deny" in octobox.yaml.'
          : 'Name another host. Whoever runs this Octobox can allow it: "network.allow" in octobox.yaml.',
      },
    );
  }
}
