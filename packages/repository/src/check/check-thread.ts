/** A thread of a check: reads one pack after another, by itself where it can, else by way of the thread that owns the storage. */
import { parentPort } from 'node:worker_threads';
import type { Inlet } from '@octobox/storage';
import { InletFile, InletMemory } from '@octobox/storage/inlet';
import { FormatError } from '../errors.ts';
import type { MasterKey } from '../format/sealing/crypto.ts';
import { BlobTable } from '../store/index/blob-table.ts';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import type { FromCheckThread, ThreadParts, ToCheckThread } from './check-threads.ts';
import { type PackBytes, PIECE_OF_FILE, PIECE_OF_STORAGE } from './pack-bytes.ts';
import { type PackToRead, type PackVerdict, unreadable, verifyPack } from './verify-pack.ts';

interface Against {
  readonly keys: MasterKey;
  readonly entries: EntriesByPack;
}

let against: Against | undefined;
const memory = new InletMemory();
const asked: { resolve(bytes: Uint8Array): void; reject(error: unknown): void }[] = [];
let last: Promise<void> = Promise.resolve();

const post = (message: FromCheckThread): void => parentPort?.postMessage(message);

/** Answers come in the order of the questions. */
const fromOwner = (pack: PackToRead): PackBytes => ({
  pieceLength: PIECE_OF_STORAGE,
  read: (offset, length) =>
    new Promise((resolve, reject) => {
      asked.push({ resolve, reject });
      post({ kind: 'read', name: pack.name, offset, length });
    }),
});

const begun = ({ keys, table, entries }: ThreadParts): Against => ({
  keys,
  entries: new EntriesByPack(BlobTable.attach(table), entries),
});

async function verify(
  { keys, entries }: Against,
  pack: PackToRead,
  inlet: Inlet | undefined,
): Promise<PackVerdict> {
  if (inlet !== undefined) {
    try {
      using file = new InletFile(inlet, memory);
      return await verifyPack(keys, entries, pack, {
        pieceLength: PIECE_OF_FILE,
        read: (offset, length) => file.read(offset, length),
      });
    } catch {
      // What is wrong with the file is told by the storage.
    }
  }
  return verifyPack(keys, entries, pack, fromOwner(pack)).catch(unreadable);
}

parentPort?.on('message', (message: ToCheckThread) => {
  if (message.kind === 'bytes') {
    asked.shift()?.resolve(message.bytes);
  } else if (message.kind === 'failure') {
    const { problem, isDamage } = message;
    asked.shift()?.reject(isDamage ? new FormatError(problem) : new Error(problem));
  } else if (message.kind === 'begin') {
    against = begun(message.parts);
  } else if (against !== undefined) {
    const [{ pack, inlet }, by] = [message, against];
    // One pack at a time: the memory is for one.
    last = last.then(async () => {
      const verdict = await verify(by, pack, inlet);
      post({ kind: 'verdict', verdict });
    });
  }
});
