/**
 * Reads JSON step by step out of its bytes (RFC 8259), so that a document of many megabytes never becomes a
 * string or a tree of objects. For documents of known shape; strings are taken as bytes unless asked for.
 */
import { FormatError } from '../../errors.ts';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const MAX_DEPTH = 100;

/** The value of a hex digit by its character code, 255 for every other byte. */
const HEX = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

export class JsonReader {
  readonly #bytes: Buffer;
  readonly #words: readonly { readonly text: string; readonly bytes: Buffer }[];
  #at = 0;

  /** `words` are keys and texts that come again and again: they are recognised without making a string. */
  constructor(bytes: Buffer, words: readonly string[] = []) {
    this.#bytes = bytes;
    this.#words = words.map((text) => ({ text, bytes: Buffer.from(text) }));
  }

  /** What is read. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where the next byte is read; give it back to `seek` to read a value once more. */
  get position(): number {
    return this.#at;
  }

  seek(position: number): void {
    this.#at = position;
  }

  /** Enters an object, or passes `null` and gives false. */
  beginObject(): boolean {
    return this.#begin(OPEN_OBJECT, 'an object');
  }

  /** The next key of the object, undefined at its end. `first` is true for the first key. */
  key(first: boolean): string | undefined {
    if (!this.#more(first, CLOSE_OBJECT)) return undefined;
    const start = this.#string();
    const key = this.#word(start, this.#at - 1);
    this.#expect(COLON);
    return key;
  }

  /** Enters a list, or passes `null` and gives false. */
  beginList(): boolean {
    return this.#begin(OPEN_LIST, 'a list');
  }

  /** Whether the list has one more value, which is then next. */
  item(first: boolean): boolean {
    return this.#more(first, CLOSE_LIST);
  }

  /** A string; escapes are left as they are. */
  text(): string {
    const start = this.#string();
    return this.#word(start, this.#at - 1);
  }

  /** Reads 64 hex digits into 32 bytes. */
  id(into: Uint8Array): void {
    const start = this.#string();
    if (this.#at - 1 - start !== 64) throw this.#error('an id that is not 64 digits long');
    const bytes = this.#bytes;
    for (let i = 0; i < 32; i++) {
      const high = HEX[bytes[start + 2 * i] ?? 0] ?? 255;
      const low = HEX[bytes[start + 2 * i + 1] ?? 0] ?? 255;
      if ((high | low) > 15) throw this.#error('an id that is not hexadecimal');
      into[i] = (high << 4) | low;
    }
  }

  /** A whole number from 0 to 2^32 - 1: lengths and offsets in packs. */
  uint32(): number {
    this.#skipSpace();
    const start = this.#at;
    let value = 0;
    for (;;) {
      const digit = (this.#bytes[this.#at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > 0xffffffff) throw this.#error('a number above 4294967295');
      this.#at++;
    }
    const next = this.#bytes[this.#at];
    if (start === this.#at || next === 0x2e || next === 0x65 || next === 0x45)
      throw this.#error('no whole number');
    return value;
  }

  /** Passes a value of any kind. */
  skip(depth = 0): void {
    if (depth > MAX_DEPTH) throw this.#error('values nested too deep');
    const first = this.#skipSpace();
    if (first === QUOTE) {
      this.#string();
    } else if (first === OPEN_OBJECT) {
      this.#at++;
      for (let start = true; this.key(start) !== undefined; start = false) this.skip(depth + 1);
    } else if (first === OPEN_LIST) {
      this.#at++;
      for (let start = true; this.item(start); start = false) this.skip(depth + 1);
    } else {
      this.#literal();
    }
  }

  /** Asserts that nothing but space follows. */
  end(): void {
    if (this.#skipSpace() !== undefined) throw this.#error('something behind the end');
  }

  #word(start: number, end: number): string {
    next: for (const { text, bytes } of this.#words) {
      if (bytes.length !== end - start) continue;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] !== this.#bytes[start + i]) continue next;
      return text;
    }
    return this.#bytes.toString('utf8', start, end);
  }

  #literal(): void {
    const start = this.#at;
    while (/[-+.0-9A-Za-z]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0x20))) this.#at++;
    const text = this.#bytes.toString('latin1', start, this.#at);
    if (!/^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)$/.test(text)) {
      this.#at = start;
      throw this.#error('no value');
    }
  }

  #begin(bracket: number, what: string): boolean {
    if (this.#skipSpace() === 0x6e) {
      this.#literal();
      return false;
    }
    if (this.#bytes[this.#at] !== bracket) throw this.#error(`not ${what}`);
    this.#at++;
    return true;
  }

  #more(first: boolean, close: number): boolean {
    const next = this.#skipSpace();
    if (next === close) {
      this.#at++;
      return false;
    }
    if (first) return true;
    if (next !== COMMA) throw this.#error('no comma');
    this.#at++;
    if (this.#skipSpace() === close) throw this.#error('a comma before the end of a list');
    return true;
  }

  /** Passes a string; gives where its bytes begin, and stands behind its closing quote. */
  #string(): number {
    this.#expect(QUOTE);
    const start = this.#at;
    const bytes = this.#bytes;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        this.#at = at + 1;
        return start;
      }
    }
    throw this.#error('a string without end');
  }

  #expect(byte: number): void {
    if (this.#skipSpace() !== byte) throw this.#error(`no ${JSON.stringify(String.fromCharCode(byte))}`);
    this.#at++;
  }

  #skipSpace(): number | undefined {
    let byte = this.#bytes[this.#at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.#bytes[++this.#at];
    return byte;
  }

  #error(found: string): FormatError {
    return new FormatError(`its JSON has ${found} at byte ${this.#at}`);
  }
}
