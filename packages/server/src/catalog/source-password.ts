import type { SecretName } from '../vault/index.ts';

/** Under which name the password of a source's connection is in the vault. */
export const passwordOf = (sourceId: string): SecretName => ({
  owner: `source:${sourceId}`,
  name: 'password',
});
