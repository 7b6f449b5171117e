import type { SecretName } from '../vault/index.ts';

/** Under which name the password of a source's connection is in the vault. */
export const passwordOf = (sourceId: string): SecretName => ({
  owner: `source:${sourceId}`,
  name: 'password',
});

/** The same for the server whose scratch databases its drills may use. */
export const scratchPasswordOf = (sourceId: string): SecretName => ({
  owner: `source:${sourceId}`,
  name: 'scratch-password',
});
