import { type Command, Option } from 'commander';
import type { RepositoryFlags } from './global-options.ts';

/** The second repository, that is read from; restic's names. */
export interface FromFlags {
  readonly fromRepo?: string;
  readonly fromRepositoryFile?: string;
  readonly fromPasswordFile?: string;
  readonly fromPasswordCommand?: string;
  readonly fromInsecureNoPassword?: boolean;
  readonly fromKeyHint?: string;
  readonly fromLayers?: string;
  readonly fromLayerKeys?: string;
}

const heading = 'The repository to read from:';

export function addFromRepository(command: Command): void {
  const options = [
    new Option('--from-repo <repository>', 'its place (environment: RESTIC_FROM_REPOSITORY)'),
    new Option(
      '--from-repository-file <file>',
      'a file that holds its place (environment: RESTIC_FROM_REPOSITORY_FILE)',
    ),
    new Option(
      '--from-password-file <file>',
      'a file that holds its password (environment: RESTIC_FROM_PASSWORD_FILE, or the password itself in RESTIC_FROM_PASSWORD)',
    ),
    new Option(
      '--from-password-command <command>',
      'a program that prints its password (environment: RESTIC_FROM_PASSWORD_COMMAND)',
    ),
    new Option('--from-insecure-no-password', 'its password is empty'),
    new Option('--from-key-hint <key>', 'the key to try first (environment: RESTIC_FROM_KEY_HINT)'),
    new Option(
      '--from-layers <layers>',
      'its encryption layers: none, crypt, age or all (default: what there are keys for)',
    ),
    new Option(
      '--from-layer-keys <folder>',
      'the folder with the keys of its layers (default: its own in the keyring)',
    ),
  ];
  for (const option of options) command.addOption(option.helpGroup(heading));
}

/** The flags under which the other repository is opened: its own place, password and layers, the rest as they are. */
export function fromFlags<Flags extends RepositoryFlags & FromFlags>(flags: Flags): RepositoryFlags {
  const {
    repo: _repo,
    repositoryFile: _repositoryFile,
    passwordFile: _passwordFile,
    passwordCommand: _passwordCommand,
    insecureNoPassword: _insecureNoPassword,
    keyHint: _keyHint,
    layers: _layers,
    layerKeys: _layerKeys,
    ...rest
  } = flags;
  const own = {
    repo: flags.fromRepo,
    repositoryFile: flags.fromRepositoryFile,
    passwordFile: flags.fromPasswordFile,
    passwordCommand: flags.fromPasswordCommand,
    insecureNoPassword: flags.fromInsecureNoPassword,
    keyHint: flags.fromKeyHint,
    layers: flags.fromLayers,
    layerKeys: flags.fromLayerKeys,
  };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...(rest as RepositoryFlags), ...Object.fromEntries(given) };
}
