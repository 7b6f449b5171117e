import type { X25519Identity, X25519Recipient } from './age/x25519.ts';
import type { CryptPassword } from './crypt/crypt-key.ts';
import { LayerConfigurationError } from './layer-errors.ts';

/** The secrets of one repository, by layer; what is absent is not compared. */
export interface SecretsByLayer {
  readonly repositoryPassword?: string | undefined;
  readonly crypt?: CryptPassword | undefined;
  readonly age?:
    | {
        readonly recipients: readonly X25519Recipient[];
        readonly identities: readonly X25519Identity[];
        readonly passphrase?: string | undefined;
      }
    | undefined;
}

/**
 * Three layers are worth one when they share a key. Throws `LayerConfigurationError` when a secret of one layer is
 * that of another one, also when only white space or the case differs.
 */
export function assertKeysDiffer({ repositoryPassword, crypt, age }: SecretsByLayer): void {
  const secrets: [string, string | undefined][] = [
    ['the repository password', repositoryPassword],
    ['the password of the crypt layer', crypt?.password],
    ['the salt of the crypt layer', crypt?.salt],
    ['the passphrase of the age identity', age?.passphrase],
    ...(age?.identities ?? []).map((identity): [string, string] => [
      'an age identity',
      identity.exportSecret(),
    ]),
    ...(age?.recipients ?? []).map((recipient): [string, string] => ['an age recipient', String(recipient)]),
  ];
  const seen = new Map<string, string>();
  for (const [title, secret] of secrets) {
    const comparable = secret?.trim().toLowerCase();
    if (comparable === undefined || comparable === '') continue;
    const other = seen.get(comparable);
    if (other !== undefined) {
      throw new LayerConfigurationError(`${title} and ${other} are the same`, {
        advice: 'Give every layer a key of its own: who finds one must not have two.',
      });
    }
    seen.set(comparable, title);
  }
}
