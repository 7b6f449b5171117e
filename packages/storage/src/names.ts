/**
 * Which names a storage keeps: the SHA-256 of a file in hexadecimal, and after it what the outer encryption
 * layers append (`.bin` for rclone's crypt, then `.age`). Of `config` the suffix is all that is left.
 */
import { StorageError } from './errors.ts';
import type { FileKind, StoredFile } from './storage.ts';

/** What may stand behind a name, one for every choice of layers. */
export const SUFFIXES = ['', '.bin', '.age', '.bin.age'] as const;

/** Behind a whole name: the file that takes the place of the one of that name, while keys are being changed. */
export const NEXT = '.next';

const HASHED = /^[0-9a-f]{64}(?:\.bin)?(?:\.age)?(?:\.next)?$/;
const CONFIG = /^(?:\.bin)?(?:\.age)?(?:\.next)?$/;

/** Whether a file of this kind can have this name. Whatever else lies around is no file of a repository. */
export const isFileName = (kind: FileKind, name: string): boolean =>
  (kind === 'config' ? CONFIG : HASHED).test(name);

/** A name is part of a path: nothing but a true file name may ever reach a file system or a server. */
export function assertFileName({ kind, name }: StoredFile): void {
  if (isFileName(kind, name)) return;
  throw new StorageError('storage.failed', `${JSON.stringify(name)} is not a file name of a repository`);
}
