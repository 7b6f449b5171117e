import { RecoveryKitError } from './errors.ts';
import type { Kit, KitFacts, KitSecrets } from './kit.ts';
import { combineShares } from './shares.ts';

/** All that several custodians know together. */
export interface CombinedKit extends KitFacts {
  readonly secrets: Omit<KitSecrets, 'ageShare'>;
  readonly access: Readonly<Record<string, string>>;
}

/** @throws RecoveryKitError when the kits do not belong together, or a secret of a layer is missing */
export async function combineKits(kits: readonly Kit[]): Promise<CombinedKit> {
  const [first] = kits;
  if (first === undefined) throw new RecoveryKitError('kit.incomplete', 'no kit is given');
  for (const { set } of kits) {
    if (set === first.set) continue;
    throw new RecoveryKitError('kit.mixed', `the kits are of different sets: ${first.set} and ${set}`, {
      advice: 'Take kits that were made together; their set stands on each.',
    });
  }
  const shares = kits.flatMap(({ secrets }) => secrets.ageShare ?? []);
  const one = <Name extends keyof KitSecrets>(name: Name): KitSecrets[Name] =>
    kits.find(({ secrets }) => secrets[name] !== undefined)?.secrets[name];
  const secrets = {
    repositoryPassword: one('repositoryPassword'),
    cryptPassword: one('cryptPassword'),
    cryptSalt: one('cryptSalt'),
    ageIdentity: one('ageIdentity') ?? (shares.length > 0 ? await combineShares(shares) : undefined),
  };
  const missing = [
    ...(secrets.repositoryPassword === undefined ? ['the repository password (kit of the backup host)'] : []),
    ...(first.layers.includes('crypt') && secrets.cryptPassword === undefined
      ? ['the crypt password (kit of the server)']
      : []),
    ...(first.layers.includes('age') && secrets.ageIdentity === undefined
      ? ['the age identity (kit of the recovery officer)']
      : []),
  ];
  if (missing.length > 0) {
    throw new RecoveryKitError('kit.incomplete', `together the kits lack ${missing.join(' and ')}`, {
      advice: 'Recovery needs the kit of every custodian: give all of them.',
    });
  }
  return { ...first, secrets, access: Object.assign({}, ...kits.map(({ access }) => access)) };
}
