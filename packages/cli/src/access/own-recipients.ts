/**
 * Who can read a repository is said once, in its key folder. What is written for others only, a recovery officer could
 * not read; nobody would notice before the day of the recovery.
 */
import type { KeyFolder, Storage, X25519Recipient } from '@octobox/storage';
import { beforeWriting, forPresentRecipients } from '@octobox/storage/keyring';
import { CliError } from '../errors.ts';

/**
 * Reads as before; refuses to write anything but locks for other `recipients` than the folder names: for those that are
 * given, or that were in it when the command began.
 */
export async function forOwnRecipientsOnly(
  storage: Storage,
  {
    recipients,
    given,
    folder,
  }: {
    readonly recipients: readonly X25519Recipient[];
    readonly given: readonly X25519Recipient[] | undefined;
    readonly folder: KeyFolder;
  },
): Promise<Storage> {
  const own = given === undefined ? undefined : await folder.recipients();
  if (given === undefined || own === undefined) return forPresentRecipients(storage, folder, recipients);
  const lacking = without(own, given);
  const foreign = without(given, own);
  if (lacking.length === 0 && foreign.length === 0) return forPresentRecipients(storage, folder, recipients);
  return beforeWriting(storage, () => Promise.reject(otherRecipients(lacking, foreign, folder)));
}

/**
 * The same where no key folder names the recipients: `recipients` are those that are given, or those of the identities
 * at hand, and the header of the config file tells whether the repository was written for them.
 */
export function forSameRecipientsOnly(
  storage: Storage,
  { base, recipients }: { readonly base: Storage; readonly recipients: readonly X25519Recipient[] },
  signal: AbortSignal,
): Storage {
  return beforeWriting(storage, async () => {
    const { isWrittenForOthers } = await import('@octobox/storage/rekey');
    if (await isWrittenForOthers(base, recipients, { signal })) throw notTheSame(recipients);
  });
}

const notTheSame = (recipients: readonly X25519Recipient[]): CliError =>
  new CliError(
    'cli.other-recipients',
    `no key folder names the age recipients of this repository, and it is not ${recipients.join(', ')} alone`,
    {
      advice:
        'To write, name all of its recipients with --age-recipient or --age-recipients-file, or give its key folder with --layer-keys:\n' +
        'who is left out could not read what is written. To read, an identity is enough.',
    },
  );

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
