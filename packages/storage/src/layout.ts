/** restic's default layout: `config`, `keys/`, `locks/`, `snapshots/`, `index/`, `data/<first two hex digits>/`. */
import { assertFileName } from './names.ts';
import type { FileKind, StoredFile } from './storage.ts';

export const FOLDERS: Readonly<Record<Exclude<FileKind, 'config'>, string>> = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  data: 'data',
};

/** The two hex digits that name a folder of data. */
export const DATA_PREFIX = /^[0-9a-f]{2}$/;

/** All 256 folders below `data`. */
export const dataPrefixes = (): string[] =>
  Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'));

/** Where a file lies below the root, with slashes. Throws on what is no name of a file. */
export function pathOf(file: StoredFile): string {
  assertFileName(file);
  const { kind, name } = file;
  if (kind === 'config') return `config${name}`;
  return kind === 'data' ? `data/${name.slice(0, 2)}/${name}` : `${FOLDERS[kind]}/${name}`;
}
