/** Pipes that a backup is read from. */
export { widenPipe } from '../filesystem/wide-pipe.ts';
