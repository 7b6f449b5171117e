/**
 * A worker thread of a backup. Each runs every stage on its own jobs: read, cut, hash, look up, compress,
 * encrypt, open again to verify, and make up packs of what is new. The main thread gets lists, and the bytes only
 * where the storage cannot be written by several threads.
 */
import { randomInt } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { release } from '@octobox/storage/release';
import { Chunker, MAX_CHUNK_SIZE } from '../../chunker/chunker.ts';
import { type FileStat, kindOf, statOpenFile } from '../../filesystem/file-stat.ts';
import { openForReading } from '../../filesystem/open-for-reading.ts';
import { describeNode, readAttributes } from '../../filesystem/read-node.ts';
import { type BlobType, blobId, sealBlob, verifySealed } from '../../format/blob.ts';
import { encodeNode, encodeNodeEnd } from '../../format/trees/tree.ts';
import { CompressionHabit } from '../../format/zstd/compression-habit.ts';
import { NativeGarbage } from '../../runtime/native-garbage.ts';
import { Scratch } from '../../runtime/scratch.ts';
import { BlobTable } from '../../store/index/blob-table.ts';
import { toBytes } from '../listing/byte-path.ts';
import { listedAt, statAt } from '../listing/listed-entries.ts';
import { countIn, type NewBlobs, noBlobs } from './new-blobs.ts';
import { NodeText } from './node-text.ts';
import { Outbox } from './outbox.ts';
import { PackFiles, PackUnwritableError } from './pack-files.ts';
import { PackLane } from './pack-lane.ts';
import {
  type BatchedFileRead,
  type FileNote,
  type FileToRead,
  type Job,
  type JobResults,
  type NewFiles,
  type NodesMade,
  ownCopy,
  type PackMessage,
  type ReadFailure,
  type SealedBlobsMessage,
  type WorkerMessage,
  type WorkerRequest,
} from './worker-messages.ts';
import { awaitSetup } from './worker-threads.ts';

/**
 * Every blob goes to one of two packs at random, so that the order of chunk sizes in a pack tells an observer less
 * about the files (restic issue 5291).
 */
const OPEN_PACKS = 2;
const READ_SIZE = 1024 * 1024;
/** Sealed bytes on their way to the storage, of all workers together; beyond it they wait. */
const MAX_IN_FLIGHT = 24 * 1024 * 1024;

if (parentPort === null) throw new Error('this file runs in a worker thread');
const port = parentPort;
const setup = awaitSetup(port, workerData);
const table = BlobTable.attach(setup.table);
const chunker = new Chunker(setup.polynomial);
const inFlight = new Int32Array(setup.inFlight);
const buffer = Buffer.allocUnsafeSlow(MAX_CHUNK_SIZE);
const garbage = new NativeGarbage();
const sealed = new Scratch();
/** Of the stream, or of the large file, that pieces came from the last time. */
const habit = new CompressionHabit();
let lastFile = -1;

const outbox = new Outbox(postBytes);
const files = setup.packs && new PackFiles({ ...setup.packs, post: postPack });
const lanes = Array.from({ length: files === undefined ? 0 : OPEN_PACKS }, () => newLane());

function newLane(): PackLane {
  if (files === undefined || setup.packs === undefined) throw new TypeError('there are no files for packs');
  return new PackLane({ keys: setup.keys, packSize: setup.packs.packSize, files, leaveOver: postBytes });
}

port.on('message', ({ id, job }: WorkerRequest) => {
  let answer: WorkerMessage;
  try {
    answer = { kind: 'done', job: id, result: run(job) };
  } catch (error) {
    const pack = error instanceof PackUnwritableError ? { pack: error.pack } : {};
    answer = { kind: 'failed', job: id, failure: describe(error), ...pack };
  }
  port.postMessage(answer);
});

function run(job: Job): JobResults[Job['kind']] {
  switch (job.kind) {
    case 'files':
      return readFiles(job.files);
    case 'nodes':
      return readNewFiles(job.files, job.withAtime);
    case 'cuts':
      return findCuts(job.file, job.from, job.atLeast);
    case 'pieces':
      return storePieces(job.file, job.from, job.lengths);
    case 'blob': {
      const fresh = noBlobs();
      const id = store(job.type, job.bytes, fresh);
      release(job.bytes);
      return { id: ownCopy(id), fresh };
    }
    case 'chunk': {
      const fresh = noBlobs();
      const id = store('data', Buffer.from(job.memory, 0, job.length), fresh, habit);
      return { id: ownCopy(id), fresh };
    }
    case 'drain':
      return drain();
  }
}

function drain(): undefined {
  outbox.drain();
  for (const lane of lanes) lane.drain();
  files?.drain();
}

/** Stores a blob unless it is known; gives its id. */
function store(type: BlobType, plain: Uint8Array, fresh: NewBlobs, habit?: CompressionHabit): Buffer {
  const id = blobId(plain);
  if (!table.claim(type, id)) return id;
  const blob = sealBlob(setup.keys, type, plain, {
    mode: setup.compression,
    version: setup.version,
    scratch: sealed,
    habit,
  });
  fresh.count++;
  fresh.bytes += plain.length;
  fresh.stored += blob.sealed.length;
  // Trees are few; they and data never share a pack.
  const lane = type === 'data' ? lanes[randomInt(OPEN_PACKS)] : undefined;
  if (lane === undefined) {
    verifySealed(setup.keys, id, blob);
    outbox.add(type, id, blob);
  } else lane.add(id, blob);
  garbage.add(1);
  return id;
}

function postPack(message: PackMessage): void {
  if (message.kind === 'piece') postBytes(message);
  else port.postMessage(message, message.kind === 'pack' ? [message.blobs.buffer as ArrayBuffer] : []);
}

/** Waits when too much is on its way. */
function postBytes(message: SealedBlobsMessage | Extract<PackMessage, { kind: 'piece' }>): void {
  const bytes = message.kind === 'piece' ? message.bytes : message.sealed;
  Atomics.add(inFlight, 0, bytes.length);
  port.postMessage(message, [bytes.buffer as ArrayBuffer]);
  for (let now = Atomics.load(inFlight, 0); now > MAX_IN_FLIGHT; now = Atomics.load(inFlight, 0))
    Atomics.wait(inFlight, 0, now, 200);
}

function readFiles(files: readonly FileToRead[]): JobResults['files'] {
  const ids: Buffer[] = [];
  const fresh = noBlobs();
  const results = files.map((file) => readFile(file, ids, fresh));
  return { files: results, ids: ownCopy(Buffer.concat(ids)), fresh };
}

/** Adds the ids of the file's blobs to `ids`, unless reading it fails. */
function readFile(file: FileToRead, ids: Buffer[], fresh: NewBlobs): BatchedFileRead | ReadFailure {
  const before = ids.length;
  const own = noBlobs();
  const result = withOpenFile(toBytes(file.path), (open) => readOpenFile(open, file.stat, ids, own));
  countIn(fresh, own);
  if (!('code' in result)) return { ...result, fresh: own };
  ids.length = before;
  return result;
}

function withOpenFile<T>(path: Buffer, use: (open: number) => T): T | ReadFailure {
  let open: number;
  try {
    open = openForReading(path);
  } catch (error) {
    return describe(error);
  }
  try {
    return use(open);
  } catch (error) {
    // What the file system refuses is this file's affair; anything else ends the backup.
    if (error instanceof Error && 'syscall' in error) return describe(error);
    throw error;
  } finally {
    closeSync(open);
  }
}

/** What says whether a file is still the one that was listed. */
type Listed = Pick<FileStat, 'inode' | 'size' | 'modified' | 'changed'>;

/** The attributes come from the open file: its path may lead to another one by now. */
function readNewFiles({ count, paths, stats, starts, ends }: NewFiles, withAtime: boolean): NodesMade {
  const fresh = noBlobs();
  const notes: FileNote[] = [];
  const nodeEnds = new Uint32Array(count);
  const names = paths.split('\0');
  nodes.clear();
  let size = 0;
  for (let at = 0; at < count; at++) {
    const path = toBytes(names[at] ?? '');
    const listed = listedAt(stats, at);
    const ids: Buffer[] = [];
    const result = withOpenFile(path, (open) => {
      const { attributes, problems } = readAttributes(open);
      return { read: readOpenFile(open, listed, ids, fresh), attributes, problems };
    });
    if ('code' in result) notes.push({ at, failure: result });
    else if ('code' in result.read) notes.push({ at, failure: result.read });
    else {
      const { read, attributes, problems } = result;
      const extended =
        attributes.length === 0 ? NO_ATTRIBUTES : { device: 0n, extendedAttributes: attributes };
      const end = { ...extended, content: ids };
      if (read.stat === undefined && BigInt(read.size) === listed.size) {
        nodes.add(starts.subarray(ends[at - 1] ?? 0, ends[at]), encodeNodeEnd(end));
      } else {
        // It was replaced, or became another, between the listing and the reading.
        const found = { ...(read.stat ?? statAt(stats, at)), size: BigInt(read.size) };
        const name = path.subarray(path.lastIndexOf(SLASH) + 1);
        nodes.add(NOTHING, encodeNode({ ...describeNode(path, name, found, withAtime), ...end }));
      }
      size += read.size;
      if (read.changed || problems.length > 0)
        notes.push({ at, changed: read.changed, problems: problems.map(({ message }) => message) });
    }
    nodeEnds[at] = nodes.length;
  }
  return { json: nodes.take(), ends: nodeEnds, size, notes, fresh };
}

const nodes = new NodeText();
const NO_ATTRIBUTES = { device: 0n };
const NOTHING = new Uint8Array(0);
const SLASH = 0x2f;

function readOpenFile(
  open: number,
  expected: Listed,
  ids: Buffer[],
  fresh: NewBlobs,
): Omit<BatchedFileRead, 'fresh'> | ReadFailure {
  const before = statOpenFile(open);
  if (kindOf(before) !== 'file') return { code: 'CHANGED_TYPE', message: 'it is no longer a regular file' };
  const first = ids.length;
  let size = 0;
  chunker.reset();
  for (let filled = 0, begin = 0; ; ) {
    const got = readSync(open, buffer, filled, Math.min(READ_SIZE, buffer.length - filled), null);
    size += got;
    const bytes = buffer.subarray(0, filled + got);
    for (let cut = chunker.next(bytes, filled); cut !== -1; cut = chunker.next(bytes, cut)) {
      ids.push(store('data', bytes.subarray(begin, cut), fresh));
      begin = cut;
      if (cut === bytes.length) break;
    }
    // A size of 0 may be a lie, as in /proc. What was added meanwhile is seen by the size that the file has afterwards.
    if (got === 0 || BigInt(size) === before.size) {
      if (begin < bytes.length) ids.push(store('data', bytes.subarray(begin), fresh));
      break;
    }
    buffer.copyWithin(0, begin, bytes.length);
    filled = bytes.length - begin;
    begin = 0;
  }
  const after = statOpenFile(open);
  const changed = isRewritten(before, after) || BigInt(size) !== before.size || after.links === 0n;
  const same =
    !isRewritten(before, expected) && before.changed === expected.changed && before.inode === expected.inode;
  return { blobs: ids.length - first, size, changed, stat: same ? undefined : before };
}

const isRewritten = (a: Listed, b: Listed): boolean => a.size !== b.size || a.modified !== b.modified;

function findCuts(file: number, from: number, atLeast: number): JobResults['cuts'] {
  chunker.reset();
  const lengths: number[] = [];
  let start = from;
  for (let at = from; ; ) {
    const got = readSync(file, buffer, 0, READ_SIZE, at);
    if (got === 0) {
      if (at > start) lengths.push(at - start);
      return { lengths, atEnd: true };
    }
    const bytes = buffer.subarray(0, got);
    for (let cut = chunker.next(bytes); cut !== -1; cut = chunker.next(bytes, cut)) {
      lengths.push(at + cut - start);
      start = at + cut;
      if (start - from >= atLeast) return { lengths, atEnd: false };
      if (cut === got) break;
    }
    at += got;
  }
}

function storePieces(file: number, from: number, lengths: readonly number[]): JobResults['pieces'] {
  const fresh = noBlobs();
  const ids: Buffer[] = [];
  let at = from;
  if (file !== lastFile) habit.reset();
  lastFile = file;
  for (const length of lengths) {
    let filled = 0;
    while (filled < length) {
      const got = readSync(file, buffer, filled, length - filled, at + filled);
      if (got === 0) break;
      filled += got;
    }
    if (filled > 0) ids.push(store('data', buffer.subarray(0, filled), fresh, habit));
    at += filled;
    if (filled < length) break;
  }
  return { ids: ownCopy(Buffer.concat(ids)), size: at - from, fresh };
}

function describe(error: unknown): ReadFailure {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}
