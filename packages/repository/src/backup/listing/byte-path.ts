/**
 * Paths during a backup: strings with one character for each byte (latin1), because names need not be UTF-8.
 * They sort by bytes, take a fifth of the memory of small buffers, and serve as map keys.
 */
import { posix } from 'node:path';

export type BytePath = string;

export const toBytes = (path: BytePath): Buffer => Buffer.from(path, 'latin1');
export const fromBytes = (bytes: Buffer): BytePath => bytes.toString('latin1');
export const fromText = (path: string | Buffer): BytePath =>
  typeof path === 'string' ? fromBytes(Buffer.from(path)) : fromBytes(path);

/** For messages and for snapshots, which hold text only. */
export const toText = (path: BytePath): string => toBytes(path).toString('utf8');

/** Without `.`, `..` and empty parts where they can be resolved, and without a slash at the end. */
export function cleanPath(path: BytePath): BytePath {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

export const joinPath = (folder: BytePath, name: BytePath): BytePath =>
  folder === '/' ? `/${name}` : folder === '.' ? name : `${folder}/${name}`;

export const parentFolder = posix.dirname;

export const absolutePath = (path: BytePath): BytePath =>
  posix.isAbsolute(path) ? cleanPath(path) : cleanPath(`${fromText(process.cwd())}/${path}`);
