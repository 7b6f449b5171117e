import type { LayerSeal } from '../storage.ts';
import { BlockSealer } from './block-sealer.ts';

/** The layers of one file one behind another, for a thread that makes it up by itself and waits for nobody. */
export class SealedStream {
  readonly #sealers: readonly BlockSealer[];
  readonly #write: (bytes: Buffer) => void;

  /** `write` is called with what came out of the last layer; the bytes change when it has returned. */
  constructor(layers: readonly LayerSeal[], write: (bytes: Buffer) => void) {
    this.#sealers = layers.map((layer) => new BlockSealer(layer));
    this.#write = write;
  }

  append(bytes: Buffer): void {
    this.#pass(0, bytes);
  }

  end(): void {
    for (const [layer, sealer] of this.#sealers.entries())
      for (const piece of sealer.end()) this.#pass(layer + 1, piece);
  }

  #pass(layer: number, bytes: Buffer): void {
    const sealer = this.#sealers[layer];
    if (sealer === undefined) this.#write(bytes);
    else for (const piece of sealer.add(bytes)) this.#pass(layer + 1, piece);
  }
}
