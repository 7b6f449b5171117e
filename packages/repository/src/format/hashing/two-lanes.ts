/**
 * The compression function of SHA-256 (FIPS 180-4, 6.2.2) for two messages at a time. A processor with instructions for it
 * waits for each step of one message as long as a second one takes: two cost what one does.
 *
 * OpenSSL has it for records of TLS (`crypto/sha/asm/sha256-mb-x86_64.pl`), and no documented function leads to it. It is
 * called by its name, which Node's binary exports, in the versions of OpenSSL that were looked at, and after a trial;
 * callers do without it where it is not to be had.
 */
import { hash } from 'node:crypto';
import { type Koffi, nativeCalls } from '@octobox/storage/native-calls';

export const BLOCK = 64;
export const WORDS = 8;

/** Of version 3.5, which is that of Node 26: `sha256_multi_block(SHA256_MB_CTX *, const HASH_DESC *, int)`. */
const LOOKED_AT = /^3\.5\./;

/** `SHA256_MB_CTX`: each of the eight words of the state for eight lanes. */
const LANES = 8;
/** `HASH_DESC`: a pointer, and an int in eight bytes. With the last argument 1 there are four of them. */
const DESCRIPTIONS = 4;

type Call = (states: Uint32Array, inputs: BigInt64Array, fours: number) => void;

export class TwoLanes {
  readonly #call: Call;
  readonly #addressOf: Koffi['address'];
  readonly #states = new Uint32Array(WORDS * LANES);
  readonly #inputs = new BigInt64Array(DESCRIPTIONS * 2);

  private constructor(koffi: Koffi) {
    this.#call = koffi
      .load(null)
      .func('sha256_multi_block', 'void', ['uint32_t *', 'int64_t *', 'int']) as Call;
    this.#addressOf = koffi.address;
  }

  static make(): TwoLanes | undefined {
    if (process.arch !== 'x64' || !LOOKED_AT.test(process.versions.openssl)) return undefined;
    const koffi = nativeCalls();
    if (koffi === undefined) return undefined;
    try {
      const lanes = new TwoLanes(koffi);
      return lanes.isRight() ? lanes : undefined;
    } catch (cause) {
      // A Node that does not export it.
      if (cause instanceof Error) return undefined;
      throw cause;
    }
  }

  /** Where bytes lie; good as long as somebody holds their memory. */
  addressOf(bytes: Buffer): bigint {
    return BigInt(this.#addressOf(bytes) as bigint | number);
  }

  /** Puts a state into a lane. */
  load(lane: 0 | 1, state: Uint32Array): void {
    for (let word = 0; word < WORDS; word++) this.#states[word * LANES + lane] = state[word] as number;
  }

  /** Takes the state of a lane. */
  store(lane: 0 | 1, state: Uint32Array): void {
    for (let word = 0; word < WORDS; word++) state[word] = this.#states[word * LANES + lane] as number;
  }

  /** Goes on with so many blocks from an address in each lane; a lane with none keeps its state. */
  run(first: bigint, firstBlocks: number, second: bigint, secondBlocks: number): void {
    const inputs = this.#inputs;
    inputs[0] = first;
    inputs[1] = BigInt(firstBlocks);
    inputs[2] = second;
    inputs[3] = BigInt(secondBlocks);
    this.#call(this.#states, inputs, 1);
  }

  /** Tries one and two lanes, of different lengths. */
  private isRight(): boolean {
    const text = Buffer.allocUnsafeSlow(5 * BLOCK).fill('two lanes');
    const address = this.addressOf(text);
    const [one, two] = [Uint32Array.from(INITIAL), Uint32Array.from(INITIAL)];
    this.load(0, one);
    this.load(1, two);
    this.run(address, 3, address + BigInt(BLOCK), 1);
    this.run(address, 0, address + BigInt(2 * BLOCK), 2);
    this.store(0, one);
    this.store(1, two);
    return [one, two].every((state, lane) =>
      this.#ends(state, text.subarray(lane * BLOCK, (lane + 3) * BLOCK)),
    );
  }

  /** Whether a state is that after these bytes: with their padding it must become their hash. */
  #ends(state: Uint32Array, bytes: Buffer): boolean {
    const padding = Buffer.allocUnsafeSlow(BLOCK).fill(0);
    pad(padding, 0, bytes.length);
    this.load(0, state);
    this.run(this.addressOf(padding), 1, 0n, 0);
    this.store(0, state);
    return isDigest(state, Buffer.from(hash('sha256', bytes), 'hex'));
  }
}

/** FIPS 180-4, 5.3.3. */
export const INITIAL = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** How many bytes a message has with its padding. */
export const paddedLength = (length: number): number => Math.ceil((length + 9) / BLOCK) * BLOCK;

/** Writes the padding of a message (FIPS 180-4, 5.1.1) of `total` bytes whose last ones end at `at`. */
export function pad(memory: Buffer, at: number, total: number): void {
  const end = at + paddedLength(total) - total;
  memory.fill(0, at, end - 8);
  memory[at] = 0x80;
  memory.writeUInt32BE(Math.floor(total / 2 ** 29), end - 8);
  memory.writeUInt32BE((total * 8) % 2 ** 32, end - 4);
}

/** Whether a state is a hash of 32 bytes. */
export function isDigest(state: Uint32Array, digest: Uint8Array): boolean {
  for (let word = 0, at = 0; word < WORDS; word++, at += 4) {
    const wanted =
      ((digest[at] as number) << 24) |
      ((digest[at + 1] as number) << 16) |
      ((digest[at + 2] as number) << 8) |
      (digest[at + 3] as number);
    if (wanted >>> 0 !== state[word]) return false;
  }
  return true;
}
