import { BLOCK, SEALED_BLOCK, TAG } from './block-layout.ts';
import type { BlockCipher } from './layer-format.ts';

/** Where a file is opened from its layer, from one of its blocks on. */
export interface OpenFrom {
  readonly cipher: BlockCipher;
  /** bytes inside the layer */
  readonly size: number;
  /** Number of the block that comes first. */
  readonly first: number;
}

/**
 * Opens blocks from what comes in pieces of any length, each block once, in memory for one block that stays near the
 * processor. What it hands on lasts until the next one.
 */
export class BlockOpener {
  readonly #gathered = Buffer.allocUnsafeSlow(SEALED_BLOCK);
  readonly #plain = Buffer.allocUnsafeSlow(BLOCK);
  #from: OpenFrom | undefined;
  #pending = 0;
  #next = 0;

  begin(from: OpenFrom): void {
    this.#from = from;
    this.#pending = 0;
    this.#next = from.first;
  }

  /** Throws `RangeError` when a block is not authentic, or there are bytes behind the last one. */
  add(sealed: Buffer, handOn: (plain: Buffer) => void): void {
    for (let at = 0; at < sealed.length; ) {
      const wanted = this.#sealedLength();
      if (this.#pending === 0 && sealed.length - at >= wanted) {
        this.#open(sealed.subarray(at, at + wanted), handOn);
        at += wanted;
        continue;
      }
      const taken = sealed.copy(this.#gathered, this.#pending, at, at + wanted - this.#pending);
      this.#pending += taken;
      at += taken;
      if (this.#pending < wanted) continue;
      this.#pending = 0;
      this.#open(this.#gathered.subarray(0, wanted), handOn);
    }
  }

  #sealedLength(): number {
    const rest = (this.#from?.size ?? 0) - this.#next * BLOCK;
    if (rest <= 0) throw new RangeError('there are bytes behind the last block');
    return Math.min(rest, BLOCK) + TAG;
  }

  #open(sealed: Buffer, handOn: (plain: Buffer) => void): void {
    if (this.#from === undefined) throw new TypeError('no file was begun');
    const { cipher, size } = this.#from;
    const number = this.#next++;
    const plain = this.#plain.subarray(0, sealed.length - TAG);
    const ends = number * BLOCK + plain.length === size;
    if (!cipher.open(plain, sealed, number, ends)) throw new RangeError(`block ${number} is not authentic`);
    handOn(plain);
  }
}
