/**
 * Plans how to read blobs from packs: blobs that lie close together come with one read, and no read is
 * so long that it costs much memory.
 */
export interface PackedRange {
  /** bytes from the start of the pack */
  readonly offset: number;
  /** bytes as stored */
  readonly length: number;
  /** How much it counts among those of a read; 1 when absent. */
  readonly weight?: number | undefined;
}

export interface ReadRange<B extends PackedRange> extends PackedRange {
  /** ordered by offset */
  readonly blobs: readonly B[];
}

/** Many tiny blobs cost more memory than their bytes say, and many files open folders. */
const maxWeight = 256;
/** Bytes nobody needs that are read along rather than starting another read. */
const maxGap = 128 * 1024;

/**
 * The reads that bring all blobs of one pack, ordered by offset. Sorts `blobs` in place.
 * @param maxLength that a read grows to; one larger blob still comes whole
 */
export function planReads<B extends PackedRange>(blobs: B[], maxLength: number): ReadRange<B>[] {
  blobs.sort((a, b) => a.offset - b.offset);
  const ranges: { offset: number; length: number; blobs: B[] }[] = [];
  let weight = 0;
  for (const blob of blobs) {
    const last = ranges.at(-1);
    const end = blob.offset + blob.length;
    if (
      last !== undefined &&
      weight < maxWeight &&
      blob.offset - (last.offset + last.length) <= maxGap &&
      end - last.offset <= maxLength
    ) {
      last.length = Math.max(last.length, end - last.offset);
      last.blobs.push(blob);
      weight += blob.weight ?? 1;
    } else {
      ranges.push({ offset: blob.offset, length: blob.length, blobs: [blob] });
      weight = blob.weight ?? 1;
    }
  }
  return ranges;
}
