import { byteSpan } from '../byte-range.ts';
import { FileExistsError, FileMissingError } from '../errors.ts';
import { NEXT } from '../names.ts';
import { releaseMemory } from '../release.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  Inlet,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
import { BLOCK, blocksOf, plainBody, SEALED_BLOCK, TAG } from './block-layout.ts';
import {
  isDamage,
  LayerDamagedError,
  LayerKeyError,
  LayerKeysChangedError,
  LayerMissingError,
} from './layer-errors.ts';
import { HeaderError, type LayerFormat, type OpenedHeader } from './layer-format.ts';
import { LayerWriter } from './layer-writer.ts';
import { openBlocks } from './open-blocks.ts';

/** What is known of a file after its header was read. Files never change, but may be written anew. */
interface KnownFile {
  readonly header: OpenedHeader;
  /** bytes of the stored file; undefined until somebody asked */
  size: number | undefined;
}

/** Headers that are remembered; a few hundred bytes each. */
const REMEMBERED = 4096;

/**
 * A storage whose files lie in another one inside an encryption layer, with the layer's suffix on their names.
 * Sizes are those of the plain bytes, and a range costs only the blocks that hold it.
 */
export class LayeredStorage implements Storage {
  readonly #inner: Storage;
  readonly #format: LayerFormat;
  readonly #known = new Map<string, KnownFile>();

  constructor(inner: Storage, format: LayerFormat) {
    this.#inner = inner;
    this.#format = format;
  }

  get location(): string {
    return this.#inner.location;
  }

  get retain(): Storage['retain'] {
    const inner = this.#inner;
    if (inner.retain === undefined) return undefined;
    return (file, until, options) => inner.retain?.(this.#stored(file), until, options) ?? Promise.resolve();
  }

  get inlet(): Storage['inlet'] {
    if (this.#inner.inlet === undefined) return undefined;
    return (file, options) => this.#inlet(file, options);
  }

  create(): Promise<void> {
    return this.#inner.create();
  }

  async stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    const { size } = await this.#inner
      .stat(this.#stored(file), options)
      .catch((error: unknown) => this.#fail(error, file));
    return { name: file.name, size: this.#plainSize(size, this.#known.get(keyOf(file))) };
  }

  async read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    try {
      if (range === undefined) return await this.#readWhole(file, options);
      const remembered = this.#known.get(keyOf(file));
      try {
        return await this.#readRange(file, range, options);
      } catch (error) {
        if (remembered === undefined || this.#known.get(keyOf(file)) !== remembered) throw error;
        // The file may have been removed and written anew, with another header.
        this.#known.delete(keyOf(file));
        return await this.#readRange(file, range, options);
      }
    } catch (error) {
      return this.#fail(error, file);
    }
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    // First what may be refused: a layer without recipients.
    const seal = this.#format.begin();
    const inner = await this.#inner.writer(kind, options);
    return new LayerWriter({
      inner,
      seal,
      commit: async (name) => {
        const file = { kind, name };
        this.#known.delete(keyOf(file));
        await inner.commit(this.#stored(file).name).catch((error: unknown) => this.#fail(error, file));
      },
    });
  }

  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    const { name: layer, suffix } = this.#format;
    for await (const { name, size } of this.#inner.list(kind, options)) {
      if (name.endsWith(NEXT)) continue;
      if (!name.endsWith(suffix))
        throw new LayerMissingError(
          layer,
          { kind, name },
          this.location,
          `its name does not end in ${suffix}`,
        );
      const file = { kind, name: name.slice(0, -suffix.length) };
      yield { name: file.name, size: this.#plainSize(size, this.#known.get(keyOf(file))) };
    }
  }

  async remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    this.#known.delete(keyOf(file));
    await this.#inner.remove(this.#stored(file), options).catch((error: unknown) => this.#fail(error, file));
  }

  async proveKeys(options?: StorageOptions): Promise<void> {
    try {
      await this.read({ kind: 'config', name: '' }, undefined, options);
    } catch (error) {
      if (!isDamage(error) && !(error instanceof LayerKeyError)) throw error;
      throw new LayerKeysChangedError(this.location, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#known.clear();
    await this.#inner.close();
  }

  async #inlet(file: StoredFile, options: StorageOptions | undefined): Promise<Inlet | undefined> {
    const inner = await this.#inner.inlet?.(this.#stored(file), options);
    const { opening } = (await this.#knownFile(file, options)).header;
    return inner && opening && { ...inner, layers: [...inner.layers, opening] };
  }

  #stored({ kind, name }: StoredFile): StoredFile {
    return { kind, name: name + this.#format.suffix };
  }

  /** A length that no file can have is told as it lies: reading says what is wrong with it. */
  #plainSize(stored: number, known: KnownFile | undefined): number {
    const { headerLength, emptyBlock } = this.#format;
    const body = stored - (known?.header.length ?? headerLength);
    return plainBody(body, emptyBlock) ?? Math.max(0, body);
  }

  async #readWhole(file: StoredFile, options: StorageOptions | undefined): Promise<Buffer> {
    const bytes = asBuffer(await this.#inner.read(this.#stored(file), undefined, options));
    const header = this.#openHeader(file, bytes, bytes.length);
    const size = plainBody(bytes.length - header.length, this.#format.emptyBlock);
    if (size === undefined) throw this.#damaged(file, `no file is ${bytes.length} bytes long in this layer`);
    return this.#openBlocks(file, header, bytes.subarray(header.length), {
      first: 0,
      length: size,
      ends: true,
    });
  }

  async #readRange(file: StoredFile, range: ByteRange, options: StorageOptions | undefined): Promise<Buffer> {
    const { header, size: stored } = await this.#knownFile(file, options);
    const size = plainBody(stored - header.length, this.#format.emptyBlock);
    if (size === undefined) throw this.#damaged(file, `no file is ${stored} bytes long in this layer`);
    const { start, length } = byteSpan(file, this.location, size, range);
    const { first, end } = blocksOf(start, length);
    if (end === first) return Buffer.alloc(0);
    const offset = header.length + first * SEALED_BLOCK;
    const plain = Math.min(end * BLOCK, size) - first * BLOCK;
    const sealed = asBuffer(
      await this.#inner.read(this.#stored(file), { offset, length: plain + (end - first) * TAG }, options),
    );
    const opened = this.#openBlocks(file, header, sealed, {
      first,
      length: plain,
      ends: first * BLOCK + plain === size,
    });
    return opened.subarray(start - first * BLOCK, start - first * BLOCK + length);
  }

  /**
   * Opens blocks that lie one after another, `length` plain bytes in all; with `ends` the last one ends the file. The
   * memory of `sealed` is gone afterwards.
   */
  #openBlocks(
    file: StoredFile,
    header: OpenedHeader,
    sealed: Buffer,
    span: { readonly first: number; readonly length: number; readonly ends: boolean },
  ): Buffer {
    const plain = Buffer.allocUnsafeSlow(span.length);
    const wrong = openBlocks(header.cipher, sealed, plain, span.first, span.ends);
    releaseMemory(sealed);
    if (wrong !== undefined) {
      const problem = `block ${wrong} of the ${this.#format.name} layer is not authentic`;
      if (header.keyProven) throw this.#damaged(file, problem);
      throw new LayerKeyError(
        this.#format.name,
        this.location,
        `the key is another one (or the only file that was tried is damaged: ${problem})`,
      );
    }
    return plain;
  }

  async #knownFile(
    file: StoredFile,
    options: StorageOptions | undefined,
  ): Promise<{ header: OpenedHeader; size: number }> {
    const known = this.#known.get(keyOf(file));
    if (known?.size !== undefined) return { header: known.header, size: known.size };
    const { size } = await this.#inner.stat(this.#stored(file), options);
    const header = known?.header ?? (await this.#readHeader(file, size, options));
    this.#remember(file, { header, size });
    return { header, size };
  }

  async #readHeader(
    file: StoredFile,
    size: number,
    options: StorageOptions | undefined,
  ): Promise<OpenedHeader> {
    const { headerLength, longestHeader } = this.#format;
    const readHead = async (length: number): Promise<Buffer> =>
      asBuffer(await this.#inner.read(this.#stored(file), { offset: 0, length }, options));
    const short = Math.min(size, headerLength);
    const head = await readHead(short);
    const header = this.#tryHeader(file, head);
    if (header !== undefined) return header;
    const long = Math.min(size, longestHeader);
    return this.#openHeader(file, long > short ? await readHead(long) : head, size);
  }

  /** `size`: of the stored file, for the message. */
  #openHeader(file: StoredFile, head: Buffer, size: number): OpenedHeader {
    const header = this.#tryHeader(file, head);
    if (header === undefined) throw this.#damaged(file, `its header is cut off after ${size} bytes`);
    return header;
  }

  #tryHeader(file: StoredFile, head: Buffer): OpenedHeader | undefined {
    try {
      return this.#format.open(head);
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      const { name } = this.#format;
      const { message, problem } = error;
      if (problem === 'not-this-layer') throw new LayerMissingError(name, file, this.location, message);
      if (problem === 'damaged') throw this.#damaged(file, message, error);
      throw new LayerKeyError(name, this.location, message, { cause: error });
    }
  }

  #remember(file: StoredFile, known: KnownFile): void {
    const key = keyOf(file);
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= REMEMBERED) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }

  #damaged(file: StoredFile, problem: string, cause?: unknown): LayerDamagedError {
    return new LayerDamagedError(this.#format.name, file, this.location, problem, { cause });
  }

  /** Errors of the inner storage in terms of this one; a file that is there without the layer is named as such. */
  async #fail(error: unknown, file: StoredFile): Promise<never> {
    if (error instanceof FileExistsError) {
      throw new FileExistsError(file, this.location, { cause: error, advice: error.advice });
    }
    if (!(error instanceof FileMissingError)) throw error;
    const bare = await this.#inner.stat(file).then(
      () => true,
      (missing: unknown) => {
        // All the layers are gone: the one further out has found that.
        if (missing instanceof LayerMissingError) throw missing;
        return false;
      },
    );
    if (!bare) throw new FileMissingError(file, this.location, { cause: error });
    const { name, suffix } = this.#format;
    throw new LayerMissingError(name, file, this.location, `it lies there without ${suffix}`);
  }
}

const keyOf = ({ kind, name }: StoredFile): string => `${kind}/${name}`;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
