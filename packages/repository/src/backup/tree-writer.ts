/**
 * Writes one tree from nodes that come one at a time. Of a large one only a piece of its text is held, and what is
 * finished as it will be stored: a folder of a million entries has a tree of hundreds of megabytes. Such a tree is
 * compressed piece by piece into several zstd frames, which together are one valid stream.
 */
import { createHash, type Hash } from 'node:crypto';
import { release } from '@octobox/storage/release';
import { type MasterKey, PieceSealer } from '../format/sealing/crypto.ts';
import { TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { compress } from '../format/zstd/compression.ts';

/** A tree that was small enough to stay plain. */
export interface PlainTree {
  readonly kind: 'plain';
  readonly bytes: Buffer;
  /** Given when it is, byte for byte, a tree of the parent snapshot. */
  readonly id?: Buffer | undefined;
}

/** A tree of the parent snapshot, held whole. */
export interface StoredTree {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/** The JSON of a node as a part of such a tree. */
export interface NodeSlice {
  readonly tree: StoredTree;
  readonly from: number;
  readonly to: number;
}

export interface SealedTree {
  readonly kind: 'sealed';
  /** 32 bytes */
  readonly id: Buffer;
  readonly sealed: Buffer;
  /** Bytes of each part before it was sealed: a zstd frame, or plain text in format version 1. */
  readonly parts: readonly number[];
  /** bytes of the plain tree */
  readonly length: number;
  /** Gives the memory of `sealed` back. */
  readonly discard: () => void;
}

export interface TreeFormat {
  readonly keys: MasterKey;
  readonly version: 1 | 2;
}

/** Bytes of text in each part. */
const PART = 4 * 1024 * 1024;
/** Packs and indexes hold lengths of 32 bits. */
const LIMIT = 2 ** 32 - 1;

export class TreeWriter {
  readonly #format: TreeFormat;
  readonly #parts: number[] = [];
  /** Made for the few trees that are stored in parts. */
  #large: { readonly hash: Hash; readonly sealer: PieceSealer } | undefined;
  /** What is written and not flushed: bytes, behind them text, behind that a slice that may still grow. */
  #bytes: Uint8Array[] = [];
  #text: string[] = [TREE_HEAD];
  #slice: { readonly tree: StoredTree; readonly from: number; to: number } | undefined;
  #length = TREE_HEAD.length;
  #flushed = 0;
  #isEmpty = true;

  constructor(format: TreeFormat) {
    this.#format = format;
  }

  /** Takes the JSON of the next node, or as bytes that of several; names must come in rising order of their bytes. */
  add(json: string | NodeSlice | Uint8Array): void {
    if (typeof json === 'string') {
      this.#endSlice();
      this.#text.push(this.#isEmpty ? json : `,${json}`);
      this.#length += json.length + 1;
    } else if (json instanceof Uint8Array) {
      this.#endSlice();
      if (!this.#isEmpty) this.#text.push(',');
      if (this.#text.length > 0) this.#bytes.push(Buffer.from(this.#text.join('')));
      this.#bytes.push(json);
      this.#text = [];
      this.#length += json.length + 1;
    } else {
      this.#addSlice(json);
    }
    this.#isEmpty = false;
    if (this.#length >= PART) this.#flush();
  }

  finish(): PlainTree | SealedTree {
    const whole = this.#wholeTree();
    if (whole !== undefined) return { kind: 'plain', bytes: whole.bytes, id: whole.id };
    this.#endSlice();
    this.#text.push(TREE_TAIL);
    if (this.#large === undefined) return { kind: 'plain', bytes: this.#take() };
    const { hash, sealer } = this.#flush();
    return {
      kind: 'sealed',
      id: hash.digest(),
      sealed: sealer.finish(),
      parts: this.#parts,
      length: this.#flushed,
      discard: () => sealer.discard(),
    };
  }

  /** Neighbours in the parent become one piece: mostly that is the whole tree. */
  #addSlice({ tree, from, to }: NodeSlice): void {
    this.#length += to - from + 1;
    if (this.#slice?.tree === tree && this.#slice.to + 1 === from) {
      this.#slice.to = to;
      return;
    }
    this.#endSlice();
    if (!this.#isEmpty) this.#text.push(',');
    this.#slice = { tree, from, to };
  }

  #endSlice(): void {
    if (this.#slice === undefined) return;
    const { tree, from, to } = this.#slice;
    this.#slice = undefined;
    this.#bytes.push(Buffer.from(this.#text.join('')), tree.bytes.subarray(from, to));
    this.#text = [];
  }

  /** The tree of the parent that this one is so far. */
  #wholeTree(): StoredTree | undefined {
    if (this.#slice === undefined || this.#flushed > 0 || this.#bytes.length > 0) return undefined;
    const { tree, from, to } = this.#slice;
    const isWhole =
      this.#text.length === 1 && from === TREE_HEAD.length && to + TREE_TAIL.length === tree.bytes.length;
    return isWhole ? tree : undefined;
  }

  #take(): Buffer {
    const text = Buffer.from(this.#text.join(''));
    const bytes = this.#bytes.length === 0 ? text : Buffer.concat([...this.#bytes, text]);
    this.#bytes = [];
    this.#text = [];
    this.#length = 0;
    return bytes;
  }

  #flush(): { readonly hash: Hash; readonly sealer: PieceSealer } {
    this.#endSlice();
    const bytes = this.#take();
    const part = this.#format.version === 1 ? bytes : compress(bytes);
    this.#large ??= { hash: createHash('sha256'), sealer: new PieceSealer(this.#format.keys, LIMIT) };
    this.#large.hash.update(bytes);
    this.#large.sealer.add(part);
    this.#parts.push(part.length);
    this.#flushed += bytes.length;
    release(part);
    release(bytes);
    return this.#large;
  }
}
