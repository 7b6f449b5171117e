/** The bytes of one pack, for a check that reads it from its beginning to its end. */
export interface PackBytes {
  /** How much is best read at once. */
  readonly pieceLength: number;
  /** Exactly this range. The bytes last until the read after the next one begins; of more than a piece, until the next. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Also for InletFile the most of which it reads two at a time. */
export const PIECE_OF_FILE = 1024 * 1024;
/** Of what passes a storage, which may be far away. */
export const PIECE_OF_STORAGE = 2 * 1024 * 1024;
