/**
 * Poly1305 of libsodium, taken from the binary that its package ships for this machine. The package itself would
 * load 17 modules, most of which search for the binary: a fortieth of a second of every thread.
 */
import { createRequire } from 'node:module';

interface Poly1305 {
  crypto_onetimeauth(tag: Buffer, message: Buffer, key: Buffer): unknown;
  crypto_onetimeauth_verify(tag: Buffer, message: Buffer, key: Buffer): boolean;
}

const TAG = 16;
const KEY = 32;

function load(): Poly1305 {
  const require = createRequire(import.meta.url);
  try {
    return require(`sodium-native/prebuilds/${process.platform}-${process.arch}/sodium-native.node`);
  } catch {
    // Another machine, or another form of the package: it knows where to look.
    return require('sodium-native');
  }
}

const sodium = load();

/** Writes the 16 bytes of the tag. The key has 32 bytes, for one message only. */
export function poly1305(tag: Buffer, message: Buffer, key: Buffer): void {
  assertLengths(tag, key);
  sodium.crypto_onetimeauth(tag, message, key);
}

/** Whether it is the tag of the message, compared in constant time. */
export function isPoly1305(tag: Buffer, message: Buffer, key: Buffer): boolean {
  assertLengths(tag, key);
  return sodium.crypto_onetimeauth_verify(tag, message, key);
}

/** The binary itself trusts its caller. */
function assertLengths(tag: Buffer, key: Buffer): void {
  if (tag.length !== TAG || key.length !== KEY)
    throw new RangeError(`a tag of ${tag.length} and a key of ${key.length} bytes`);
}
