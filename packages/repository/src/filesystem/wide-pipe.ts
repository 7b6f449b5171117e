import { libc } from './libc.ts';

/** What the system lets anybody have. */
const WIDE = 1024 * 1024;

/**
 * Lets a program that writes into this pipe go on while its reader is busy: usually no more than 64 KiB wait in one.
 * Where that cannot be had, the pipe stays as it is.
 */
export function widenPipe(descriptor: number): void {
  libc()?.setPipeSize(descriptor, WIDE);
}
