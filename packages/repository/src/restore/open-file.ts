import { constants, openSync } from 'node:fs';

const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** A regular file that is there; links are not followed. */
export const openForWriting = (path: Buffer): number => openSync(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
