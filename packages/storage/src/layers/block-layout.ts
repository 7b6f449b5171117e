/**
 * What the two outer layers have in common: a header, then the file in blocks of 64 KiB, each sealed by itself
 * and 16 bytes longer than its plain bytes. Sizes can therefore be told, and ranges be read, without the rest.
 */
export const BLOCK = 64 * 1024;
export const TAG = 16;
export const SEALED_BLOCK = BLOCK + TAG;

/** Bytes of a sealed body (all behind the header). `emptyBlock`: an empty file has one block, which is empty. */
export function sealedBody(plain: number, emptyBlock: boolean): number {
  const blocks = Math.ceil(plain / BLOCK);
  return plain + TAG * (blocks === 0 && emptyBlock ? 1 : blocks);
}

/** Plain bytes of a body; undefined when no file has a body of this length. */
export function plainBody(sealed: number, emptyBlock: boolean): number | undefined {
  if (sealed < 0) return undefined;
  if (sealed === 0) return emptyBlock ? undefined : 0;
  if (sealed === TAG) return emptyBlock ? 0 : undefined;
  const blocks = Math.ceil(sealed / SEALED_BLOCK);
  const last = sealed - (blocks - 1) * SEALED_BLOCK;
  return last > TAG ? sealed - blocks * TAG : undefined;
}

/** The blocks that hold a range of plain bytes: numbers `first` up to, not including, `end`. */
export function blocksOf(start: number, length: number): { first: number; end: number } {
  const first = Math.floor(start / BLOCK);
  return { first, end: length === 0 ? first : Math.floor((start + length - 1) / BLOCK) + 1 };
}
