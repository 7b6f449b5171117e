/** Finds the pieces of a blob that must be written when holes stand for zeros. */

/** File systems make holes of whole blocks of this size. */
const block = 4096;
const zeros = Buffer.alloc(block);

/**
 * The pieces that are not zero, as [start, end) within `bytes`; blocks are aligned to the file.
 * @param offset where `bytes` begins in the file
 */
export function* piecesWithData(bytes: Buffer, offset: number): Generator<[start: number, end: number]> {
  let from = -1;
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + block - ((offset + start) % block));
    const isZero = bytes.compare(zeros, 0, end - start, start, end) === 0;
    if (isZero && from >= 0) {
      yield [from, start];
      from = -1;
    } else if (!isZero && from < 0) {
      from = start;
    }
    start = end;
  }
  if (from >= 0) yield [from, bytes.length];
}
