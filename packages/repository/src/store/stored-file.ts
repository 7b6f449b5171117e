/** Files that are named after their content, read and written whole. */
import { hash } from 'node:crypto';
import type { FileKind, Storage, StorageOptions, StoredFile } from '@octobox/storage';
import { isDamage } from '@octobox/storage/errors';
import { DamagedFileError, FormatError, UnauthenticatedError } from '../errors.ts';

/** Writes a file under the SHA-256 of its bytes (the config file has no name) and gives that name. */
export async function writeFile(
  storage: Storage,
  kind: FileKind,
  bytes: Uint8Array,
  options?: StorageOptions,
): Promise<string> {
  const name = kind === 'config' ? '' : hash('sha256', bytes);
  const writer = await storage.writer(kind, options);
  try {
    await writer.append(bytes);
    await writer.commit(name);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return name;
}

/** Reads a file and proves its name. Throws `DamagedFileError` when they do not match, or a layer is damaged. */
export async function readFile(
  storage: Storage,
  file: StoredFile,
  options?: StorageOptions,
): Promise<Buffer> {
  const bytes = await storage.read(file, undefined, options).catch((cause: unknown) => {
    if (isDamage(cause)) throw new DamagedFileError(file, cause.message, { cause });
    throw cause;
  });
  if (file.kind !== 'config' && hash('sha256', bytes) !== file.name) {
    throw new DamagedFileError(file, `its content (${bytes.length} bytes) does not match its name`);
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Runs what interprets a file's bytes; what it finds wrong gets the file's name. */
export function interpret<T>(file: StoredFile, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof UnauthenticatedError) {
      throw new DamagedFileError(file, cause.message, { cause });
    }
    throw cause;
  }
}
