/** Who logs in where and with what, from options, environment and the files that OpenSSH uses too. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import { StorageError } from '../errors.ts';
import { KindOptions } from '../kind-options.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import { KnownHosts } from './known-hosts.ts';
import type { SftpLocation } from './sftp-location.ts';

export interface SftpSettings {
  readonly username: string;
  readonly methods: readonly AnyAuthMethod[];
  readonly knownHosts: KnownHosts;
  /** Pinned by `-o sftp.host-key`: the only fingerprint that is good. */
  readonly hostKey: string | undefined;
  /** Where a new host's key would be written down. */
  readonly knownHostsFile: string;
}

/** `connections` is restic's, and taken for its scripts: here all calls share one connection. */
const KNOWN = ['connections', 'host-key', 'identity', 'known-hosts'] as const;
const DEFAULT_IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

export function readSftpSettings(place: SftpLocation, options: OpenStorageOptions): SftpSettings {
  const said = new KindOptions('sftp', KNOWN, options.options);
  const env = options.environment ?? {};
  const folder = join(env.HOME || userInfo().homedir, '.ssh');
  const username = place.user ?? (env.LOGNAME || env.USER || userInfo().username);
  const knownHostsFile = said.text('known-hosts') ?? join(folder, 'known_hosts');
  const files =
    said.text('known-hosts') === undefined ? [knownHostsFile, '/etc/ssh/ssh_known_hosts'] : [knownHostsFile];
  const hostKey = said.text('host-key');
  if (hostKey !== undefined && !/^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKey)) {
    throw new StorageError('storage.options', 'the option sftp.host-key must be a fingerprint SHA256:…', {
      advice: 'On the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
    });
  }
  return {
    username,
    methods: authMethods(username, folder, said.text('identity'), env),
    knownHosts: new KnownHosts(files.map((file) => readIfThere(file) ?? '')),
    hostKey,
    knownHostsFile,
  };
}

/** In OpenSSH's order: the agent's keys, keys from files, a password. */
function authMethods(
  username: string,
  folder: string,
  identity: string | undefined,
  env: NonNullable<OpenStorageOptions['environment']>,
): AnyAuthMethod[] {
  const passphrase = env.OCTOBOX_SFTP_PASSPHRASE || undefined;
  const password = env.OCTOBOX_SFTP_PASSWORD || undefined;
  const methods: AnyAuthMethod[] = [];
  if (identity !== undefined) methods.push(keyMethod(username, identity, passphrase));
  if (env.SSH_AUTH_SOCK) methods.push({ type: 'agent', username, agent: env.SSH_AUTH_SOCK });
  if (identity === undefined) {
    for (const file of DEFAULT_IDENTITIES.map((name) => join(folder, name))) {
      const key = readIfThere(file);
      // A key with a passphrase is what the agent is for.
      if (key !== undefined && !(ssh2.utils.parseKey(key, passphrase) instanceof Error)) {
        methods.push(keyMethod(username, file, passphrase));
      }
    }
  }
  if (password !== undefined) {
    methods.push({ type: 'password', username, password });
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  if (methods.length > 0) return methods;
  throw new StorageError('storage.credentials', 'there is nothing to log in with over SFTP', {
    advice:
      'Name a private key with -o sftp.identity=FILE, start an agent (SSH_AUTH_SOCK), or set OCTOBOX_SFTP_PASSWORD.',
  });
}

function keyMethod(username: string, file: string, passphrase: string | undefined): AnyAuthMethod {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    throw new StorageError('storage.credentials', `the key file ${file} cannot be read`, {
      cause: error,
      advice: 'Name a private key that this user may read: -o sftp.identity=FILE.',
    });
  }
  const parsed = ssh2.utils.parseKey(key, passphrase);
  if (parsed instanceof Error) {
    throw new StorageError('storage.credentials', `the key file ${file} cannot be used: ${parsed.message}`, {
      cause: parsed,
      advice: 'Its passphrase goes into OCTOBOX_SFTP_PASSPHRASE, or the key into an agent.',
    });
  }
  return passphrase === undefined
    ? { type: 'publickey', username, key }
    : { type: 'publickey', username, key, passphrase };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
