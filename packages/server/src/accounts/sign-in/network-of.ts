import { isIPv6 } from 'node:net';

/**
 * What one guesser has: an IPv4 address, or the /64 of an IPv6 address, in which he may have as many as he likes.
 * Anything else is given back.
 */
export function networkOf(address: string): string {
  const [text = ''] = address.split('%');
  if (!isIPv6(text)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return mapped;
  // The parser of URLs knows every way to write one.
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${all.slice(0, 4).join(':')}::/64`;
}
