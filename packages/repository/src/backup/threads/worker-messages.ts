/**
 * What the main thread and the workers of a backup say to each other. File contents cross only sealed.
 *
 * Every array must own its memory (see `ownCopy`): a view crosses with all of the memory that it is a view of.
 */
import type { MessagePort } from 'node:worker_threads';
import type { LayerSeal } from '@octobox/storage';
import type { FileStat } from '../../filesystem/file-stat.ts';
import type { BlobType } from '../../format/blob.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import type { CompressionMode } from '../../format/zstd/compression.ts';
import type { SharedBlobTable } from '../../store/index/blob-table.ts';
import type { BytePath } from '../listing/byte-path.ts';
import type { NewBlobs } from './new-blobs.ts';

/** What a worker is started with: the only secret it gets is the key it needs. */
export interface WorkerSetup {
  readonly keys: MasterKey;
  readonly table: SharedBlobTable;
  readonly polynomial: bigint;
  readonly version: 1 | 2;
  readonly compression: CompressionMode;
  /** One word: bytes of sealed blobs that were sent and are not yet stored. */
  readonly inFlight: SharedArrayBuffer;
  /** For making up whole packs; without it all blobs are sent to the main thread. */
  readonly packs?: PackSetup | undefined;
}

export interface PackSetup {
  /** Lent files come from here. */
  readonly port: MessagePort;
  /** One word, which grows whenever a file was sent. */
  readonly sent: SharedArrayBuffer;
  /** Bytes at which a pack is finished. */
  readonly packSize: number;
}

export interface FileToRead {
  readonly path: BytePath;
  /** As lstat had it when the file was found. */
  readonly stat: FileStat;
}

export interface FileRead {
  /** 32 bytes for each blob of the content, in order */
  readonly ids: Uint8Array;
  /** bytes read */
  readonly size: number;
  /** The file was not the same at the end of reading as at its beginning. */
  readonly changed: boolean;
  /** The file's metadata when it was opened, if that is not what `FileToRead.stat` says. */
  readonly stat?: FileStat | undefined;
  /** What of its content was not stored yet. */
  readonly fresh: NewBlobs;
}

export interface ReadFailure {
  readonly code: string;
  readonly message: string;
}

export type Job =
  /** Reads whole files. */
  | { readonly kind: 'files'; readonly files: readonly FileToRead[] }
  /** Reads whole files and makes their nodes. */
  | { readonly kind: 'nodes'; readonly files: NewFiles; readonly withAtime: boolean }
  /** Finds where an open file is cut, from a cut on, until `atLeast` bytes are covered. */
  | { readonly kind: 'cuts'; readonly file: number; readonly from: number; readonly atLeast: number }
  /** Stores pieces of an open file that lie one behind another. */
  | {
      readonly kind: 'pieces';
      readonly file: number;
      readonly from: number;
      readonly lengths: readonly number[];
    }
  /** Stores one blob. */
  | { readonly kind: 'blob'; readonly type: BlobType; readonly bytes: Uint8Array }
  /** Stores the first `length` bytes of a memory as a blob of data. */
  | { readonly kind: 'chunk'; readonly memory: SharedArrayBuffer; readonly length: number }
  /** Sends what is still gathered. */
  | { readonly kind: 'drain' };

/** A file of a batch. Its ids stand with those of the others: a thousand small arrays would cost more than the rest. */
export interface BatchedFileRead extends Omit<FileRead, 'ids'> {
  readonly blobs: number;
}

export interface FilesRead {
  readonly files: readonly (BatchedFileRead | ReadFailure)[];
  /** 32 bytes for each blob of all files that were read, in order */
  readonly ids: Uint8Array;
  /** Also of files whose reading failed in the end. */
  readonly fresh: NewBlobs;
}

/** Files without a predecessor in the parent, as arrays: an object for each would cost more than storing it. */
export interface NewFiles {
  readonly count: number;
  /** The path of each, zero bytes between. */
  readonly paths: BytePath;
  /** `STAT` words of each, as the listing had them. */
  readonly stats: BigUint64Array<ArrayBuffer>;
  /** The starts of their nodes, one behind another, and where each ends. */
  readonly starts: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** What is to be said of one of them; with a failure it has no node. */
export interface FileNote {
  readonly at: number;
  readonly failure?: ReadFailure | undefined;
  readonly changed?: boolean | undefined;
  /** Metadata that could not be read. */
  readonly problems?: readonly string[] | undefined;
}

export interface NodesMade {
  /** The JSON of the nodes, each but the first behind a comma, and where that of each file ends. */
  readonly json: Uint8Array;
  readonly ends: Uint32Array;
  /** Bytes read of those that have a node. */
  readonly size: number;
  readonly notes: readonly FileNote[];
  readonly fresh: NewBlobs;
}

export interface JobResults {
  files: FilesRead;
  nodes: NodesMade;
  cuts: { lengths: number[]; atEnd: boolean };
  /** Fewer ids, or a smaller size, than asked for when the file has become shorter. */
  pieces: { ids: Uint8Array; size: number; fresh: NewBlobs };
  blob: { id: Uint8Array; fresh: NewBlobs };
  chunk: { id: Uint8Array; fresh: NewBlobs };
  drain: undefined;
}

/** Sealed blobs, one behind another. */
export interface SealedBlobsMessage {
  readonly kind: 'sealed';
  /** The entries of a `PackedBlobList`. */
  readonly blobs: Uint8Array;
  readonly sealed: Uint8Array;
}

/** What a worker says of packs that it makes up. The main thread gives each lent file a number. */
export type PackMessage =
  | { readonly kind: 'pack-wanted' }
  /** The next bytes of a pack that cannot be written by a worker. */
  | { readonly kind: 'piece'; readonly pack: number; readonly bytes: Uint8Array }
  /** A pack is finished; `blobs` are the entries of a `PackedBlobList`. */
  | { readonly kind: 'pack'; readonly pack: number; readonly id: Uint8Array; readonly blobs: Uint8Array }
  | { readonly kind: 'pack-unused'; readonly pack: number };

export interface LentPackMessage {
  readonly pack: number;
  readonly layers: readonly LayerSeal[];
  readonly file: number | undefined;
}

export type WorkerMessage =
  | SealedBlobsMessage
  | PackMessage
  | { readonly kind: 'done'; readonly job: number; readonly result: JobResults[Job['kind']] }
  /** `pack`: the file that could not be written. */
  | { readonly kind: 'failed'; readonly job: number; readonly failure: ReadFailure; readonly pack?: number };

export type WorkerRequest = { readonly id: number; readonly job: Job };

/** The bytes in memory of their own. */
export const ownCopy = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
