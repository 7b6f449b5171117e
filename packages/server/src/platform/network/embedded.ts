import { isIPv6 } from 'node:net';

/** Where in the 16 bytes of an IPv6 address an IPv4 address may stand, and for which addresses that is so. */
interface Form {
  readonly isOf: (bytes: Uint8Array) => boolean;
  /** Positions of the four bytes, once for each place. */
  readonly at: readonly (readonly [number, number, number, number])[];
  readonly isInverted?: boolean;
}

const last = [12, 13, 14, 15] as const;
const begins = (...head: readonly number[]) => {
  return (bytes: Uint8Array): boolean => head.every((byte, index) => bytes[index] === byte);
};
const zeros = (length: number): number[] => Array.from({ length }, () => 0);

const forms: readonly Form[] = [
  // IPv4-compatible (RFC 4291, 2.5.5.1): not `::`, `::1` and their like, which are addresses of IPv6 itself.
  { isOf: (bytes) => begins(...zeros(12))(bytes) && bytes[12] !== 0, at: [last] },
  // IPv4-mapped (2.5.5.2), and as translators write it (RFC 7915: `::ffff:0:a.b.c.d`).
  { isOf: begins(...zeros(10), 0xff, 0xff), at: [last] },
  { isOf: begins(...zeros(8), 0xff, 0xff, 0, 0), at: [last] },
  // NAT64, the well-known prefix (RFC 6052), and the one for local use (RFC 8215), whose length nobody knows from outside.
  { isOf: begins(0, 0x64, 0xff, 0x9b, ...zeros(8)), at: [last] },
  { isOf: begins(0, 0x64, 0xff, 0x9b, 0, 1), at: [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], last] },
  // 6to4 (RFC 3056).
  { isOf: begins(0x20, 0x02), at: [[2, 3, 4, 5]] },
  // Teredo (RFC 4380): the server, and the client with every bit turned.
  { isOf: begins(0x20, 0x01, 0, 0), at: [[4, 5, 6, 7]] },
  { isOf: begins(0x20, 0x01, 0, 0), at: [last], isInverted: true },
  // ISATAP (RFC 5214), in any network.
  {
    isOf: (bytes) =>
      (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe,
    at: [last],
  },
];

/** The IPv4 addresses that an IPv6 address leads to by one of the ways of transition; none for one of IPv4. */
export function embeddedIpv4(address: string): string[] {
  if (!isIPv6(address)) return [];
  const bytes = bytesOf(address);
  return forms
    .filter(({ isOf }) => isOf(bytes))
    .flatMap(({ at, isInverted }) =>
      at.map((places) =>
        places.map((place) => (bytes[place] ?? 0) ^ (isInverted === true ? 0xff : 0)).join('.'),
      ),
    );
}

/** Of a valid address. */
function bytesOf(address: string): Uint8Array {
  const [plain = ''] = address.split('%');
  const hex = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const groups = [...head, ...zeros(tail === undefined ? 0 : 8 - head.length - tail.length), ...(tail ?? [])];
  return Uint8Array.from(
    groups.flatMap((group) => {
      const number = typeof group === 'number' ? group : Number.parseInt(group, 16);
      return [number >> 8, number & 0xff];
    }),
  );
}
