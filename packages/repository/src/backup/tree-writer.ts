/**
 * Writes one tree from nodes that come one at a time. Only a piece of its text is held: a folder of a million entries
 * has a tree of hundreds of megabytes. A large tree is compressed piece by piece into several zstd frames, which
 * together are one valid stream.
 */
import { createHash } from 'node:crypto';
import { compress } from '../format/compression.ts';
import { TREE_HEAD, TREE_TAIL } from '../format/tree.ts';

/** A tree that was small enough to stay plain. */
export interface PlainTree {
  readonly kind: 'plain';
  readonly bytes: Buffer;
}

export interface CompressedTree {
  readonly kind: 'compressed';
  /** 32 bytes */
  readonly id: Buffer;
  readonly frames: readonly Buffer[];
  /** bytes of the plain tree */
  readonly length: number;
}

const PIECE = 4 * 1024 * 1024;

export class TreeWriter {
  readonly #hash = createHash('sha256');
  readonly #frames: Buffer[] = [];
  #text: string[] = [TREE_HEAD];
  #textLength = TREE_HEAD.length;
  #flushed = 0;
  #isEmpty = true;

  /** Takes the JSON of the next node; names must come in rising order of their bytes. */
  add(json: string): void {
    const text = this.#isEmpty ? json : `,${json}`;
    this.#isEmpty = false;
    this.#text.push(text);
    this.#textLength += text.length;
    if (this.#textLength >= PIECE) this.#flush();
  }

  finish(): PlainTree | CompressedTree {
    this.#text.push(TREE_TAIL);
    if (this.#flushed === 0) return { kind: 'plain', bytes: Buffer.from(this.#text.join('')) };
    this.#flush();
    return { kind: 'compressed', id: this.#hash.digest(), frames: this.#frames, length: this.#flushed };
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text.join(''));
    this.#text = [];
    this.#textLength = 0;
    this.#hash.update(bytes);
    this.#frames.push(compress(bytes));
    this.#flushed += bytes.length;
  }
}
