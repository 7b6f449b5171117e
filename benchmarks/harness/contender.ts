/** The programs that run against each other, each told the same things in its own words. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LayerKeys, X25519Identity } from '@octobox/storage';
import type { Command } from './measure.ts';

/** A contender keeps its repositories, keys and caches below a folder of its own. */
export interface Contender {
  readonly name: string;
  /** Of an Octobox in layers: for repositories that are made in this process. */
  readonly layerKeys?: LayerKeys | undefined;
  init(repository: string): Command;
  backup(repository: string, source: string): Command;
  /** `input` is a shell command whose output is stored as one file. */
  backupStream(repository: string, input: string): Command;
  checkData(repository: string): Command;
  /** Restores the newest snapshot into `target`, which exists and is empty. */
  restore(repository: string, target: string): Command;
  /** Writes one file of the newest snapshot to standard output. */
  dump(repository: string, path: string): Command;
  /** Keeps the newest `count` snapshots. */
  forget(repository: string, count: number): Command;
  prune(repository: string): Command;
  snapshots(repository: string): Command;
}

export const PASSWORD = 'benchmark';
const LAUNCHER = join(import.meta.dirname, '../../octobox');

/** Octobox from this clone. */
export function octobox(home: string): Contender {
  return octoboxWith('octobox', home, { OCTOBOX_LAYERS: 'none' });
}

/** Octobox with all three layers: rclone's crypt and age around restic's format. */
export function octoboxInLayers(home: string): Contender {
  mkdirSync(home, { recursive: true });
  const crypt = { password: randomUUID(), salt: randomUUID() };
  const identity = X25519Identity.generate();
  const keyFile = (name: string, lines: readonly string[]): string => {
    const path = join(home, name);
    writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
    return path;
  };
  const contender = octoboxWith('octobox, three layers', home, {
    OCTOBOX_LAYERS: 'all',
    OCTOBOX_CRYPT_PASSWORD_FILE: keyFile('crypt-key', [crypt.password, crypt.salt]),
    OCTOBOX_AGE_IDENTITY_FILE: keyFile('identity', [identity.exportSecret()]),
    OCTOBOX_AGE_RECIPIENTS_FILE: keyFile('recipients', [identity.recipient.toString()]),
  });
  return {
    ...contender,
    layerKeys: { crypt, age: { recipients: [identity.recipient], identities: [identity] } },
  };
}

function octoboxWith(name: string, home: string, layers: Readonly<Record<string, string>>): Contender {
  mkdirSync(home, { recursive: true });
  const environment = {
    RESTIC_PASSWORD: PASSWORD,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    ...layers,
  };
  const run =
    (verb: readonly string[]) =>
    (repository: string, ...rest: readonly string[]): Command => ({
      program: LAUNCHER,
      args: [...verb, '--quiet', '-r', repository, ...rest],
      environment,
    });
  return { name, ...resticVerbs(run) };
}

export function restic(home: string, program: string, name: string): Contender {
  mkdirSync(home, { recursive: true });
  const environment = { RESTIC_PASSWORD: PASSWORD, XDG_CACHE_HOME: join(home, 'cache') };
  const run =
    (verb: readonly string[]) =>
    (repository: string, ...rest: readonly string[]): Command => ({
      program,
      args: [...verb, '--quiet', '-r', repository, ...rest],
      environment,
    });
  return { name, ...resticVerbs(run) };
}

/** Octobox takes restic's words. */
function resticVerbs(
  run: (verb: readonly string[]) => (repository: string, ...rest: readonly string[]) => Command,
): Omit<Contender, 'name'> {
  return {
    init: run(['init']),
    backup: run(['backup']),
    backupStream: (repository, input) => ({ ...run(['backup', '--stdin'])(repository), input }),
    checkData: run(['check', '--read-data']),
    restore: (repository, target) => run(['restore', 'latest'])(repository, '--target', target),
    dump: (repository, path) => run(['dump', 'latest'])(repository, path),
    forget: (repository, count) => run(['forget'])(repository, '--keep-last', String(count)),
    prune: run(['prune']),
    snapshots: run(['snapshots']),
  };
}

/** Borg with its own encryption and restic's compression level, so that the work is comparable. */
export function borg(home: string): Contender {
  mkdirSync(home, { recursive: true });
  const environment = {
    BORG_PASSPHRASE: PASSWORD,
    BORG_BASE_DIR: home,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  };
  let archives = 0;
  const run = (args: readonly string[], folder?: string): Command => ({
    program: 'borg',
    args,
    environment,
    folder,
  });
  const create = (repository: string, source: string): readonly string[] => [
    'create',
    '--compression',
    'zstd,3',
    `${repository}::${++archives}`,
    source,
  ];
  return {
    name: 'borg',
    init: (repository) => run(['init', '--encryption', 'repokey-blake2', repository]),
    backup: (repository, source) => run(create(repository, source)),
    backupStream: (repository, input) => ({ ...run(create(repository, '-')), input }),
    checkData: (repository) => run(['check', '--verify-data', repository]),
    restore: (repository, target) => run(['extract', `${repository}::${archives}`], target),
    dump: (repository, path) => run(['extract', '--stdout', `${repository}::${archives}`, path.slice(1)]),
    forget: (repository, count) => run(['prune', '--keep-last', String(count), repository]),
    prune: (repository) => run(['compact', repository]),
    snapshots: (repository) => run(['list', repository]),
  };
}
