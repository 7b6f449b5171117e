/**
 * Who can read a repository is said once, in its key folder. What is written for others only, a recovery officer could
 * not read; nobody would notice before the day of the recovery.
 */
import type { KeyFolder, Storage, X25519Recipient } from '@octobox/storage';
import { CliError } from '../errors.ts';

/** Reads as before; refuses to write anything but locks when other recipients are given than the folder names. */
export async function forOwnRecipientsOnly(
  storage: Storage,
  given: readonly X25519Recipient[] | undefined,
  folder: KeyFolder,
): Promise<Storage> {
  const own = given === undefined ? undefined : await folder.recipients();
  if (given === undefined || own === undefined) return storage;
  const lacking = without(own, given);
  const foreign = without(given, own);
  if (lacking.length === 0 && foreign.length === 0) return storage;
  const write = storage.writer.bind(storage);
  storage.writer = async (kind, options) => {
    if (kind === 'lock') return await write(kind, options);
    throw otherRecipients(lacking, foreign, folder);
  };
  return storage;
}

const without = (all: readonly X25519Recipient[], some: readonly X25519Recipient[]): string[] => {
  const known = new Set(some.map(String));
  return all.map(String).filter((one) => !known.has(one));
};

function otherRecipients(
  lacking: readonly string[],
  foreign: readonly string[],
  folder: KeyFolder,
): CliError {
  const consequence =
    lacking.length > 0
      ? `${lacking.join(', ')} could not read what is written now`
      : `${foreign.join(', ')} could read what is written now, and nothing before it`;
  return new CliError(
    'cli.other-recipients',
    `the age recipients that are given are not those of this repository: ${consequence}`,
    {
      advice:
        `Leave out --age-recipient, --age-recipients-file and OCTOBOX_AGE_RECIPIENTS_FILE: ${folder.path} names the recipients.\n` +
        'Who can read the repository is changed by `octobox layers recipients --add` and `--remove`.',
    },
  );
}
