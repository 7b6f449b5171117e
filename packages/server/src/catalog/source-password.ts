import type { SecretName } from '../vault/index.ts';
import type { ProtectedSource } from './service.ts';

/** A source as who connects to it has it in hand. */
export type Address = Pick<ProtectedSource, 'id' | 'location'>;

/**
 * Under which name the password of a source's connection is in the vault. It is bound to the address: who changes
 * that in the database, to a server of his own, is not sent the password.
 */
export const passwordOf = ({ id, location }: Address): SecretName => ({
  owner: `source:${id}`,
  name: `password for ${location}`,
});

/** The same for the server whose scratch databases its drills may use. */
export const scratchPasswordOf = (id: string, scratchServer: string): SecretName => ({
  owner: `source:${id}`,
  name: `scratch password for ${scratchServer}`,
});
