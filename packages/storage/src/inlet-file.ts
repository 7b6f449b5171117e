/**
 * Reads a file by its inlet, in any thread: ranges of it, through the layers around it. Reads that follow each other
 * open each block once.
 */
import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import type { InletMemory } from './inlet-memory.ts';
import { PayloadCipher } from './layers/age/payload.ts';
import { BLOCK, plainBody, SEALED_BLOCK, TAG } from './layers/block-layout.ts';
import { cryptOpening } from './layers/crypt/crypt-format.ts';
import type { BlockCipher } from './layers/layer-format.ts';
import type { Inlet, LayerOpening } from './storage.ts';
import { willNeed } from './will-need.ts';

interface OpenedLayer {
  readonly cipher: BlockCipher;
  readonly headerLength: number;
  /** bytes inside the layer */
  readonly size: number;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Bytes of the file that are read at once where there are layers. */
const WINDOW = 512 * 1024;

export class InletFile implements Disposable {
  readonly #file: number;
  readonly #memory: InletMemory;
  /** The innermost first. */
  readonly #layers: readonly OpenedLayer[];
  readonly #size: number;
  /** Where the layers stand: the next byte inside, and outside. Undefined before the first read and after a failure. */
  #stand: { inside: number; outside: number } | undefined;

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
  read(offset: number, length: number): Promise<Uint8Array> {
    willNeed()?.(this.#file, offset, length);
    return this.#memory.inTurn(() => this.#read({ offset, length }));
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  async #read(range: Range): Promise<Uint8Array> {
    if (range.offset + range.length > this.#size) throw new RangeError(`the file ends at ${this.#size}`);
    const into = this.#memory.turn().take(range.length);
    if (this.#layers.length === 0) await this.#fill(into, range.offset);
    else if (range.length > 0) await this.#readThrough(range, into);
    return into;
  }

  async #readThrough(range: Range, into: Buffer): Promise<void> {
    const { stream } = this.#memory;
    const stand = stream.owner === this ? this.#stand : undefined;
    const outside = stand?.inside === range.offset ? stand.outside : this.#begin(range.offset);
    this.#stand = undefined;
    const end = endOutside(this.#layers, range);
    let at = outside;
    const readWindow = (): Promise<Buffer> | undefined => {
      if (at >= end) return undefined;
      const window = stream.window(Math.min(WINDOW, end - at));
      const filling = this.#fill(window, at).then(() => window);
      // Awaited below; until then a failure must not count as unhandled.
      filling.catch(() => {});
      at += window.length;
      return filling;
    };
    stream.fill(into);
    let next = readWindow();
    try {
      while (next !== undefined) {
        const window = await next;
        // The next one is on its way meanwhile.
        next = readWindow();
        stream.add(window);
      }
    } finally {
      await next?.catch(() => {});
    }
    if (!stream.isFull) throw new RangeError(`the file ends before ${range.offset + range.length}`);
    this.#stand = { inside: range.offset + range.length, outside: at };
  }

  /** Has the layers begin at a byte inside of them; gives the first byte of the file that they need. */
  #begin(inside: number): number {
    let begin = inside;
    const layers = this.#layers.map(({ cipher, headerLength, size }) => {
      const first = Math.floor(begin / BLOCK);
      const from = { cipher, size, first, skip: begin - first * BLOCK };
      begin = headerLength + first * SEALED_BLOCK;
      return from;
    });
    this.#memory.stream.begin(this, layers);
    return begin;
  }

  async #fill(bytes: Buffer, offset: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const got = await this.#readSome(bytes, done, offset + done);
      if (got === 0) throw new RangeError(`the file ends at ${offset + done}`);
      done += got;
    }
  }

  #readSome(bytes: Buffer, at: number, position: number): number | Promise<number> {
    // The system has read meanwhile what it was told of, and threads of libuv that wait for it would take 20 MB.
    if (willNeed() !== undefined) return readSync(this.#file, bytes, at, bytes.length - at, position);
    return new Promise((resolve, reject) => {
      read(this.#file, bytes, at, bytes.length - at, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }
}

/** Up to where the file has what the layers need for a range inside of them. */
const endOutside = (layers: readonly OpenedLayer[], range: Range): number =>
  layers.reduce((inside, { headerLength, size }) => {
    const blocks = Math.ceil(inside / BLOCK);
    return headerLength + Math.min(blocks * BLOCK, size) + blocks * TAG;
  }, range.offset + range.length);

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const cipherOf = ({ layer, start, key }: LayerOpening): BlockCipher =>
  layer === 'crypt' ? cryptOpening(asBuffer(start), asBuffer(key)) : new PayloadCipher(asBuffer(key));
