import type { PackUsage } from './pack-usage.ts';
import { InvalidPruneOptionError } from './prune-errors.ts';
import type { PruneOptions } from './prune-plan.ts';

const defaultMaxUnused = '5%';
/** restic writes no packs larger than this. */
const largestPack = 128 * 1024 * 1024;

/** @throws InvalidPruneOptionError */
export function checkPruneOptions(options: PruneOptions, version: 1 | 2): void {
  unusedShare(options);
  if (options.repackUncompressed && version < 2) {
    throw new InvalidPruneOptionError(
      'a repository of format version 1 cannot hold compressed blobs',
      'Leave the option out, or migrate the repository to version 2 first.',
    );
  }
  for (const [name, bytes] of [
    ['the limit for packs to write again', options.maxRepackSize],
    ['the size of small packs', options.smallPackSize],
  ] as const) {
    if (bytes !== undefined && !(bytes >= 0)) {
      throw new InvalidPruneOptionError(`${name} cannot be ${bytes} bytes`, 'Give a number of bytes from 0.');
    }
  }
  if ((options.smallPackSize ?? 0) > largestPack) {
    throw new InvalidPruneOptionError(
      'packs cannot grow to the size of small packs that was given',
      'Give less than 128 MiB.',
    );
  }
}

/** Unused bytes that may stay, among the used bytes that there are. */
export function maxUnusedBytes(options: PruneOptions, usage: PackUsage): number {
  const unused = unusedShare(options);
  if (typeof unused === 'number') return unused;
  if (unused.share === 1) return Number.POSITIVE_INFINITY;
  const used = usage.usedBytes.reduce((total, bytes) => total + bytes, 0);
  return (unused.share / (1 - unused.share)) * used;
}

/** Bytes, or a share of the whole repository as it will be. */
function unusedShare(options: PruneOptions): number | { readonly share: number } {
  const given = options.maxUnused ?? defaultMaxUnused;
  if (given === 'unlimited') return { share: 1 };
  if (typeof given === 'number' && given >= 0) return given;
  const percent = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(String(given))?.[1];
  const share = Number(percent) / 100;
  if (share >= 0 && share < 1) return { share };
  throw new InvalidPruneOptionError(
    `${given} is no limit for unused bytes`,
    "Give bytes, a share from 0% to below 100%, or 'unlimited'.",
  );
}
