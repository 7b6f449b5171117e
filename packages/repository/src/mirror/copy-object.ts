/** One file of a repository from one storage to another, as it is: in pieces, and proved on the way. */
import { createHash } from 'node:crypto';
import type { Storage, StoredFile } from '@octobox/storage';
import {
  describeFile,
  FileExistsError,
  FileMissingError,
  ShortReadError,
  StorageError,
} from '@octobox/storage/errors';
import { MirrorWriteError } from './mirror-errors.ts';

/** bytes of one read; a transfer holds two of them */
const PIECE = 4 * 1024 * 1024;

export interface CopyObjectOptions {
  readonly signal: AbortSignal;
  /** Read it again at the target and hash it. */
  readonly verify: boolean;
  /** Called for every piece that was handed to the target. */
  readonly onBytes: (count: number) => void;
}

export type CopyOutcome =
  | { readonly state: 'copied' }
  /** Somebody else put it there meanwhile. */
  | { readonly state: 'present' }
  /** It is gone from the source. */
  | { readonly state: 'vanished' }
  /** Its content at the source is not what its name says. Nothing was written. */
  | { readonly state: 'damaged'; readonly problem: string };

/**
 * Copies a file whose name is the SHA-256 of its content; it gets its name at the target only after that was proved.
 * @throws MirrorWriteError when the target then holds something else
 */
export async function copyObject(
  source: Storage,
  target: Storage,
  file: StoredFile,
  size: number,
  options: CopyObjectOptions,
): Promise<CopyOutcome> {
  const { signal, onBytes } = options;
  const hash = createHash('sha256');
  const writer = await target.writer(file.kind, { signal });
  try {
    for await (const piece of atSource(pieces(source, file, size, signal))) {
      hash.update(piece);
      await writer.append(piece);
      onBytes(piece.length);
    }
    if (hash.digest('hex') !== file.name) {
      await writer.abort();
      return { state: 'damaged', problem: `its content (${size} bytes) does not match its name` };
    }
    await writer.commit(file.name);
  } catch (error) {
    await writer.abort();
    signal.throwIfAborted();
    if (error instanceof FileExistsError) return { state: 'present' };
    if (error instanceof SourceFault) return error.outcome;
    throw error;
  }
  await assertArrived(target, file, size, options);
  return { state: 'copied' };
}

/** What is wrong with one file at the source; whatever else fails is a matter of the whole storage. */
class SourceFault extends Error {
  readonly outcome: CopyOutcome;
  constructor(outcome: CopyOutcome, cause: unknown) {
    super(outcome.state, { cause });
    this.outcome = outcome;
  }
}

async function* atSource(reads: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* reads;
  } catch (error) {
    if (error instanceof FileMissingError) throw new SourceFault({ state: 'vanished' }, error);
    if (error instanceof ShortReadError || isLayerDamage(error)) {
      throw new SourceFault({ state: 'damaged', problem: error.message }, error);
    }
    throw error;
  }
}

const isLayerDamage = (error: unknown): error is StorageError =>
  error instanceof StorageError && ['storage.layer-damaged', 'storage.layer-missing'].includes(error.code);

/** Whether the file has the content that its name says. */
export async function isWhole(
  storage: Storage,
  file: StoredFile,
  size: number,
  signal: AbortSignal,
): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const piece of pieces(storage, file, size, signal)) hash.update(piece);
  return hash.digest('hex') === file.name;
}

async function assertArrived(
  target: Storage,
  file: StoredFile,
  size: number,
  { signal, verify }: CopyObjectOptions,
): Promise<void> {
  const wrong = (problem: string) => new MirrorWriteError(target.location, describeFile(file), problem);
  try {
    const arrived = await target.stat(file, { signal });
    if (arrived.size !== size) throw wrong(`it has ${arrived.size} bytes there instead of ${size}`);
    if (verify && !(await isWhole(target, file, size, signal))) throw wrong('it reads differently there');
  } catch (error) {
    if (error instanceof FileMissingError) throw wrong('it is not there');
    throw error;
  }
}

/** The next piece is on its way while one is used. */
async function* pieces(
  storage: Storage,
  file: StoredFile,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const read = (offset: number): Promise<Uint8Array> | undefined => {
    if (offset >= size) return undefined;
    const piece = storage.read(file, { offset, length: Math.min(PIECE, size - offset) }, { signal });
    // Awaited below; until then a failure must not count as unhandled.
    piece.catch(() => {});
    return piece;
  };
  let next = read(0);
  for (let offset = 0; next !== undefined; ) {
    const piece = await next;
    offset += piece.length;
    next = read(offset);
    yield piece;
  }
}
