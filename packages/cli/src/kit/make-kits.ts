import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { type Custodian, type Kit, type KitFacts, type KitSecrets, splitSecret } from '@octobox/recovery-kit';
import {
  keyFileNames,
  layerFingerprints,
  layerNames,
  passwordFingerprint,
} from '@octobox/recovery-kit/record';
import { Repository } from '@octobox/repository/store';
import { readIdentities, readKeyFile } from '@octobox/storage/keyring';
import { assertKeysDiffer } from '@octobox/storage/open';
import { type LayeredPlace, openLayeredStorage } from '../access/layered-storage.ts';
import { findRepository } from '../access/location.ts';
import { CliError } from '../errors.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import { resolvePassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';

export interface KitWishes {
  /** File with the recovery officer's identity; from the key folder when absent. */
  readonly recoveryIdentity?: string | undefined;
  readonly shares?: { readonly needed: number; readonly total: number } | undefined;
  readonly copies: readonly string[];
  /** Whether credentials of the storage are put into the kit of the server. */
  readonly withAccess: boolean;
}

export interface MadeKits {
  readonly kits: readonly Kit[];
  readonly keyFiles: readonly string[];
  /** The recovery identity lies on this machine. */
  readonly recoveryIdentityFile: string | undefined;
}

const ACCESS_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'RESTIC_REST_USERNAME',
  'RESTIC_REST_PASSWORD',
] as const;

/** Collects every secret of a repository, proves the password by opening it, and shares them out. */
export async function makeKits(cli: Cli, flags: RepositoryFlags, wishes: KitWishes): Promise<MadeKits> {
  const place = await findRepository(cli, flags);
  const layered = await openLayeredStorage(cli, flags, place);
  const { base, keys } = layered;
  const passwordFile = flags.passwordFile ?? (flags.passwordCommand ? undefined : place.passwordFile);
  const password = await resolvePassword(
    cli,
    { ...flags, ...(passwordFile === undefined ? {} : { passwordFile }) },
    { isNew: false, location: base.location },
  );
  assertKeysDiffer({ repositoryPassword: password, ...keys });
  const repository = await Repository.open(layered.storage, { password, signal: cli.signal });
  try {
    const set = randomBytes(4).toString('hex');
    const facts: KitFacts = {
      set,
      made: new Date(),
      repositoryId: repository.id,
      location: base.location,
      copies: wishes.copies,
      layers: layerNames(keys),
      fingerprints: { ...passwordFingerprint(password, set), ...layerFingerprints(keys, set) },
    };
    const kit = (custodian: Custodian, secrets: KitSecrets, reach: Kit['access'] = {}): Kit => ({
      ...facts,
      custodian,
      secrets,
      access: reach,
    });
    const reach = wishes.withAccess ? accessTo(cli, place.location) : {};
    const { crypt } = keys;
    const officer = keys.age === undefined ? undefined : await recoveryIdentity(layered, wishes);
    return {
      kits: [
        kit('backup-host', { repositoryPassword: password }, crypt === undefined ? reach : {}),
        ...(crypt === undefined
          ? []
          : [kit('server', { cryptPassword: crypt.password, cryptSalt: crypt.salt }, reach)]),
        ...(officer === undefined ? [] : await officerKits(officer.secret, wishes, kit)),
      ],
      keyFiles: await keyFileNames(base),
      recoveryIdentityFile: officer?.file,
    };
  } finally {
    await repository.close();
  }
}

async function officerKits(
  secret: string,
  { shares }: KitWishes,
  kit: (custodian: Custodian, secrets: KitSecrets) => Kit,
): Promise<Kit[]> {
  if (shares === undefined) return [kit('recovery-officer', { ageIdentity: secret })];
  const parts = await splitSecret(secret, shares.needed, shares.total);
  return parts.map((ageShare) => kit('recovery-officer', { ageShare }));
}

/** The identity must open what is written: it has to be one of the recipients. */
async function recoveryIdentity(
  { keys, folder }: LayeredPlace,
  wishes: KitWishes,
): Promise<{ secret: string; file: string | undefined }> {
  const stored = folder.file('recovery-identity');
  const path = wishes.recoveryIdentity ?? stored;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    throw new CliError('cli.layer-key-missing', `the identity of the recovery officer is not in ${path}`, {
      advice: 'The recovery officer brings it: name the file with --recovery-identity.',
    });
  }
  const refuse = async (file: string): Promise<string> => {
    throw new CliError('cli.password-missing', `${file} is encrypted`, {
      advice: 'Decrypt it first (age -d): the kit holds the identity itself.',
    });
  };
  const identities = await readIdentities(await readKeyFile(path), path, refuse);
  const readers = new Set(keys.age?.recipients.map(String));
  const fitting = identities.find(({ recipient }) => readers.has(String(recipient)));
  if (fitting === undefined) {
    throw new CliError('cli.refused', `no identity in ${path} is among the recipients of the repository`, {
      advice: `A kit with it would open nothing. The recipients are in ${folder.file('age-recipients')}.`,
    });
  }
  return { secret: fitting.exportSecret(), file: path === stored ? stored : undefined };
}

/** From the environment, and from the user part of a REST location. */
function accessTo({ env }: Cli, location: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ACCESS_VARIABLES) {
    const value = env.all[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  const url = location.startsWith('rest:') ? URL.parse(location.slice('rest:'.length)) : null;
  if (url !== null && url.username !== '') {
    found.RESTIC_REST_USERNAME = decodeURIComponent(url.username);
    found.RESTIC_REST_PASSWORD = decodeURIComponent(url.password);
  }
  const isRemote = /^(?:s3|rest):/.test(location);
  return isRemote ? found : {};
}
