/**
 * Compares two folders as a restore must bring them back: contents and every piece of metadata.
 * Access and change times are left out, for nobody can keep them.
 */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { libc } from '../filesystem/libc.ts';

/** One line for each difference, such as `links/raw: target 00 != ff`; empty when the folders are alike. */
export function treeDifferences(left: string, right: string): string[] {
  const [a, b] = [describeTree(left), describeTree(right)];
  const differences: string[] = [];
  for (const [path, facts] of a) {
    const others = b.get(path);
    if (others === undefined) {
      differences.push(`${path}: only in ${left}`);
      continue;
    }
    for (const key of new Set([...Object.keys(facts), ...Object.keys(others)])) {
      if (facts[key] !== others[key]) differences.push(`${path}: ${key} ${facts[key]} != ${others[key]}`);
    }
  }
  for (const path of b.keys()) if (!a.has(path)) differences.push(`${path}: only in ${right}`);
  return differences;
}

/** Facts of every entry below a folder, by its path as a quoted string of bytes; the folder itself is ``. */
export function describeTree(folder: string): Map<string, Record<string, string>> {
  const entries = new Map<string, Record<string, string>>();
  const firstNames = new Map<bigint, string>();
  const visit = (path: Buffer, name: string): void => {
    const stat = lstatSync(path, { bigint: true });
    const facts: Record<string, string> = {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      modified: String(stat.mtimeNs),
      attributes: attributesOf(path),
    };
    entries.set(name, facts);
    if (stat.isFile()) {
      facts.size = String(stat.size);
      facts.content = contentHash(path);
    }
    if (stat.isSymbolicLink()) facts.target = readlinkSync(path, { encoding: 'buffer' }).toString('latin1');
    if (stat.isBlockDevice() || stat.isCharacterDevice()) facts.device = String(stat.rdev);
    if (!stat.isDirectory() && stat.nlink > 1n) {
      const first = firstNames.get(stat.ino) ?? name;
      firstNames.set(stat.ino, first);
      facts.linkedWith = first;
    }
    if (!stat.isDirectory()) return;
    const names = readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare);
    for (const child of names) {
      const text = child.toString('utf8');
      const shown = Buffer.from(text).equals(child) ? text : `hex:${child.toString('hex')}`;
      visit(Buffer.concat([path, Buffer.from('/'), child]), name === '' ? shown : `${name}/${shown}`);
    }
  };
  visit(Buffer.from(folder), '');
  return entries;
}

function attributesOf(path: Buffer): string {
  const system = libc();
  if (system === undefined) return '';
  return system
    .listAttributes(path)
    .map((name) => `${name.toString('latin1')}=${system.getAttribute(path, name).toString('base64')}`)
    .sort()
    .join(' ');
}

function contentHash(path: Buffer): string {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(65536);
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer))
      hash.update(buffer.subarray(0, size));
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}
