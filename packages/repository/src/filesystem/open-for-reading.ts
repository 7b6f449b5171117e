/** Opens a file of which a listing said that it is a regular one, when that may have changed since. */
import { constants, openSync } from 'node:fs';

/**
 * A FIFO in the file's place does not block, a link is refused (ELOOP), and the access time stays as it is where this
 * user may ask for that. The caller still looks at what was opened.
 */
export function openForReading(path: Buffer): number {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(path, flags | (constants.O_NOATIME ?? 0));
  } catch (error) {
    // Only a file's owner may leave its access time alone.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
    return openSync(path, flags);
  }
}
