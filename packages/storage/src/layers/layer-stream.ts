import { BLOCK } from './block-layout.ts';
import { BlockOpener, type OpenFrom } from './block-opener.ts';

/** From where on a layer is opened. */
export interface StreamFrom extends OpenFrom {
  /** Bytes of the first block that are not wanted. */
  readonly skip: number;
}

interface Opening {
  readonly opener: BlockOpener;
  toSkip: number;
  readonly handOn: (plain: Buffer) => void;
}

/**
 * The layers of one file one behind another, opened in windows of the file as it lies, whose bytes stay near the
 * processor from the first layer to the last. Its memory serves for one file after another.
 */
export class LayerStream {
  /** The innermost first. */
  readonly #openings: Opening[] = [];
  #count = 0;
  /** Who began last. */
  owner: object | undefined;
  readonly #windows: Buffer[] = [];
  #turn = 0;
  #into: Buffer = Buffer.alloc(0);
  #filled = 0;
  /** What was opened and not asked for yet: less than the rest of a block, and a last one that is shorter. */
  readonly #rest = Buffer.allocUnsafeSlow(2 * BLOCK);
  #restStart = 0;
  #restEnd = 0;

  /** The innermost layer first. */
  begin(owner: object, layers: readonly StreamFrom[]): void {
    this.owner = owner;
    this.#restStart = this.#restEnd = 0;
    this.#count = layers.length;
    for (const [number, layer] of layers.entries()) {
      this.#openings[number] ??= this.#opening(number);
      const opening = this.#openings[number];
      opening.toSkip = layer.skip;
      opening.opener.begin(layer);
    }
  }

  /** One of two by turns, for bytes of the file. */
  window(length: number): Buffer {
    this.#turn = 1 - this.#turn;
    const kept = this.#windows[this.#turn];
    if (kept !== undefined && length <= kept.length) return kept.subarray(0, length);
    const larger = Buffer.allocUnsafeSlow(length);
    this.#windows[this.#turn] = larger;
    return larger;
  }

  /** What comes now goes there. */
  fill(into: Buffer): void {
    this.#into = into;
    this.#filled = this.#rest.copy(into, 0, this.#restStart, this.#restEnd);
    this.#restStart += this.#filled;
    if (this.#restStart === this.#restEnd) this.#restStart = this.#restEnd = 0;
  }

  get isFull(): boolean {
    return this.#filled === this.#into.length;
  }

  /** The next bytes of the file. Throws `RangeError` when a block is not authentic. */
  add(sealed: Buffer): void {
    this.#pass(this.#count - 1, sealed);
  }

  #opening(number: number): Opening {
    const opening = {
      opener: new BlockOpener(),
      toSkip: 0,
      handOn: (plain: Buffer): void => {
        const wanted = opening.toSkip === 0 ? plain : plain.subarray(opening.toSkip);
        opening.toSkip -= plain.length - wanted.length;
        this.#pass(number - 1, wanted);
      },
    };
    return opening;
  }

  #pass(number: number, bytes: Buffer): void {
    const opening = this.#openings[number];
    if (opening !== undefined) opening.opener.add(bytes, opening.handOn);
    else this.#take(bytes);
  }

  #take(plain: Buffer): void {
    const taken = plain.copy(this.#into, this.#filled);
    this.#filled += taken;
    if (taken === plain.length) return;
    if (this.#restEnd + plain.length - taken > this.#rest.length) throw new RangeError('more than was read');
    this.#restEnd += plain.copy(this.#rest, this.#restEnd, taken);
  }
}
