/**
 * Finds the pieces of a JSON text without building it: a folder of a million entries is read node by node.
 *
 * Only the structure is checked here (brackets, strings, commas); each piece is parsed by whoever takes it.
 */
import { FormatError } from '../../errors.ts';

/** What was read is no tree. */
export class TreeSyntaxError extends FormatError {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The elements of the list under `key` in the object that `bytes` hold, as slices. */
export function* jsonElements(bytes: Buffer, key: string): Generator<Buffer, void, void> {
  let at = expect(bytes, skipSpace(bytes, 0), OPEN_OBJECT);
  for (let seen = false; ; ) {
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) {
      if (!seen) throw new TreeSyntaxError(`there is no ${key}`);
      return;
    }
    const member = readKey(bytes, at);
    at = skipSpace(bytes, member.end);
    if (member.key === key && !seen) {
      seen = true;
      at = yield* listElements(bytes, at);
    } else {
      at = skipValue(bytes, at);
    }
    at = afterElement(bytes, at, CLOSE_OBJECT);
  }
}

/**
 * The elements of a list whose text comes in pieces and begins behind its bracket: what is whole in each piece, as
 * slices. Ends with the list.
 */
export async function* listParts(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer[], void, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const { elements, end } = wholeElements(bytes);
    yield elements;
    if (bytes[end] === CLOSE_LIST) return;
    rest = bytes.subarray(end);
  }
  throw new TreeSyntaxError('it ends too early');
}

function wholeElements(bytes: Buffer): { elements: Buffer[]; end: number } {
  const elements: Buffer[] = [];
  for (let at = skipSpace(bytes, 0); ; ) {
    const from = bytes[at] === COMMA ? skipSpace(bytes, at + 1) : at;
    const end = bytes[from] === OPEN_OBJECT ? endOfValue(bytes, from) : undefined;
    if (end === undefined) return { elements, end: at };
    elements.push(bytes.subarray(from, end));
    at = skipSpace(bytes, end);
  }
}

/** Undefined when the bytes end before the value does. */
function endOfValue(bytes: Buffer, from: number): number | undefined {
  try {
    return skipValue(bytes, from);
  } catch (error) {
    if (error instanceof TreeSyntaxError) return undefined;
    throw error;
  }
}

/** The members of an object, each value as a slice. */
export function* objectMembers(bytes: Buffer): Generator<[string, Buffer], void, void> {
  let at = expect(bytes, skipSpace(bytes, 0), OPEN_OBJECT);
  for (;;) {
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return;
    const { key, end } = readKey(bytes, at);
    const from = skipSpace(bytes, end);
    at = skipValue(bytes, from);
    yield [key, bytes.subarray(from, at)];
    at = afterElement(bytes, at, CLOSE_OBJECT);
  }
}

function* listElements(bytes: Buffer, from: number): Generator<Buffer, number, void> {
  let at = skipSpace(bytes, expect(bytes, from, OPEN_LIST));
  while (bytes[at] !== CLOSE_LIST) {
    const end = skipValue(bytes, at);
    yield bytes.subarray(at, end);
    at = skipSpace(bytes, afterElement(bytes, end, CLOSE_LIST));
  }
  return at + 1;
}

function afterElement(bytes: Buffer, from: number, close: number): number {
  const at = skipSpace(bytes, from);
  if (bytes[at] === close) return at;
  const next = skipSpace(bytes, expect(bytes, at, COMMA));
  if (bytes[next] === close) throw new TreeSyntaxError(`a comma without a value at byte ${at}`);
  return next;
}

function readKey(bytes: Buffer, from: number): { key: string; end: number } {
  const end = skipString(bytes, from);
  let key: unknown;
  try {
    key = JSON.parse(bytes.toString('utf8', from, end));
  } catch (cause) {
    throw new TreeSyntaxError(`a broken key at byte ${from}`, { cause });
  }
  return { key: String(key), end: expect(bytes, skipSpace(bytes, end), COLON) };
}

/** Where the value that begins at `from` ends. */
export function skipValue(bytes: Buffer, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return skipString(bytes, from);
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) return skipScalar(bytes, from);
  let depth = 0;
  for (let at = from; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
    at++;
    if (depth === 0) return at;
  }
  throw new TreeSyntaxError('it ends too early');
}

function skipScalar(bytes: Buffer, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte <= 0x20) break;
  }
  if (at === from || at === bytes.length) throw new TreeSyntaxError(`no value at byte ${from}`);
  return at;
}

function skipString(bytes: Buffer, from: number): number {
  expect(bytes, from, QUOTE);
  for (let at = from + 1; ; ) {
    const end = bytes.indexOf(QUOTE, at);
    if (end === -1) throw new TreeSyntaxError('it ends inside a string');
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH && end - 1 - slashes > from) slashes++;
    if (slashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte)
    throw new TreeSyntaxError(`${JSON.stringify(String.fromCharCode(byte))} is missing at byte ${at}`);
  return at + 1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
