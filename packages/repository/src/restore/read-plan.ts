/**
 * Plans how to read blobs from packs: blobs that lie close together come with one read, and no read is
 * so long that it costs much memory.
 */
export interface PackedRange {
  /** bytes from the start of the pack */
  readonly offset: number;
  /** bytes as stored */
  readonly length: number;
}

export interface ReadRange<B extends PackedRange> extends PackedRange {
  /** ordered by offset */
  readonly blobs: readonly B[];
}

/** A read grows no further than this; one larger blob still comes whole. */
const maxLength = 2 * 1024 * 1024;
/** Many tiny blobs cost more memory than their bytes say. */
const maxBlobs = 256;
/** Bytes nobody needs that are read along rather than starting another read. */
const maxGap = 128 * 1024;

/** The reads that bring all blobs of one pack, ordered by offset. Sorts `blobs` in place. */
export function planReads<B extends PackedRange>(blobs: B[]): ReadRange<B>[] {
  blobs.sort((a, b) => a.offset - b.offset);
  const ranges: { offset: number; length: number; blobs: B[] }[] = [];
  for (const blob of blobs) {
    const last = ranges.at(-1);
    const end = blob.offset + blob.length;
    if (
      last !== undefined &&
      last.blobs.length < maxBlobs &&
      blob.offset - (last.offset + last.length) <= maxGap &&
      end - last.offset <= maxLength
    ) {
      last.length = Math.max(last.length, end - last.offset);
      last.blobs.push(blob);
    } else {
      ranges.push({ offset: blob.offset, length: blob.length, blobs: [blob] });
    }
  }
  return ranges;
}
