/**
 * Content-defined chunking exactly as restic's chunker does it, so that both find the same blobs.
 *
 * A chunk ends where the Rabin fingerprint of the last 64 bytes has its low 20 bits zero, but never before
 * 512 KiB and always at 8 MiB. The fingerprint is computed in WebAssembly (assembly). The first
 * 512 KiB - 64 bytes of a chunk cannot influence the cut and are neither copied nor looked at.
 */
import { readFileSync } from 'node:fs';
import { degree, modulo, type Polynomial } from './polynomial.ts';

export const MIN_CHUNK_SIZE = 512 * 1024;
export const MAX_CHUNK_SIZE = 8 * 1024 * 1024;
const WINDOW = 64;

export interface ChunkerOptions {
  /** bytes */
  minSize?: number;
  /** bytes */
  maxSize?: number;
  /** A chunk ends on average 2^averageBits bytes after its smallest size. */
  averageBits?: number;
  /** False: searches as on a processor that has no vectors for WebAssembly. The cuts are the same. */
  vectors?: boolean;
}

interface RabinExports {
  memory: WebAssembly.Memory;
  configure(shift: number, mask: number): void;
  scan(from: number, to: number): number;
}

const TABLE_BYTES = 8192;
const INPUT = TABLE_BYTES + WINDOW;
/** Small enough to stay in the processor's cache between the copy and the search. */
const INPUT_BYTES = 126 * 1024;

/** One chunker follows one stream of bytes at a time; it may be used again after `reset`. */
export class Chunker {
  readonly minSize: number;
  readonly maxSize: number;
  readonly #rabin: RabinExports;
  readonly #memory: Uint8Array;
  /** bytes of the present chunk seen so far */
  #count = 0;

  /** Throws RangeError for a polynomial of a degree that the 64-bit arithmetic cannot hold. */
  constructor(polynomial: Polynomial, options: ChunkerOptions = {}) {
    this.minSize = options.minSize ?? MIN_CHUNK_SIZE;
    this.maxSize = options.maxSize ?? MAX_CHUNK_SIZE;
    const bits = options.averageBits ?? 20;
    const size = degree(polynomial);
    if (size < 9 || size > 53)
      throw new RangeError(`the degree of a chunker polynomial is 9 to 53, not ${size}`);
    if (this.minSize < WINDOW || this.maxSize < this.minSize) throw new RangeError('impossible chunk sizes');
    this.#rabin = new WebAssembly.Instance(search(options.vectors ?? true), {})
      .exports as unknown as RabinExports;
    this.#rabin.memory.grow(Math.ceil((INPUT + INPUT_BYTES) / 65536) + 1);
    this.#memory = new Uint8Array(this.#rabin.memory.buffer);
    new BigUint64Array(this.#rabin.memory.buffer, 0, 512).set(tables(polynomial));
    this.#rabin.configure(size - 8, 2 ** bits - 1);
  }

  /** Forgets the present chunk and begins a new stream. */
  reset(): void {
    this.#count = 0;
  }

  /** Bytes of the present, unfinished chunk; what is left at the end of a stream is its last chunk. */
  get pending(): number {
    return this.#count;
  }

  /**
   * Takes `bytes` from index `from` on and returns the index just after the chunk's last byte, or -1 when
   * the chunk goes on beyond these bytes (they are then all taken). After a cut, call again from there.
   */
  next(bytes: Uint8Array, from = 0): number {
    let at = from;
    const blind = this.minSize - WINDOW - this.#count;
    if (blind > 0) {
      const step = Math.min(blind, bytes.length - at);
      this.#count += step;
      at += step;
    }
    while (at < bytes.length) {
      const size = Math.min(INPUT_BYTES, bytes.length - at, this.maxSize - this.#count);
      this.#memory.set(bytes.subarray(at, at + size), INPUT);
      // A cut is allowed once minSize bytes are in; before that the bytes only fill the window.
      const first = Math.max(0, this.minSize - 1 - this.#count);
      const found = first < size ? this.#rabin.scan(INPUT + first, INPUT + size) : 0;
      if (found !== 0) {
        this.#count = 0;
        return at + found - INPUT;
      }
      at += size;
      this.#count += size;
      if (this.#count === this.maxSize) {
        this.#count = 0;
        return at;
      }
      this.#memory.copyWithin(TABLE_BYTES, TABLE_BYTES + size, INPUT + size);
    }
    return -1;
  }
}

let vectors: WebAssembly.Module | undefined;
let plain: WebAssembly.Module | undefined;

function search(withVectors: boolean): WebAssembly.Module {
  if (withVectors) {
    try {
      vectors ??= compiled('./rabin-vectors.wasm');
      return vectors;
    } catch (error) {
      // Old processors, and virtual machines that show an old one.
      if (!(error instanceof WebAssembly.CompileError)) throw error;
    }
  }
  plain ??= compiled('./rabin.wasm');
  return plain;
}

const compiled = (file: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));

/** 256 words for sliding a byte out (already shifted by one byte), then 256 for the reduction. */
function tables(polynomial: Polynomial): BigUint64Array {
  const words = new BigUint64Array(512);
  const size = BigInt(degree(polynomial));
  const leaving = modulo(1n << BigInt(8 * WINDOW), polynomial);
  const [out, reduce] = [bitImages(leaving), bitImages(modulo(1n << size, polynomial))];
  for (let byte = 0; byte < 256; byte++) {
    let outWord = 0n;
    let reduceWord = BigInt(byte) << size;
    for (let bit = 0; bit < 8; bit++) {
      if ((byte >> bit) & 1) {
        outWord ^= out[bit] ?? 0n;
        reduceWord ^= reduce[bit] ?? 0n;
      }
    }
    words[byte] = outWord;
    words[256 + byte] = reduceWord;
  }
  return words;

  function bitImages(base: Polynomial): bigint[] {
    return Array.from({ length: 8 }, (_, bit) => modulo(base << BigInt(bit), polynomial));
  }
}
