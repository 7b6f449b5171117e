import { ServerError, type ServerErrorCode } from '../platform/index.ts';
import { type Binding, bindingWords } from './binding.ts';

type VaultErrorCode = Extract<ServerErrorCode, `server.vault-${string}`>;

/** Something about a sealed secret or the key to it. No message of it ever holds a part of a secret. */
export class VaultError extends ServerError {
  declare readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, options: { cause?: unknown; advice: string }) {
    super(code, message, options);
  }
}

export const short = (fingerprint: string): string => fingerprint.slice(0, 16);

/** The bytes are not what was sealed for this owner, name and version. */
export const damaged = (binding: Binding, detail: string): VaultError =>
  new VaultError('server.vault-damaged', `the sealed ${bindingWords(binding)} is damaged: ${detail}`, {
    advice:
      'Give the secret again (for a database: `octobox protect` with its address and the password), and find out who or what changed the table vault_secrets.',
  });

export const wrongKey = (wanted: string, held: readonly string[]): VaultError =>
  new VaultError(
    'server.vault-wrong-key',
    `this needs the vault key ${short(wanted)}, and here is ${held.length === 0 ? 'none' : held.map(short).join(', ')}`,
    {
      advice:
        'Put the vault.pem that belongs to this database into the data folder; `octobox vault status` shows which keys its secrets are wrapped for.',
    },
  );

export const keyMissing = (file: string): VaultError =>
  new VaultError('server.vault-key-missing', `the vault's key file ${file} is missing`, {
    advice:
      'Put its copy back (mode 0600, owned by the user that runs Octobox): nothing else opens what is sealed. When it is lost for good: `octobox vault rotate --key-lost`, then give the passwords again.',
  });

export const keyExposed = (file: string, mode: string): VaultError =>
  new VaultError(
    'server.vault-key-exposed',
    `others can get at the vault's key file ${file} (mode ${mode})`,
    {
      advice: `chmod 600 ${file}; when somebody may have read it, run \`octobox vault rotate\` and change the passwords.`,
    },
  );

export const keyUnusable = (file: string, detail: string): VaultError =>
  new VaultError('server.vault-key-unusable', `the vault's key file ${file} cannot be used: ${detail}`, {
    advice: 'It must be an RSA key of 2048 bits or more as PEM (PKCS#8, no passphrase): put back its copy.',
  });
