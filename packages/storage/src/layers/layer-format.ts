import type { LayerOpening, LayerSeal } from '../storage.ts';
import type { LayerName } from './layer-errors.ts';

/** Seals the blocks of one file. The number of a block counts from 0; `last` says that it ends the file. */
export interface BlockSealing {
  /** `sealed` is 16 bytes longer than `plain`; the two must not overlap. */
  seal(sealed: Buffer, plain: Buffer, number: number, last: boolean): void;
}

/** Seals or opens the blocks of one file. */
export interface BlockCipher extends BlockSealing {
  /** False when the block is not authentic at this place of this file; `plain` is then not to be used. */
  open(plain: Buffer, sealed: Buffer, number: number, last: boolean): boolean;
}

/** What the header of a file tells. */
export interface OpenedHeader {
  /** bytes before the first block */
  readonly length: number;
  readonly cipher: BlockCipher;
  /** False as long as nothing proved that the key is the right one: a bad block may then be a wrong key. */
  readonly keyProven: boolean;
  /** What opens the blocks elsewhere; undefined while it is not known which key does. */
  readonly opening: LayerOpening | undefined;
}

/** One encryption format as a layer of files. */
export interface LayerFormat {
  readonly name: LayerName;
  /** What it appends to names. */
  readonly suffix: string;
  /** bytes before the first block in files written here; those written elsewhere may have another length */
  readonly headerLength: number;
  /** An empty file has one empty block. */
  readonly emptyBlock: boolean;
  /** A fresh header with keys of its own. */
  begin(): LayerSeal;
  /**
   * Reads the header at the beginning of `head`. Undefined when it goes on behind `head` (at most
   * `longestHeader` bytes are ever needed). Throws `HeaderError` for what is no header or opens with no key.
   */
  open(head: Buffer): OpenedHeader | undefined;
  readonly longestHeader: number;
}

export type HeaderProblem = 'not-this-layer' | 'damaged' | 'no-key';

/** A header that cannot be used; who knows the file's name turns it into the storage's own error. */
export class HeaderError extends Error {
  readonly problem: HeaderProblem;
  constructor(problem: HeaderProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HeaderError';
    this.problem = problem;
  }
}
