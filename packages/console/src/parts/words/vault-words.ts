import type { Person, VaultEntry } from '../../api/operations.ts';

export const entryKinds: readonly { readonly value: VaultEntry['kind']; readonly label: string }[] = [
  { value: 'email-account', label: 'E-mail account' },
  { value: 'web-login', label: 'Login of a web site' },
  { value: 'server-login', label: 'Login of a server' },
  { value: 'api-key', label: 'Key of an API' },
  { value: 'other', label: 'Something else' },
];

export const kindWords = (kind: VaultEntry['kind']): string =>
  entryKinds.find(({ value }) => value === kind)?.label ?? kind;

export const personName = ({ name }: Person): string => name ?? 'an account that is gone';

/** What may have changed when an entry, a grant or an opening did. */
export const vaultLists = [
  'listVaultEntries',
  'getVaultEntry',
  'listVaultGrants',
  'listVaultOpenings',
] as const;
