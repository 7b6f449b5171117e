import type { LayerSeal } from '../storage.ts';
import { PayloadCipher } from './age/payload.ts';
import { BLOCK, SEALED_BLOCK, TAG } from './block-layout.ts';
import { cryptSealing } from './crypt/crypt-format.ts';
import type { BlockSealing } from './layer-format.ts';

/** Sealed blocks are handed on so many at a time: a quarter of a mebibyte stays near the processor. */
const BLOCKS_AT_ONCE = 4;

/**
 * Seals what is added, block by block: whole blocks straight from the caller's buffer, and only what lies
 * between them by way of one block of our own. The last block is held back, because it is sealed as the last.
 *
 * What it yields is to be used before the next step; bytes that are added must not change until the last one.
 */
export class BlockSealer {
  readonly #cipher: BlockSealing;
  readonly #emptyBlock: boolean;
  readonly #gathered = Buffer.allocUnsafeSlow(BLOCK);
  readonly #sealed: Buffer;
  #pending = 0;
  #filled: number;
  #blocks = 0;

  constructor({ layer, header, key }: LayerSeal) {
    this.#cipher =
      layer === 'crypt' ? cryptSealing(asBuffer(header), asBuffer(key)) : new PayloadCipher(asBuffer(key));
    this.#emptyBlock = layer === 'age';
    this.#sealed = Buffer.allocUnsafeSlow(header.length + BLOCKS_AT_ONCE * SEALED_BLOCK);
    this.#sealed.set(header);
    this.#filled = header.length;
  }

  *add(bytes: Uint8Array): Generator<Buffer, void, void> {
    const from = asBuffer(bytes);
    for (let at = 0; at < from.length; ) {
      if (this.#pending === BLOCK) yield* this.#sealGathered(false);
      const rest = from.length - at;
      if (this.#pending === 0 && rest > BLOCK) {
        yield* this.#seal(from.subarray(at, at + BLOCK), false);
        at += BLOCK;
      } else {
        const taken = from.copy(this.#gathered, this.#pending, at);
        this.#pending += taken;
        at += taken;
      }
    }
  }

  *end(): Generator<Buffer, void, void> {
    if (this.#pending > 0 || (this.#blocks === 0 && this.#emptyBlock)) yield* this.#sealGathered(true);
    yield* this.#handOn();
  }

  *#sealGathered(last: boolean): Generator<Buffer, void, void> {
    const plain = this.#gathered.subarray(0, this.#pending);
    this.#pending = 0;
    yield* this.#seal(plain, last);
  }

  *#seal(plain: Buffer, last: boolean): Generator<Buffer, void, void> {
    const length = plain.length + TAG;
    if (this.#filled + length > this.#sealed.length) yield* this.#handOn();
    const into = this.#sealed.subarray(this.#filled, this.#filled + length);
    this.#cipher.seal(into, plain, this.#blocks++, last);
    this.#filled += length;
  }

  *#handOn(): Generator<Buffer, void, void> {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled > 0) yield this.#sealed.subarray(0, filled);
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
