/**
 * A blob in an index file, spelled exactly as restic and Octobox spell it: read without looking for anything, because an
 * index has a million of them. What is spelled in another way is left to the JSON reader.
 */
import type { BlobType } from './blob.ts';
import { HEX_ID, readHexId } from './json/hex-id.ts';

const ID = Buffer.from('{"id":"');
const TYPE = Buffer.from('","type":"');
const OFFSET = Buffer.from('","offset":');
const LENGTH = Buffer.from(',"length":');
const PLAIN = Buffer.from(',"uncompressed_length":');
const DATA = Buffer.from('data');
const TREE = Buffer.from('tree');
const CLOSE = 0x7d;

export class UsualBlob {
  readonly #json: Buffer;
  #at = 0;
  readonly id = new Uint8Array(32);
  type: BlobType = 'data';
  offset = 0;
  length = 0;
  uncompressedLength = 0;
  /** Behind the blob. */
  end = 0;

  constructor(json: Buffer) {
    this.#json = json;
  }

  /** Whether one begins there; the fields are then its own. */
  read(at: number): boolean {
    this.#at = at;
    if (!this.#passes(ID) || !this.#readId() || !this.#passes(TYPE) || !this.#readType()) return false;
    if (!this.#passes(OFFSET)) return false;
    this.offset = this.#number();
    if (!this.#passes(LENGTH)) return false;
    this.length = this.#number();
    this.uncompressedLength = this.#passes(PLAIN) ? this.#number() : 0;
    if (this.offset < 0 || this.length < 0 || this.uncompressedLength < 0) return false;
    if (this.#json[this.#at] !== CLOSE) return false;
    this.end = this.#at + 1;
    return true;
  }

  #passes(text: Buffer): boolean {
    const [json, at] = [this.#json, this.#at];
    for (let i = 0; i < text.length; i++) if (json[at + i] !== text[i]) return false;
    this.#at = at + text.length;
    return true;
  }

  #readId(): boolean {
    const at = this.#at;
    this.#at = at + HEX_ID;
    return readHexId(this.#json, at, this.id);
  }

  #readType(): boolean {
    if (this.#passes(DATA)) this.type = 'data';
    else if (this.#passes(TREE)) this.type = 'tree';
    else return false;
    return true;
  }

  /** -1 when there is none, or one that needs a closer look. */
  #number(): number {
    const json = this.#json;
    const start = this.#at;
    let value = 0;
    for (
      let digit = (json[this.#at] ?? 0) - 0x30;
      digit >= 0 && digit <= 9;
      digit = (json[this.#at] ?? 0) - 0x30
    ) {
      value = value * 10 + digit;
      this.#at++;
    }
    return this.#at === start || value > 0xffffffff ? -1 : value;
  }
}
