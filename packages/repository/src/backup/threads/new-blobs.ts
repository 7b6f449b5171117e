/** How much of something was not stored yet. */
export interface NewBlobs {
  count: number;
  /** bytes before compression */
  bytes: number;
  /** bytes as stored */
  stored: number;
}

export const noBlobs = (): NewBlobs => ({ count: 0, bytes: 0, stored: 0 });

export function countIn(sum: NewBlobs, { count, bytes, stored }: NewBlobs): void {
  sum.count += count;
  sum.bytes += bytes;
  sum.stored += stored;
}
