/**
 * The header of an age file (C2SP `age.md`, "Header"), lines ended by a line feed:
 *
 *   age-encryption.org/v1
 *   -> type argument…            a stanza for each recipient: the file key, wrapped for that recipient
 *   base64                       lines of 64 columns; the last one is shorter, and may be empty
 *   --- base64 of the MAC        HMAC-SHA-256 over all up to and including `---`
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { HeaderError } from '../layer-format.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

export interface Stanza {
  /** type, then arguments: printable ASCII without spaces */
  readonly args: readonly [string, ...string[]];
  readonly body: Buffer;
}

export interface AgeHeader {
  readonly stanzas: readonly Stanza[];
  readonly mac: Buffer;
  /** what the MAC covers */
  readonly covered: Buffer;
  /** bytes up to and including the line feed behind the MAC */
  readonly length: number;
}

export const FILE_KEY = 16;
/** More than any header of a repository; what goes on for longer is not read. */
export const LONGEST_HEADER = 64 * 1024;

const VERSION = 'age-encryption.org/v1';
const COLUMNS = 64;
const MAC = 32;
const LINE_FEED = 0x0a;

const invalid = (problem: string): HeaderError =>
  new HeaderError('damaged', `its age header is invalid: ${problem}`);

/** Undefined when the header goes on behind `bytes`. Throws `HeaderError` for what is no header. */
export function decodeHeader(bytes: Buffer): AgeHeader | undefined {
  const head = bytes.subarray(0, LONGEST_HEADER);
  const start = Buffer.from(`${VERSION}\n`);
  if (!head.subarray(0, start.length).equals(start.subarray(0, head.length)))
    throw new HeaderError('not-this-layer', 'it does not begin as an age file');
  const lines = new Lines(head, start.length);
  const stanzas: Stanza[] = [];
  for (;;) {
    const at = lines.at;
    const line = lines.next();
    if (line === undefined) {
      if (head.length < LONGEST_HEADER) return undefined;
      throw invalid(`it is longer than ${LONGEST_HEADER} bytes`);
    }
    if (line.startsWith('---')) {
      const mac = line.startsWith('--- ') ? decodeBase64(line.slice(4)) : undefined;
      if (mac?.length !== MAC) throw invalid('the line with the MAC');
      if (stanzas.length === 0) throw invalid('it has no recipient');
      return { stanzas, mac, covered: head.subarray(0, at + 3), length: lines.at };
    }
    const stanza = readStanza(line, lines);
    if (stanza !== undefined) stanzas.push(stanza);
  }
}

/** Undefined when the stanza goes on behind the bytes at hand. */
function readStanza(line: string, lines: Lines): Stanza | undefined {
  const [arrow, type, ...rest] = line.split(' ');
  if (arrow !== '->' || type === undefined) throw invalid('a line that is no recipient');
  for (const argument of [type, ...rest])
    if (!/^[\x21-\x7e]+$/.test(argument)) throw invalid('an argument of a recipient');
  const parts: Buffer[] = [];
  for (;;) {
    const body = lines.next();
    if (body === undefined) return undefined;
    const part = body.length > COLUMNS ? undefined : decodeBase64(body);
    if (part === undefined) throw invalid('the body of a recipient');
    parts.push(part);
    if (body.length < COLUMNS) return { args: [type, ...rest], body: Buffer.concat(parts) };
  }
}

class Lines {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The next line; undefined when its end is not there. */
  next(): string | undefined {
    const end = this.#bytes.indexOf(LINE_FEED, this.at);
    if (end < 0) {
      this.at = this.#bytes.length;
      return undefined;
    }
    const line = this.#bytes.toString('latin1', this.at, end);
    this.at = end + 1;
    return line;
  }
}

/** The bytes that the MAC covers. */
function encodeCovered(stanzas: readonly Stanza[]): string {
  let text = `${VERSION}\n`;
  for (const { args, body } of stanzas) {
    text += `-> ${args.join(' ')}\n`;
    const base64 = encodeBase64(body);
    // A body that fills its last line is followed by an empty one.
    for (let at = 0; at <= base64.length; at += COLUMNS) text += `${base64.slice(at, at + COLUMNS)}\n`;
  }
  return `${text}---`;
}

export function encodeHeader(stanzas: readonly Stanza[], fileKey: Buffer): Buffer {
  const covered = Buffer.from(encodeCovered(stanzas), 'latin1');
  return Buffer.concat([covered, Buffer.from(` ${encodeBase64(headerMac(fileKey, covered))}\n`)]);
}

function headerMac(fileKey: Buffer, covered: Buffer): Buffer {
  return createHmac('sha256', hkdf(fileKey, '', 'header'))
    .update(covered)
    .digest();
}

/** Throws `HeaderError` when the header was changed by somebody who does not know the file key. */
export function assertMac(header: AgeHeader, fileKey: Buffer): void {
  if (timingSafeEqual(headerMac(fileKey, header.covered), header.mac)) return;
  throw new HeaderError('damaged', 'its age header was changed: the MAC does not match');
}

/** HKDF with SHA-256 to 32 bytes. */
export const hkdf = (key: Buffer, salt: Uint8Array | string, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, 32));
