import type { LayerName } from '@octobox/storage';
import {
  KeyFolder,
  keyFolderOf,
  parseCryptKey,
  readIdentities,
  readKeyFile,
  type StoredLayerKeys,
} from '@octobox/storage/keyring';
import type { CryptKeys, X25519Identity, X25519Recipient } from '@octobox/storage/layers';
import { CliError, UsageError } from '../errors.ts';
import { decodeText, readBytes } from '../options/file-lines.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

export type FoundKeys = StoredLayerKeys;

const choices: Readonly<Record<string, readonly LayerName[]>> = {
  none: [],
  crypt: ['crypt'],
  age: ['age'],
  all: ['crypt', 'age'],
};

/** The layers that options or environment ask for; undefined when they leave it open. */
export function wantedLayers(
  { env }: Pick<Cli, 'env'>,
  flags: RepositoryFlags,
): readonly LayerName[] | undefined {
  const wanted = flags.layers ?? env.layers;
  if (wanted === undefined) return undefined;
  const layers = Object.hasOwn(choices, wanted) ? choices[wanted] : undefined;
  if (layers !== undefined) return layers;
  throw new UsageError(`there is no choice of layers called ${JSON.stringify(wanted)}`, {
    advice: `Use one of ${Object.keys(choices).join(', ')}.`,
  });
}

/** The folder where the keys of a repository lie, whether it exists or not. */
export function keyFolder(
  { env }: Pick<Cli, 'env'>,
  flags: RepositoryFlags,
  place: { readonly location: string; readonly layerKeys?: string | undefined },
): KeyFolder {
  const named = flags.layerKeys ?? env.layerKeys ?? place.layerKeys;
  return named === undefined ? keyFolderOf(place.location, env.all) : new KeyFolder(named);
}

/**
 * The keys of the outer layers: from the folder, and in their place what options and environment name.
 * Throws when a layer is asked for and has no key.
 */
export async function layerKeys(cli: Cli, flags: RepositoryFlags, folder: KeyFolder): Promise<FoundKeys> {
  const wanted = wantedLayers(cli, flags);
  if (wanted?.length === 0) return {};
  const ask = (file: string) => passphrase(cli, flags, file);
  const stored = (await folder.exists()) ? await folder.layerKeys(ask) : undefined;
  const crypt = (await givenCrypt(cli, flags)) ?? stored?.crypt;
  const recipients = await givenRecipients(cli, flags);
  const identities = await givenIdentities(cli, flags, ask);
  const age =
    recipients === undefined && identities === undefined
      ? stored?.age
      : {
          recipients:
            recipients ?? stored?.age?.recipients ?? identities?.map(({ recipient }) => recipient) ?? [],
          identities: identities ?? stored?.age?.identities ?? [],
        };
  if (age !== undefined && (wanted === undefined || wanted.includes('age'))) assertReadable(age);
  if (wanted === undefined) return { crypt, age };
  const keys = {
    crypt: wanted.includes('crypt') ? crypt : undefined,
    age: wanted.includes('age') ? age : undefined,
  };
  for (const layer of wanted) if (keys[layer] === undefined) throw missing(layer, folder);
  return keys;
}

/** What would be written must be readable by an identity at hand, when there is one. */
function assertReadable({ recipients, identities }: NonNullable<FoundKeys['age']>): void {
  if (recipients.length === 0 || identities.length === 0) return;
  const readers = new Set(recipients.map(String));
  if (identities.some(({ recipient }) => readers.has(String(recipient)))) return;
  throw new UsageError(
    'no age identity at hand is among the recipients, so that nothing written could be read',
    {
      advice:
        `To read, give an identity of one of the recipients; to write, have ${identities[0]?.recipient} added, ` +
        'the recipient of the identity that is given.',
    },
  );
}

function missing(layer: LayerName, folder: KeyFolder): CliError {
  const how = layer === 'crypt' ? '--crypt-password-file' : '--age-recipient and --age-identity-file';
  return new CliError('cli.layer-key-missing', `there is no key for the ${layer} layer in ${folder.path}`, {
    advice: `Give it with ${how}, or name the folder with --layer-keys.`,
  });
}

async function givenCrypt({ env }: Cli, flags: RepositoryFlags): Promise<CryptKeys | undefined> {
  const file = flags.cryptPasswordFile ?? env.cryptPasswordFile;
  return file === undefined ? undefined : parseCryptKey((await readKeyFile(file)).toString('utf8'), file);
}

export async function givenRecipients(
  { env }: Pick<Cli, 'env'>,
  flags: RepositoryFlags,
): Promise<X25519Recipient[] | undefined> {
  const texts = flags.ageRecipient ?? [];
  const file = flags.ageRecipientsFile ?? (texts.length === 0 ? env.ageRecipientsFile : undefined);
  if (texts.length === 0 && file === undefined) return undefined;
  // Loaded here only: most commands are given none.
  const { parseRecipients, X25519Recipient } = await import('@octobox/storage/layers');
  const named = texts.map((text) => X25519Recipient.parse(text));
  if (file !== undefined) named.push(...parseRecipients((await readKeyFile(file)).toString('utf8'), file));
  return named.length === 0 ? undefined : named;
}

async function givenIdentities(
  { env }: Cli,
  flags: RepositoryFlags,
  ask: (file: string) => Promise<string>,
): Promise<X25519Identity[] | undefined> {
  const files = flags.ageIdentityFile ?? (env.ageIdentityFile === undefined ? [] : [env.ageIdentityFile]);
  if (files.length === 0) return undefined;
  const identities: X25519Identity[] = [];
  for (const file of files) identities.push(...(await readIdentities(await readKeyFile(file), file, ask)));
  return identities;
}

/** Of an identity file that is encrypted: from a file, or asked for on a terminal. */
async function passphrase(cli: Cli, flags: RepositoryFlags, identityFile: string): Promise<string> {
  const file = flags.agePassphraseFile ?? cli.env.agePassphraseFile;
  if (file !== undefined)
    return decodeText(await readBytes(file, 'the passphrase file')).replace(/[\r\n]+$/, '');
  if (!cli.interactive) {
    throw new CliError('cli.password-missing', `the identity file ${identityFile} needs a passphrase`, {
      advice: 'Name a file that holds it: --age-passphrase-file or OCTOBOX_AGE_PASSPHRASE_FILE.',
    });
  }
  const { askPassword } = await import('../password/ask.ts');
  return askPassword(`Passphrase of ${identityFile}`, cli.signal);
}
