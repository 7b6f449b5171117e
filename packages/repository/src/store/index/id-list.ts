/** Ids of 32 bytes and their numbers: readable in every thread, lengthened by one. */
import { SharedWords } from './shared-words.ts';

const WORDS = 8;
/** 16 million packs of 16 MiB are 256 TiB. */
const MAXIMUM = 2 ** 24;

export class IdList {
  readonly #words: SharedWords;
  /** Only the thread that adds needs to find numbers by id. */
  readonly #numbers = new Map<string, number>();
  /** The names that were asked for: most are asked for again. */
  readonly #names: string[] = [];

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new SharedWords(buffer);
  }

  static create(): IdList {
    return new IdList(SharedWords.create(MAXIMUM * WORDS).buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** As the adding thread sees it. */
  get length(): number {
    return this.#numbers.size;
  }

  /** The number of an id; new ids get the next one. */
  add(id: Uint8Array): number {
    const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
    const key = bytes.toString('latin1');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#words.ensure((number + 1) * WORDS);
    for (let word = 0; word < WORDS; word++)
      this.#words.store(number * WORDS + word, bytes.readUInt32LE(word * 4));
    this.#numbers.set(key, number);
    return number;
  }

  /** 64 hex digits. */
  name(number: number): string {
    const known = this.#names[number];
    if (known !== undefined) return known;
    const id = Buffer.allocUnsafe(WORDS * 4);
    for (let word = 0; word < WORDS; word++)
      id.writeUInt32LE(this.#words.load(number * WORDS + word), word * 4);
    const name = id.toString('hex');
    this.#names[number] = name;
    return name;
  }
}
