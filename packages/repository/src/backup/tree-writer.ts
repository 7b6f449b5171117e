/**
 * Writes one tree from nodes that come one at a time. Of a large one only a piece of its text is held, and what is
 * finished as it will be stored: a folder of a million entries has a tree of hundreds of megabytes. Such a tree is
 * compressed piece by piece into several zstd frames, which together are one valid stream.
 */
import { createHash } from 'node:crypto';
import { compress } from '../format/compression.ts';
import { type MasterKey, PieceSealer } from '../format/crypto.ts';
import { release } from '../format/release.ts';
import { TREE_HEAD, TREE_TAIL } from '../format/tree.ts';

/** A tree that was small enough to stay plain. */
export interface PlainTree {
  readonly kind: 'plain';
  readonly bytes: Buffer;
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
  readonly #hash = createHash('sha256');
  readonly #parts: number[] = [];
  #sealer: PieceSealer | undefined;
  #text: string[] = [TREE_HEAD];
  #textLength = TREE_HEAD.length;
  #flushed = 0;
  #isEmpty = true;

  constructor(format: TreeFormat) {
    this.#format = format;
  }

  /** Takes the JSON of the next node; names must come in rising order of their bytes. */
  add(json: string): void {
    const text = this.#isEmpty ? json : `,${json}`;
    this.#isEmpty = false;
    this.#text.push(text);
    this.#textLength += text.length;
    if (this.#textLength >= PART) this.#flush();
  }

  finish(): PlainTree | SealedTree {
    this.#text.push(TREE_TAIL);
    if (this.#sealer === undefined) return { kind: 'plain', bytes: Buffer.from(this.#text.join('')) };
    const sealer = this.#flush();
    return {
      kind: 'sealed',
      id: this.#hash.digest(),
      sealed: sealer.finish(),
      parts: this.#parts,
      length: this.#flushed,
      discard: () => sealer.discard(),
    };
  }

  #flush(): PieceSealer {
    const bytes = Buffer.from(this.#text.join(''));
    this.#text = [];
    this.#textLength = 0;
    this.#hash.update(bytes);
    const part = this.#format.version === 1 ? bytes : compress(bytes);
    this.#sealer ??= new PieceSealer(this.#format.keys, LIMIT);
    this.#sealer.add(part);
    this.#parts.push(part.length);
    this.#flushed += bytes.length;
    release(part);
    release(bytes);
    return this.#sealer;
  }
}
