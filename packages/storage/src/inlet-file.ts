/** Reads a file by its inlet, in any thread: ranges of it, through the layers around it. */
import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { PayloadCipher } from './layers/age/payload.ts';
import { BLOCK, blocksOf, plainBody, SEALED_BLOCK, TAG } from './layers/block-layout.ts';
import { cryptOpening } from './layers/crypt/crypt-format.ts';
import type { BlockCipher } from './layers/layer-format.ts';
import { openBlocks } from './layers/open-blocks.ts';
import type { Inlet, LayerOpening } from './storage.ts';

interface OpenedLayer {
  readonly cipher: BlockCipher;
  readonly headerLength: number;
  /** bytes inside the layer */
  readonly size: number;
}

/** A part of a file inside a layer, and the blocks that it lies in. */
interface Span {
  readonly layer: OpenedLayer;
  /** Number of the first block. */
  readonly first: number;
  /** Plain bytes of all the blocks. */
  readonly plain: number;
  /** Where in these the part begins. */
  readonly start: number;
  readonly length: number;
}

export class InletFile implements Disposable {
  readonly #file: number;
  readonly #memory: InletMemory;
  /** The innermost first. */
  readonly #layers: readonly OpenedLayer[];
  readonly #size: number;

  /** Throws when there is no such file, or none has its length in these layers. */
  constructor(inlet: Inlet, memory: InletMemory) {
    this.#memory = memory;
    this.#file = openSync(inlet.path, 'r');
    try {
      let { size } = fstatSync(this.#file);
      this.#layers = inlet.layers
        .map((opening) => {
          const plain = plainBody(size - opening.headerLength, opening.layer === 'age');
          if (plain === undefined) throw new RangeError(`no file is ${size} bytes long in this layer`);
          size = plain;
          return { cipher: cipherOf(opening), headerLength: opening.headerLength, size };
        })
        .reverse();
      this.#size = size;
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** Exactly this range; the bytes last until the read after the next one begins, and of more than a mebibyte until the next. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset + length > this.#size) throw new RangeError(`the file ends at ${this.#size}`);
    const spans: Span[] = [];
    let range = { offset, length };
    for (const layer of this.#layers) {
      const span = spanOf(layer, range.offset, range.length);
      spans.push(span);
      range = sealedRange(span);
    }
    const memory = this.#memory.turn();
    let bytes = memory.take(spans.length, range.length);
    await this.#fill(bytes, range.offset);
    for (let at = spans.length - 1; at >= 0; at--) {
      const { layer, first, plain, start, length: wanted } = spans[at] as Span;
      const into = memory.take(at, plain);
      const wrong = openBlocks(layer.cipher, bytes, into, first, first * BLOCK + plain === layer.size);
      if (wrong !== undefined) throw new RangeError(`block ${wrong} is not authentic`);
      bytes = into.subarray(start, start + wanted);
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  async #fill(bytes: Buffer, offset: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const got = await this.#readSome(bytes, done, offset + done);
      if (got === 0) throw new RangeError(`the file ends at ${offset + done}`);
      done += got;
    }
  }

  #readSome(bytes: Buffer, at: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#file, bytes, at, bytes.length - at, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }
}

function spanOf(layer: OpenedLayer, offset: number, length: number): Span {
  const { first, end } = blocksOf(offset, length);
  const plain = Math.min(end * BLOCK, layer.size) - first * BLOCK;
  return { layer, first, plain: Math.max(0, plain), start: offset - first * BLOCK, length };
}

const sealedRange = ({ layer, first, plain }: Span): { offset: number; length: number } => ({
  offset: layer.headerLength + first * SEALED_BLOCK,
  length: plain + Math.ceil(plain / BLOCK) * TAG,
});

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const cipherOf = ({ layer, start, key }: LayerOpening): BlockCipher =>
  layer === 'crypt' ? cryptOpening(asBuffer(start), asBuffer(key)) : new PayloadCipher(asBuffer(key));

/** One and a half mebibytes. */
const SMALL = 1536 * 1024;

/**
 * Memory for two reads at a time, to be used for one file after another. Of reads of
 * more than a mebibyte there may be one only.
 */
export class InletMemory {
  readonly #large = new Buffers();
  readonly #turns = [new Buffers(this.#large), new Buffers(this.#large)];
  #turn = 0;

  turn(): Buffers {
    this.#turn = 1 - this.#turn;
    return this.#turns[this.#turn] as Buffers;
  }
}

class Buffers {
  readonly #kept: Buffer[] = [];
  readonly #large: Buffers | undefined;

  constructor(large?: Buffers) {
    this.#large = large;
  }

  /** The buffer of that number. */
  take(number: number, length: number): Buffer {
    if (this.#large !== undefined && length > SMALL) return this.#large.take(number, length);
    const kept = this.#kept[number];
    if (kept !== undefined && length <= kept.length) return kept.subarray(0, length);
    // What was here is not in use any more, and the collector would not see how much it is.
    if (kept?.buffer instanceof ArrayBuffer) kept.buffer.transfer(0);
    const larger = Buffer.allocUnsafeSlow(length + Math.min(length >>> 3, 512 * 1024));
    this.#kept[number] = larger;
    return larger.subarray(0, length);
  }
}
