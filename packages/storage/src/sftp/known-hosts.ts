/**
 * OpenSSH's `known_hosts` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain and hashed names, patterns, ports,
 * `@revoked`. Certificate authorities are not covered: their lines are passed over.
 */
import { createHash, createHmac } from 'node:crypto';

export type HostVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

interface Entry {
  readonly marker: string | undefined;
  readonly names: string;
  readonly type: string;
  readonly key: string;
}

export class KnownHosts {
  readonly #entries: Entry[] = [];

  /** @param texts contents of the files, whatever lies in them */
  constructor(texts: readonly string[]) {
    for (const line of texts.join('\n').split('\n')) {
      const entry = parseLine(line.trim());
      if (entry !== undefined) this.#entries.push(entry);
    }
  }

  /** What is known of a host about this key, as it came over the wire. */
  check(host: string, port: number, key: Buffer): HostVerdict {
    const ours = this.#entries.filter(({ names }) => matchesHost(names, host, port));
    const text = key.toString('base64');
    const same = ours.filter((entry) => entry.key === text);
    if (same.some(({ marker }) => marker === '@revoked')) return 'revoked';
    if (same.some(({ marker }) => marker === undefined)) return 'known';
    return ours.some(({ marker }) => marker === undefined) ? 'changed' : 'unknown';
  }

  /** The kinds of key that a host is known by, to be asked for first. */
  typesOf(host: string, port: number): string[] {
    const types = this.#entries
      .filter(({ names, marker }) => marker === undefined && matchesHost(names, host, port))
      .flatMap(({ type }) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]));
    return [...new Set(types)];
  }
}

/** As `ssh-keygen -lf` shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

function parseLine(line: string): Entry | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const fields = line.split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [names, type, key] = fields;
  if (names === undefined || type === undefined || key === undefined) return undefined;
  return { marker, names, type, key };
}

function matchesHost(names: string, host: string, port: number): boolean {
  const wanted = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  let matches = false;
  for (const pattern of names.split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, wanted)) continue;
    if (negated) return false;
    matches = true;
  }
  return matches;
}

function matchesPattern(pattern: string, host: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(pattern) ?? [];
  if (salt !== undefined && hash !== undefined) {
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash;
  }
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === host;
  const expression = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(host);
}
