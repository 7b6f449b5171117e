import type { PruneOptions } from '@octobox/repository';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { size } from './values.ts';

export interface PruneFlags {
  readonly maxUnused?: NonNullable<PruneOptions['maxUnused']>;
  readonly maxRepackSize?: number;
  readonly repackCacheableOnly?: boolean;
  readonly repackSmall?: boolean;
  readonly repackSmallerThan?: number;
  readonly repackUncompressed?: boolean;
}

function unusedLimit(text: string): NonNullable<PruneOptions['maxUnused']> {
  if (text === 'unlimited') return text;
  if (/^\d+(\.\d+)?%$/.test(text)) return text as `${number}%`;
  try {
    return size(text);
  } catch {
    throw new InvalidArgumentError('It must be a share such as 5%, a size such as 500M, or unlimited.');
  }
}

/** It deletes the index before it writes a new one: an interruption then leaves a repository without any. */
function noFreeSpace(): never {
  throw new InvalidArgumentError(
    'It is not offered, because an interruption would leave a repository without an index. ' +
      'Free a few KiB on that disk, then forget with --no-lock what may go, and prune with --no-lock ' +
      '--max-repack-size 0, which rewrites nothing; nobody else may use the repository meanwhile.',
  );
}

const heading = 'How much to tidy up:';

export function addPruneOptions(command: Command): void {
  const options = [
    new Option(
      '--max-unused <limit>',
      'leave so much unused data in place: a share (5% unless said), a size, or unlimited',
    ).argParser(unusedLimit),
    new Option('--max-repack-size <size>', 'rewrite at most about this much').argParser(size),
    new Option('--repack-cacheable-only', 'rewrite only packs of folder listings'),
    new Option('--repack-small', 'rewrite all small packs'),
    new Option('--repack-smaller-than <size>', 'rewrite all packs below this size').argParser(size),
    new Option('--repack-uncompressed', 'compress what is not'),
    new Option('--unsafe-recover-no-free-space <id>', 'not offered: refused with what to do instead')
      .argParser(noFreeSpace)
      .hideHelp(),
  ];
  for (const option of options) command.addOption(option.helpGroup(heading));
}

export const pruneOptions = (flags: PruneFlags): PruneOptions => ({
  ...(flags.maxUnused === undefined ? {} : { maxUnused: flags.maxUnused }),
  ...(flags.maxRepackSize === undefined ? {} : { maxRepackSize: flags.maxRepackSize }),
  ...(flags.repackSmallerThan === undefined ? {} : { smallPackSize: flags.repackSmallerThan }),
  repackCacheableOnly: flags.repackCacheableOnly ?? false,
  repackSmall: flags.repackSmall ?? flags.repackSmallerThan !== undefined,
  repackUncompressed: flags.repackUncompressed ?? false,
});
