import type { Storage } from '@octobox/storage';
import { CliError } from '../errors.ts';
import { plural } from '../output/quantities.ts';

/** The mirror is whole; what it holds back says that its source is not. */
export function heldLoss(held: number, mirror?: Pick<Storage, 'location'>): CliError {
  return new CliError(
    'cli.not-good',
    `${plural(held, 'object')} went missing in the source under suspicious circumstances`,
    {
      advice:
        `They are kept ${mirror === undefined ? 'off site' : `at ${mirror.location}`}, and every snapshot there can be restored from there.\n` +
        'Look into the source. When they were meant to go: octobox mirror --accept-loss.',
    },
  );
}
