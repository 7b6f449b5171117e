/** The bytes of one pack, for a check that reads it from its beginning to its end. */
export interface PackBytes {
  /** How much is best read at once. */
  readonly pieceLength: number;
  /** Exactly this range. The bytes last until the read after the next one begins. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

const MEBIBYTE = 1024 * 1024;

/** Of a pack that lies on this machine. */
export const PIECE_OF_FILE = MEBIBYTE;
/** Of what passes a storage, or layers: at both ends they give more than is asked for. */
export const PIECE_OF_STORAGE = 2 * MEBIBYTE;
