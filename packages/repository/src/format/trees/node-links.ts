/**
 * Reads of a node's JSON only what it refers to, many times faster than `decodeNode`: for walks over all trees.
 *
 * The bytes are followed along the one spelling that restic and Octobox write, with its order of keys, and every value
 * is checked as strictly as `decodeNode` does. Whatever is spelled differently is left to that.
 */

const [QUOTE, BACKSLASH, COMMA, SLASH, DOT, ZERO] = [0x22, 0x5c, 0x2c, 0x2f, 0x2e, 0x30];
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];

const literal = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const NAME = literal('{"name":"');
const TYPE = literal('","type":"');
const [FILE, DIR] = [literal('file"'), literal('dir"')];
const OTHER_TYPES = ['symlink"', 'dev"', 'chardev"', 'fifo"', 'socket"'].map(literal);
const MODE = literal(',"mode":');
const TIMES = [',"mtime":"', ',"atime":"', ',"ctime":"'].map(literal);
const OWNERS = [',"uid":', ',"gid":'].map(literal);
const OWNER_NAMES = [',"user":"', ',"group":"'].map(literal);
const WIDE_KEYS = [',"inode":', ',"device_id":', ',"size":', ',"links":'].map(literal);
const TARGETS = [',"linktarget":"', ',"linktarget_raw":"'].map(literal);
const ATTRIBUTES = literal(',"extended_attributes":[');
const [ATTRIBUTE_NAME, ATTRIBUTE_VALUE] = [literal('{"name":"'), literal('","value":"')];
const DEVICE = literal(',"device":');
const CONTENT = literal(',"content":');
const NULL = literal('null');
const SUBTREE = literal(',"subtree":"');
const ERROR = literal(',"error":"');

/** The value of a hex digit by its character code, 255 for every other byte. */
const HEX = new Uint8Array(256).fill(255);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

const ID = 32;
const NARROW = 0xffffffff;
/** Below 2^64, and rounding does not matter. */
const WIDE = 9.9e18;

/** Follows one node after another; the fields tell of the last one. */
export class NodeLinkReader {
  /** The name lies between these places of the bytes. */
  nameStart = 0;
  nameEnd = 0;
  /** How many ids of contents there are. */
  contents = 0;
  /** The ids of the contents, one behind another. */
  ids = new Uint8Array(64 * ID);
  /** The id of its tree when it is a folder. */
  subtree: Uint8Array | undefined;
  readonly #subtree = new Uint8Array(ID);
  #isFile = false;
  #isFolder = false;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;

  /** Where the node that begins at `from` ends; -1 when it is spelled otherwise, or holds what no sound tree does. */
  read(bytes: Uint8Array, from: number): number {
    this.#bytes = bytes;
    this.#at = from;
    return this.#metadata() && this.#links() ? this.#at : -1;
  }

  #metadata(): boolean {
    if (!this.#name() || !this.#type()) return false;
    if (this.#skip(MODE) && !this.#number(NARROW)) return false;
    for (const key of TIMES) if (!this.#skip(key) || !this.#time()) return false;
    for (const key of OWNERS) if (!this.#skip(key) || !this.#number(NARROW)) return false;
    for (const key of OWNER_NAMES) if (this.#skip(key) && !this.#text()) return false;
    for (const key of WIDE_KEYS) if (this.#skip(key) && !this.#number(WIDE)) return false;
    for (const key of TARGETS) if (this.#skip(key) && !this.#text()) return false;
    if (this.#skip(ATTRIBUTES) && !this.#attributes()) return false;
    return !this.#skip(DEVICE) || this.#number(WIDE);
  }

  #links(): boolean {
    this.contents = 0;
    if (!this.#skip(CONTENT)) return false;
    if (this.#skip(NULL)) {
      if (this.#isFile) return false;
    } else if (!this.#contents()) return false;
    const hasSubtree = this.#skip(SUBTREE);
    if (hasSubtree && !this.#id(this.#subtree, 0)) return false;
    if (this.#isFolder && !hasSubtree) return false;
    this.subtree = this.#isFolder ? this.#subtree : undefined;
    if (this.#skip(ERROR) && !this.#text()) return false;
    return this.#bytes[this.#at++] === 0x7d;
  }

  /** A plain one, without escapes. */
  #name(): boolean {
    if (!this.#skip(NAME)) return false;
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (; ; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte < 0x20 || byte === BACKSLASH || byte === SLASH) return false;
    }
    this.nameStart = start;
    this.nameEnd = at;
    this.#at = at;
    const length = at - start;
    const dots = length <= 2 && bytes[start] === DOT && (length === 1 || bytes[start + 1] === DOT);
    return length > 0 && !dots;
  }

  #type(): boolean {
    if (!this.#skip(TYPE)) return false;
    this.#isFile = this.#skip(FILE);
    this.#isFolder = !this.#isFile && this.#skip(DIR);
    if (this.#isFile || this.#isFolder) return true;
    for (const type of OTHER_TYPES) if (this.#skip(type)) return true;
    return false;
  }

  /** Passes these bytes when they are next. */
  #skip(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.#at = at + expected.length;
    return true;
  }

  #number(most: number): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (; ; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    const isWhole = bytes[at] === COMMA && at > start && (bytes[start] !== ZERO || at - start === 1);
    return isWhole && value <= most;
  }

  /** The rest of a string without escapes, with its closing quote. */
  #text(): boolean {
    const bytes = this.#bytes;
    for (let at = this.#at; ; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (byte < 0x20 || byte === BACKSLASH) return false;
    }
  }

  /** `2006-01-02T15:04:05.999999999Z` or with an offset as `+07:00`, and its closing quote. */
  #time(): boolean {
    const at = this.#at;
    const isTime =
      this.#digits(at, 4) === 0x2d &&
      this.#digits(at + 5, 2) === 0x2d &&
      this.#digits(at + 8, 2) === 0x54 &&
      this.#digits(at + 11, 2) === 0x3a &&
      this.#digits(at + 14, 2) === 0x3a;
    if (!isTime) return false;
    let next = this.#digits(at + 17, 2);
    let end = at + 19;
    if (next === DOT) {
      const start = ++end;
      while (isDigit(this.#bytes[end])) end++;
      if (end === start) return false;
      next = this.#bytes[end] ?? 0;
    }
    if (next === 0x2b || next === 0x2d) {
      if (this.#digits(end + 1, 2) !== 0x3a || this.#digits(end + 4, 2) !== QUOTE) return false;
      end += 6;
    } else if (next !== 0x5a) return false;
    else end++;
    this.#at = end + 1;
    return this.#bytes[end] === QUOTE;
  }

  /** The byte behind so many digits, 0 when they are no digits. */
  #digits(at: number, count: number): number {
    const bytes = this.#bytes;
    for (let i = 0; i < count; i++) if (!isDigit(bytes[at + i])) return 0;
    return bytes[at + count] ?? 0;
  }

  #attributes(): boolean {
    for (;;) {
      if (!this.#skip(ATTRIBUTE_NAME) || !this.#text()) return false;
      // The text took the quote that the next key begins with.
      this.#at--;
      if (!this.#skip(ATTRIBUTE_VALUE) || !this.#text()) return false;
      const bytes = this.#bytes;
      if (bytes[this.#at++] !== 0x7d) return false;
      const next = bytes[this.#at++];
      if (next === CLOSE_LIST) return true;
      if (next !== COMMA) return false;
    }
  }

  #contents(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at++] !== OPEN_LIST) return false;
    if (bytes[this.#at] === CLOSE_LIST) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (bytes[this.#at++] !== QUOTE) return false;
      const start = this.contents * ID;
      if (start === this.ids.length) this.#makeRoom();
      if (!this.#id(this.ids, start)) return false;
      this.contents++;
      const next = bytes[this.#at++];
      if (next === CLOSE_LIST) return true;
      if (next !== COMMA) return false;
    }
  }

  #makeRoom(): void {
    const larger = new Uint8Array(2 * this.ids.length);
    larger.set(this.ids);
    this.ids = larger;
  }

  /** 64 hex digits that are not all zero, and the closing quote. */
  #id(into: Uint8Array, start: number): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    let some = 0;
    for (let i = 0; i < ID; i++) {
      const high = HEX[bytes[at + 2 * i] ?? 0] ?? 255;
      const low = HEX[bytes[at + 2 * i + 1] ?? 0] ?? 255;
      if ((high | low) > 15) return false;
      const byte = (high << 4) | low;
      into[start + i] = byte;
      some |= byte;
    }
    this.#at = at + 2 * ID + 1;
    return some !== 0 && bytes[at + 2 * ID] === QUOTE;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39;
