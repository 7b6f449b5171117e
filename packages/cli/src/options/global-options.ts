import type { BandwidthSchedule } from '@octobox/storage';
import { type Command, Option } from 'commander';
import { bandwidth, collect, counted, durationSeconds, keyValue, wholeNumber } from './values.ts';

/** Options that every verb on a repository takes, before or after the verb's name, as restic has them. */
export interface RepositoryFlags {
  readonly repo?: string;
  readonly repositoryFile?: string;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
  readonly insecureNoPassword?: boolean;
  readonly keyHint?: string;
  readonly compression?: string;
  /** MiB */
  readonly packSize?: number;
  /** False with `--no-cache`. */
  readonly cache?: boolean;
  readonly cacheDir?: string;
  readonly cleanupCache?: boolean;
  /** seconds */
  readonly retryLock?: number;
  readonly lock?: boolean;
  /** `-o`: what one kind of storage is told */
  readonly option?: ReadonlyMap<string, string>;
  readonly limitUpload?: BandwidthSchedule;
  readonly limitDownload?: BandwidthSchedule;
  readonly cacert?: string;
  /** as given: `none`, `crypt`, `age` or `all` */
  readonly layers?: string;
  readonly layerKeys?: string;
  readonly cryptPasswordFile?: string;
  readonly ageRecipient?: readonly string[];
  readonly ageRecipientsFile?: string;
  readonly ageIdentityFile?: readonly string[];
  readonly agePassphraseFile?: string;
}

export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: number;
}

const outputOptions = (): Option[] => [
  new Option('--json', 'print results as JSON (docs/cli-json.md)'),
  new Option('-q, --quiet', 'no progress'),
  new Option(
    '-v, --verbose',
    'say more (twice, or --verbose=2: backup and restore name every entry)',
  ).argParser(counted),
];

const repositoryOptions = (): Option[] => [
  new Option('-r, --repo <repository>', 'the repository (environment: RESTIC_REPOSITORY)'),
  new Option('--repository-file <file>', 'a file that holds its place (environment: RESTIC_REPOSITORY_FILE)'),
  new Option(
    '-p, --password-file <file>',
    'a file that holds the password (environment: RESTIC_PASSWORD_FILE, or the password itself in RESTIC_PASSWORD)',
  ),
  new Option(
    '--password-command <command>',
    'a program that prints the password, run without a shell (environment: RESTIC_PASSWORD_COMMAND)',
  ),
  new Option('--insecure-no-password', 'the repository has an empty password'),
  new Option('--key-hint <key>', 'the id of a key to try before the others (environment: RESTIC_KEY_HINT)'),
  new Option(
    '--compression <mode>',
    'of what is written: auto, off, fastest, better or max (environment: RESTIC_COMPRESSION)',
  ),
  new Option(
    '--pack-size <MiB>',
    'write packs of about this size, 4 to 128 (default: 16; environment: RESTIC_PACK_SIZE)',
  ).argParser(wholeNumber),
  new Option(
    '--retry-lock <duration>',
    'wait so long for a lock that somebody else holds, e.g. 5m',
  ).argParser(durationSeconds),
  new Option('--no-lock', 'take no lock, e.g. on a read-only repository (dangerous while others write)'),
  new Option(
    '-o, --option <key=value>',
    'tell the storage something, e.g. s3.region=eu-west-3 (several times; docs/operator-guide.md lists them)',
  ).argParser(keyValue),
  new Option(
    '--limit-upload <rate>',
    'send at most so many KiB a second (0: no limit), or by the time of day: 08:00-18:00=1M,else=10M,zone=Europe/Paris',
  ).argParser(bandwidth),
  new Option('--limit-download <rate>', 'the same for what is received').argParser(bandwidth),
  new Option(
    '--cacert <file>',
    'PEM file of the certificate authorities to trust instead of the known ones (environment: RESTIC_CACERT)',
  ),
  new Option('--no-cache', 'keep no copies of metadata of remote repositories on this disk'),
  new Option(
    '--cache-dir <folder>',
    'keep them here (environment: RESTIC_CACHE_DIR; default: octobox in the folder for caches)',
  ),
  new Option('--cleanup-cache', 'remove caches that were not used for 30 days'),
];

const layerOptions = (): Option[] => [
  new Option(
    '--layers <layers>',
    'encryption around the repository: none, crypt, age or all (environment: OCTOBOX_LAYERS; default: what there are keys for)',
  ),
  new Option(
    '--layer-keys <folder>',
    "the folder with the keys of the layers (environment: OCTOBOX_LAYER_KEYS; default: the repository's in the keyring)",
  ),
  new Option(
    '--crypt-password-file <file>',
    'password of the crypt layer, and its salt on a second line (environment: OCTOBOX_CRYPT_PASSWORD_FILE)',
  ),
  new Option('--age-recipient <recipient>', 'who can read what is written, age1… (several times)').argParser(
    collect,
  ),
  new Option(
    '--age-recipients-file <file>',
    'recipients, one a line (environment: OCTOBOX_AGE_RECIPIENTS_FILE)',
  ),
  new Option(
    '--age-identity-file <file>',
    'age identity to read with; several times (environment: OCTOBOX_AGE_IDENTITY_FILE)',
  ).argParser(collect),
  new Option(
    '--age-passphrase-file <file>',
    'passphrase of an encrypted identity file (environment: OCTOBOX_AGE_PASSPHRASE_FILE)',
  ),
];

export function addOutputOptions(command: Command): Command {
  for (const option of outputOptions()) command.addOption(option.helpGroup('Output:'));
  return command;
}

export function addRepositoryOptions(command: Command): Command {
  for (const option of repositoryOptions()) command.addOption(option.helpGroup('Repository:'));
  for (const option of layerOptions()) command.addOption(option.helpGroup('Layers:'));
  return addOutputOptions(command);
}

/**
 * The verb's own options with those given before its name, and before the names above it, underneath. What `--no-…` options are
 * by default is left out: only what was said counts.
 */
export function optionsOf<Options extends object>(command: Command): Options & OutputFlags {
  const said = (from: Command | null): [string, unknown][] =>
    Object.entries(from?.opts() ?? {}).filter(
      ([name, value]) =>
        value !== undefined && !(value === true && from?.getOptionValueSource(name) === 'default'),
    );
  const all = (from: Command | null): [string, unknown][] =>
    from === null ? [] : [...all(from.parent), ...said(from)];
  const options = new Map<string, unknown>();
  for (const [name, value] of all(command)) {
    const above = options.get(name);
    // What is said as key=value adds up.
    options.set(name, above instanceof Map && value instanceof Map ? new Map([...above, ...value]) : value);
  }
  return Object.fromEntries(options) as Options & OutputFlags;
}
