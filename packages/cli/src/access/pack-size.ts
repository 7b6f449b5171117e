import type { Environment } from '../environment.ts';
import { UsageError } from '../errors.ts';

/** restic's limits, in MiB: other programs need not open packs beyond them. */
const [smallest, largest] = [4, 128];
const mebibyte = 1024 * 1024;

/** Bytes at which packs are finished; undefined leaves it to the engine. */
export function packSize(
  cli: { readonly env: Environment },
  flags: { readonly packSize?: number },
): number | undefined {
  const text = flags.packSize === undefined ? cli.env.packSize : String(flags.packSize);
  if (text === undefined || text === '0') return undefined;
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(size >= smallest && size <= largest)) {
    throw new UsageError(`packs cannot have a size of ${text} MiB`, {
      advice: `Give --pack-size or RESTIC_PACK_SIZE a whole number of MiB from ${smallest} to ${largest}.`,
    });
  }
  return size * mebibyte;
}
