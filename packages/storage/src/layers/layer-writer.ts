import { StorageError } from '../errors.ts';
import { outletOf } from '../outlet.ts';
import type { FileWriter, LayerSeal, Outlet } from '../storage.ts';
import { BlockSealer } from './block-sealer.ts';

export interface LayerWriterOptions {
  readonly inner: FileWriter;
  readonly seal: LayerSeal;
  readonly commit: (name: string) => Promise<void>;
}

/** Seals what is appended, unless the file is handed over: then others do so. */
export class LayerWriter implements FileWriter {
  readonly #options: LayerWriterOptions;
  #sealer: BlockSealer | undefined;
  #isHandedOver = false;
  #ended = false;

  constructor(options: LayerWriterOptions) {
    this.#options = options;
  }

  handOver(): Outlet {
    const { inner, seal } = this.#options;
    const outlet = outletOf(inner);
    this.#isHandedOver = true;
    return { ...outlet, layers: [seal, ...outlet.layers] };
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#sealer ??= new BlockSealer(this.#options.seal);
    for (const piece of this.#sealer.add(bytes)) await this.#options.inner.append(piece);
  }

  async commit(name: string): Promise<void> {
    this.#assertOpen();
    try {
      if (!this.#isHandedOver) await this.#end();
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

  async #end(): Promise<void> {
    this.#sealer ??= new BlockSealer(this.#options.seal);
    for (const piece of this.#sealer.end()) await this.#options.inner.append(piece);
  }

  #assertOpen(): void {
    if (this.#ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
  }
}
