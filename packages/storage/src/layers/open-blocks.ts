import { BLOCK, SEALED_BLOCK } from './block-layout.ts';
import type { BlockCipher } from './layer-format.ts';

/**
 * Opens blocks that lie one after another, the first of this number; with `ends` the last one ends the file.
 * Gives the number of the first block that is not authentic: then what is in `plain` is not to be used.
 */
export function openBlocks(
  cipher: BlockCipher,
  sealed: Buffer,
  plain: Buffer,
  first: number,
  ends: boolean,
): number | undefined {
  const blocks = Math.ceil(sealed.length / SEALED_BLOCK);
  for (let at = 0; at < blocks; at++) {
    const into = plain.subarray(at * BLOCK, (at + 1) * BLOCK);
    const from = sealed.subarray(at * SEALED_BLOCK, (at + 1) * SEALED_BLOCK);
    if (!cipher.open(into, from, first + at, ends && at === blocks - 1)) return first + at;
  }
  return undefined;
}
