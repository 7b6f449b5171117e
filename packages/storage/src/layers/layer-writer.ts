import { StorageError } from '../errors.ts';
import type { FileWriter } from '../storage.ts';
import { BLOCK, SEALED_BLOCK, TAG } from './block-layout.ts';
import type { BlockCipher } from './layer-format.ts';

export interface LayerWriterOptions {
  readonly inner: FileWriter;
  readonly header: Buffer;
  readonly cipher: BlockCipher;
  /** An empty file has one empty block. */
  readonly emptyBlock: boolean;
  readonly commit: (name: string) => Promise<void>;
}

/** Sealed blocks are handed on in pieces of about a mebibyte. */
const BLOCKS_AT_ONCE = 16;

/**
 * Seals what is appended, block by block: whole blocks straight from the caller's buffer, and only what lies
 * between them by way of one block of our own. The last block is held back, because it is sealed as the last.
 */
export class LayerWriter implements FileWriter {
  readonly #options: LayerWriterOptions;
  readonly #gathered = Buffer.allocUnsafeSlow(BLOCK);
  readonly #sealed: Buffer;
  #pending = 0;
  #filled: number;
  #blocks = 0;
  #ended = false;

  constructor(options: LayerWriterOptions) {
    this.#options = options;
    this.#sealed = Buffer.allocUnsafeSlow(options.header.length + BLOCKS_AT_ONCE * SEALED_BLOCK);
    this.#filled = options.header.copy(this.#sealed);
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < from.length; ) {
      if (this.#pending === BLOCK) await this.#sealGathered(false);
      const rest = from.length - at;
      if (this.#pending === 0 && rest > BLOCK) {
        await this.#seal(from.subarray(at, at + BLOCK), false);
        at += BLOCK;
      } else {
        const taken = from.copy(this.#gathered, this.#pending, at);
        this.#pending += taken;
        at += taken;
      }
    }
  }

  async commit(name: string): Promise<void> {
    this.#assertOpen();
    try {
      if (this.#pending > 0 || (this.#blocks === 0 && this.#options.emptyBlock))
        await this.#sealGathered(true);
      await this.#handOn();
      this.#ended = true;
      await this.#options.commit(name);
    } catch (error) {
      this.#ended = true;
      await this.#options.inner.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    this.#ended = true;
    await this.#options.inner.abort();
  }

  async #sealGathered(last: boolean): Promise<void> {
    const plain = this.#gathered.subarray(0, this.#pending);
    this.#pending = 0;
    await this.#seal(plain, last);
  }

  async #seal(plain: Buffer, last: boolean): Promise<void> {
    const length = plain.length + TAG;
    if (this.#filled + length > this.#sealed.length) await this.#handOn();
    this.#options.cipher.seal(
      this.#sealed.subarray(this.#filled, this.#filled + length),
      plain,
      this.#blocks++,
      last,
    );
    this.#filled += length;
  }

  async #handOn(): Promise<void> {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled > 0) await this.#options.inner.append(this.#sealed.subarray(0, filled));
  }

  #assertOpen(): void {
    if (this.#ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
  }
}
