/**
 * Ciphers and compressors are small objects with memory outside of V8's heap, of which its collector does not know: in
 * a worker that makes little else they would pile up by the ten thousand before it looks at them.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So many sealed blobs leave about four megabytes; collecting them takes some milliseconds. */
const BLOBS = 16_384;
/** Of buffers whose heads are all that the collector sees. */
const BYTES = 12 * 1024 * 1024;

let collector: (() => void) | undefined;

/** Now, and all of it. */
export function collectGarbage(): void {
  if (collector === undefined) {
    // The only way to the collector for a program that was not started with this flag.
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}

export class NativeGarbage {
  #blobs = 0;
  #bytes = 0;

  /** Tells of blobs that were sealed since the last call. */
  add(blobs: number): void {
    this.#blobs += blobs;
    if (this.#blobs < BLOBS) return;
    this.#blobs = 0;
    collectGarbage();
  }

  /** Tells of buffers that were made since the last call. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < BYTES) return;
    this.#bytes = 0;
    collectGarbage();
  }
}
