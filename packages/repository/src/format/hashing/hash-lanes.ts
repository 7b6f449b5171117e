/**
 * SHA-256 of many messages, two at a time where that is possible (`TwoLanes`), for who need not know at once whether they are
 * what they should be. Messages lie in a memory of its own until then.
 */
import { createHash, type Hash } from 'node:crypto';
import { release } from '@octobox/storage/release';
import type { Room } from '../../runtime/scratch.ts';
import { BLOCK, INITIAL, isDigest, pad, paddedLength, TwoLanes, WORDS } from './two-lanes.ts';

/** Enough that both lanes are busy beside a stream, and not more than stays near the processor. */
const WAITING = 1024 * 1024;
/** What is longer is hashed by itself. */
const LONGEST = 16 * 1024 * 1024;

interface Job {
  /** Of the next block. */
  address: bigint;
  /** Blocks. */
  left: number;
  readonly state: Uint32Array;
  /** Gets the state at its end. */
  readonly done: (state: Uint32Array) => void;
}

/** Sound or not is told when there is an answer: at the latest by `settle`. */
export type Told = (isSound: boolean) => void;

export class HashLanes implements Room {
  readonly lanes: TwoLanes | undefined;
  readonly #limit: number;
  #memory: Buffer = Buffer.alloc(0);
  #address = 0n;
  #filled = 0;
  #queue: Job[] = [];
  #next = 0;
  readonly #busy: [Job | undefined, Job | undefined] = [undefined, undefined];
  readonly #state = new Uint32Array(WORDS);

  /**
   * @param limit bytes of messages that may wait
   * @param lanes null to do without
   */
  constructor(limit = WAITING, lanes: TwoLanes | null | undefined = TwoLanes.make()) {
    this.#limit = limit;
    this.lanes = lanes ?? undefined;
  }

  /** Whether a message of this length can be taken without a settling, which ends what was taken before. */
  hasRoom(length: number): boolean {
    return this.#filled === 0 || this.#filled + paddedLength(length) <= this.#limit;
  }

  /** Memory for a message, which `add` is to get before the next call. */
  take(length: number): Buffer {
    const needed = paddedLength(length);
    if (needed > LONGEST) return Buffer.allocUnsafeSlow(length);
    if (this.#filled + needed > this.#limit) this.settle();
    if (needed > this.#memory.length) this.#grow(needed);
    return this.#memory.subarray(this.#filled, this.#filled + length);
  }

  /** Compares the hash of a message with one of 32 bytes. */
  add(message: Buffer, digest: Uint8Array, told: Told): void {
    const { length, buffer, byteOffset } = message;
    const isHere = buffer === this.#memory.buffer && byteOffset === this.#filled;
    const start = this.#filled;
    if (isHere) this.#filled += paddedLength(length);
    if (this.lanes === undefined || !isHere) {
      told(createHash('sha256').update(message).digest().equals(digest));
      return;
    }
    pad(this.#memory, start + length, length);
    this.#queue.push({
      address: this.#address + BigInt(start),
      left: paddedLength(length) / BLOCK,
      state: INITIAL,
      done: (state) => told(isDigest(state, digest)),
    });
  }

  /** Brings blocks to their end, that of other messages along with them. */
  pass(address: bigint, blocks: number, state: Uint32Array): void {
    let isDone = blocks === 0;
    const done = (end: Uint32Array): void => {
      state.set(end);
      isDone = true;
    };
    if (!isDone) this.#queue.splice(this.#next, 0, { address, left: blocks, state, done });
    while (!isDone) this.#step();
  }

  /** Brings all messages to their end. */
  settle(): void {
    while (this.#next < this.#queue.length || this.#busy[0] !== undefined || this.#busy[1] !== undefined)
      this.#step();
    this.#queue = [];
    this.#next = 0;
    this.#filled = 0;
  }

  /** What was here is not in use any more. */
  #grow(needed: number): void {
    // The collector would not see how much it is.
    release(this.#memory);
    this.#memory = Buffer.allocUnsafeSlow(Math.max(this.#limit, Math.min(needed + 512 * 1024, LONGEST)));
    this.#address = this.lanes?.addressOf(this.#memory) ?? 0n;
  }

  /** As many blocks as both lanes have. */
  #step(): void {
    const { lanes } = this;
    if (lanes === undefined) return;
    const [first, second] = [this.#jobOf(0, lanes), this.#jobOf(1, lanes)];
    const blocks = Math.min(first?.left ?? Number.MAX_SAFE_INTEGER, second?.left ?? Number.MAX_SAFE_INTEGER);
    lanes.run(first?.address ?? 0n, first ? blocks : 0, second?.address ?? 0n, second ? blocks : 0);
    if (first !== undefined) this.#advance(0, lanes, first, blocks);
    if (second !== undefined) this.#advance(1, lanes, second, blocks);
  }

  #jobOf(lane: 0 | 1, lanes: TwoLanes): Job | undefined {
    const busy = this.#busy[lane];
    if (busy !== undefined || this.#next === this.#queue.length) return busy;
    const job = this.#queue[this.#next++] as Job;
    lanes.load(lane, job.state);
    this.#busy[lane] = job;
    return job;
  }

  #advance(lane: 0 | 1, lanes: TwoLanes, job: Job, blocks: number): void {
    job.left -= blocks;
    job.address += BigInt(blocks * BLOCK);
    if (job.left > 0) return;
    this.#busy[lane] = undefined;
    lanes.store(lane, this.#state);
    job.done(this.#state);
  }
}

/** SHA-256 of what comes in pieces, beside the messages of lanes. */
export class StreamHash {
  readonly #lanes: HashLanes;
  readonly #plain: Hash | undefined;
  readonly #state = Uint32Array.from(INITIAL);
  /** The bytes behind the last whole block, and room for their padding. */
  readonly #rest = Buffer.allocUnsafeSlow(2 * BLOCK);
  #pending = 0;
  #total = 0;

  constructor(lanes: HashLanes) {
    this.#lanes = lanes;
    this.#plain = lanes.lanes === undefined ? createHash('sha256') : undefined;
  }

  /** The piece may change afterwards. */
  update(piece: Uint8Array): void {
    if (this.#plain !== undefined) {
      this.#plain.update(piece);
      return;
    }
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#total += bytes.length;
    let from = 0;
    if (this.#pending > 0) {
      from = bytes.copy(this.#rest, this.#pending, 0, BLOCK - this.#pending);
      this.#pending += from;
      if (this.#pending < BLOCK) return;
      this.#pass(this.#rest, 1);
    }
    const blocks = Math.floor((bytes.length - from) / BLOCK);
    if (blocks > 0) this.#pass(bytes.subarray(from), blocks);
    this.#pending = bytes.copy(this.#rest, 0, from + blocks * BLOCK);
  }

  digest(): Buffer {
    if (this.#plain !== undefined) return this.#plain.digest();
    pad(this.#rest, this.#pending, this.#total);
    this.#pass(this.#rest, paddedLength(this.#pending) / BLOCK);
    const digest = Buffer.alloc(4 * WORDS);
    for (const [at, word] of this.#state.entries()) digest.writeUInt32BE(word, at * 4);
    return digest;
  }

  #pass(bytes: Buffer, blocks: number): void {
    const { lanes } = this.#lanes;
    if (lanes !== undefined) this.#lanes.pass(lanes.addressOf(bytes), blocks, this.#state);
  }
}
