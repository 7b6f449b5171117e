/** Opens the blobs of a part of a pack, some at a time, so that they are hashed two at a time. */
import { UNLIKE_ITS_NAME, unpackBlob } from '../../format/blob.ts';
import { HashLanes } from '../../format/hashing/hash-lanes.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';

const ID = 32;

export interface BlobsOfPart {
  /** 32 bytes for each blob. */
  readonly ids: Uint8Array;
  /** Four numbers for each blob: where it begins in the part, its length, that of the plain blob when it is compressed or 0, and another one. */
  readonly blobs: Uint32Array;
}

/** Gets the verified plain bytes, which are gone when it has returned, or why there are none. */
export type LookAtBlob = (number: number, plain: Buffer | undefined, problem: string | undefined) => void;

interface Opened {
  readonly number: number;
  plain: Buffer | undefined;
  problem: string | undefined;
}

/** Plain bytes that wait for each other: two usual blobs of a large file. */
const WAITING = 3 * 1024 * 1024;

/** Of this thread, since its first part. */
let lanes: HashLanes | undefined;

/** All blobs, in their order. */
export function openPart(keys: MasterKey, part: BlobsOfPart, bytes: Uint8Array, look: LookAtBlob): void {
  lanes ??= new HashLanes(WAITING);
  const hashes = lanes;
  let waiting: Opened[] = [];
  const handOn = (): void => {
    hashes.settle();
    for (const { number, plain, problem } of waiting) look(number, plain, problem);
    waiting = [];
  };
  for (let number = 0; number * 4 < part.blobs.length; number++) {
    const length = part.blobs[number * 4 + 1] as number;
    const plainLength = part.blobs[number * 4 + 2] as number;
    // One byte more shows what is too much.
    if (!hashes.hasRoom(Math.max(length, plainLength + 1))) handOn();
    waiting.push(open(keys, part, bytes, number, hashes));
  }
  handOn();
}

function open(
  keys: MasterKey,
  { ids, blobs }: BlobsOfPart,
  bytes: Uint8Array,
  number: number,
  hashes: HashLanes,
): Opened {
  const opened: Opened = { number, plain: undefined, problem: undefined };
  const start = blobs[number * 4] as number;
  const sealed = bytes.subarray(start, start + (blobs[number * 4 + 1] as number));
  try {
    const plain = unpackBlob(keys, sealed, blobs[number * 4 + 2] as number, hashes);
    hashes.add(plain, ids.subarray(number * ID, (number + 1) * ID), (isSound) => {
      if (isSound) opened.plain = plain;
      else opened.problem = UNLIKE_ITS_NAME;
    });
  } catch (error) {
    opened.problem = error instanceof Error ? error.message : String(error);
  }
  return opened;
}
