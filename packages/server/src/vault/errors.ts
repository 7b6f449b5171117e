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
        'Put the vault.pem that belongs to this database into the data folder (where several machines use it: copy that of one that opens), or name the key command that has that key ("vault.keyCommand", "vault.formerKeyCommand"); `octobox vault status` shows which keys its secrets are wrapped for.',
    },
  );

/** A rotation would lead back to a key that an earlier one has left. */
export const keyOfBefore = (next: string, current: string): VaultError =>
  new VaultError(
    'server.vault-wrong-key',
    `${short(next)} was the vault's key before and does not come back: ${short(current)} is the key now`,
    {
      advice:
        'Have the key of now here: its vault.pem in the data folder, or its command in "vault.keyCommand". To go over to another one, name one that was never the vault\'s.',
    },
  );

export const keyMissing = (file: string): VaultError =>
  new VaultError('server.vault-key-missing', `the vault's key file ${file} is missing`, {
    advice:
      'Put its copy back (mode 0600, owned by the user that runs Octobox); where several machines use this database, copy vault.pem and vault.pub from the data folder of one that has them; or name the key command that has the key ("vault.keyCommand", "vault.formerKeyCommand"): nothing else opens what is sealed. When it is lost for good: `octobox vault rotate --key-lost`, then give the passwords again.',
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

export const publicKeyMissing = (file: string): VaultError =>
  new VaultError(
    'server.vault-key-missing',
    `the public key of the vault's key command, ${file}, is missing`,
    {
      advice:
        'Export the public half of the key from where it is kept, as PEM, to the file that "publicKeyFile" names in octobox.yaml.',
    },
  );

export const commandRefused = (program: string, why: string): VaultError =>
  new VaultError('server.vault-key-refused', `the vault's key command ${program} ${why}`, {
    advice:
      'Run it by hand as the user that runs Octobox: it takes a key that was wrapped by RSA-OAEP with SHA-256 on standard input. Look at PIN, permissions and "environment" in octobox.yaml, and at the log of whoever keeps the key.',
  });

/** It printed 32 bytes and ended with 0, and they are not what was wrapped. */
export const commandGaveOtherKey = (program: string, publicKeyFile: string): VaultError =>
  new VaultError(
    'server.vault-key-refused',
    `the vault's key command ${program} gave another key than the one that was wrapped for ${publicKeyFile}`,
    {
      advice: `What is sealed is probably whole. Does the program keep an answer of before, print something else of 32 bytes, or use another key than OCTOBOX_KEY_FINGERPRINT names? To see it, as the user that runs Octobox and with COMMAND as octobox.yaml has it: openssl rand -out k 32; openssl pkeyutl -encrypt -pubin -inkey ${publicKeyFile} -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -in k | COMMAND | cmp - k (nothing is printed when the key comes back; with base64, put "base64 -d" before cmp).`,
    },
  );

export const commandUnreachable = (program: string, why: string): VaultError =>
  new VaultError('server.vault-key-unreachable', `the vault's key command ${program} ${why}`, {
    advice:
      'See that the program is installed and that the token or the key service answers; what needs a secret is tried again with its next turn.',
  });

/** Somebody wrote to the database, or it is another one. */
export const keyReplaced = (name: string, file: string, isGone: boolean): VaultError =>
  new VaultError(
    'server.vault-key-replaced',
    `the platform's own key "${name}" ${isGone ? 'is gone from the database: this machine has seen it' : 'in the database is not the one that this machine has seen'} (${file})`,
    {
      advice:
        'Find out who changed the table vault_secrets, and put the last good copy of the database in place. To begin anew with the accounts as the database has them: look at them first, then `octobox vault begin-anew`. Where that was done on another machine, or this folder was given another database on purpose: remove that file.',
    },
  );

/** There is nothing to go over to. */
export const noOtherKey = (fingerprint: string): VaultError =>
  new VaultError(
    'server.vault-key-current',
    `everything is sealed for the key of the vault's key command, ${short(fingerprint)}, already`,
    {
      advice:
        'Make a new key where that one is kept, name it in "vault.keyCommand" and move what stands there to "vault.formerKeyCommand"; or remove "vault.keyCommand" to go over to a key file. Then rotate.',
    },
  );
