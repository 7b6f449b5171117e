import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type RestServerOptions, startRestServer } from '@octobox/rest-server';
import { createLog, type Log, type LogLevel, parseListen } from '@octobox/server';
import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { listenAddress } from '../../options/listen-address.ts';
import { absolutePath } from '../../options/paths.ts';
import { durationSeconds, oneOf, positiveNumber, size } from '../../options/values.ts';
import { terminalLog } from '../../platform/terminal-log.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends OutputFlags {
  readonly listen?: string;
  readonly users?: string;
  readonly sharedRepositories?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly appendOnly?: boolean;
  readonly delayedDeletion?: number;
  readonly repositoryQuota?: number;
  readonly userQuota?: number;
  readonly keepFree?: number;
  readonly maxFileSize?: number;
  readonly maxConnections?: number;
  readonly insecureNoTls?: boolean;
  readonly insecureNoUsers?: boolean;
  readonly logLevel?: LogLevel;
}

const drainMs = 30_000;

export function define(command: Command, cli: Cli): void {
  command
    .description(
      "Serves the repositories below a folder by restic's REST protocol, versions 1 and 2, until Ctrl-C or SIGTERM:\n" +
        'restic and octobox on other machines use `-r rest:https://name:password@host:8000/name/repository/`.\n' +
        'A user reaches the repositories below the folder of the same name, and no others. With --append-only a\n' +
        'client adds, and deletes nothing but locks: an intruder on the source cannot destroy its backups. With\n' +
        '--delayed-deletion too, `forget` and `prune` work, and what they delete can be brought back for that long.\n' +
        'Every file is verified against its name, and is whole and on the disk before the client is told so.\n' +
        'Danger: without --append-only whoever has the password of a user can delete the repositories of that user.\n' +
        'On a terminal the log is plain lines, in a pipe JSON lines; both on standard error.',
    )
    .argument('<folder>', 'where the repositories lie; it must be there', absolutePath)
    .option(
      '--listen <host:port>',
      'where to listen (default: 127.0.0.1:8000; port 0: any free one). Beyond this machine only with users and TLS',
      listenAddress,
    )
    .option(
      '--users <file>',
      'who may (default: .htpasswd in the folder, as soon as it is there); bcrypt or Argon2id',
      absolutePath,
    )
    .option('--shared-repositories', 'every user reaches every repository')
    .option(
      '--tls-cert <file>',
      'PEM file of the certificate and its chain; a renewed one is taken at once',
      absolutePath,
    )
    .option('--tls-key <file>', 'PEM file of its key', absolutePath)
    .option('--append-only', 'clients delete nothing but locks')
    .option(
      '--delayed-deletion <duration>',
      'with --append-only: data, index and snapshots that a client deletes are kept for so long, e.g. 30d',
      durationSeconds,
    )
    .option(
      '--repository-quota <size>',
      'what one repository may take, its deleted files included, e.g. 500G',
      size,
    )
    .option(
      '--user-quota <size>',
      'what all repositories of one user may take, unless set for the user',
      size,
    )
    .option('--keep-free <size>', 'what stays free on the disk (default: 64M)', size)
    .option('--max-file-size <size>', 'the largest single file (default: 4G)', size)
    .option('--max-connections <n>', 'connections at once (default: 256)', positiveNumber)
    .option('--insecure-no-tls', 'listen beyond this machine without TLS: for a proxy in front that has it')
    .option('--insecure-no-users', 'listen beyond this machine although everybody is let in')
    .option(
      '--log-level <level>',
      'debug (reads too), info (changes and refusals), warn or error (default: info)',
      oneOf('debug', 'info', 'warn', 'error'),
    )
    .action(async (folder: string) => {
      const flags = optionsOf<Flags>(command);
      const forPeople = cli.out.stderr.isTTY === true && !flags.json;
      const level = flags.logLevel ?? 'info';
      const log = forPeople ? terminalLog(cli.out, level) : createLog({ level });
      const server = await startRestServer({ ...(await serverOptions(folder, flags)), log });
      const { url, users } = server;
      if (flags.json) await cli.out.printJson({ message_type: 'serving', url, folder, users });
      else await cli.out.print(`serving ${folder} at rest:${url}`);
      if (users === undefined) sayEverybody(cli, forPeople, log, join(folder, USERS));
      if (!flags.json) {
        if (flags.appendOnly !== true) cli.out.say('Clients can delete: see --append-only.');
      }
      await cli.out.flush();
      if (!cli.signal.aborted) await once(cli.signal, 'abort');
      await server.close(drainMs);
    });
  addOutputOptions(command);
  addExitCodes(
    command,
    [],
    {
      0: 'ended by Ctrl-C or SIGTERM, as servers are; what was under way had 30 seconds to finish',
      1: 'it could not start: the folder is missing, the port taken, the users or the certificate unusable, or it would be unsafe',
    },
    { signals: false },
  );
}

function sayEverybody(cli: Cli, forPeople: boolean, log: Log, users: string): void {
  if (!forPeople) {
    log.warn({ users }, 'everybody is let in: there are no users');
    return;
  }
  cli.out.say(
    'Everybody who reaches this address is let in: there are no users. The first ends that within a second:',
  );
  cli.out.say(`octobox repository user add NAME --users ${users}`);
}

async function serverOptions(folder: string, flags: Flags): Promise<Omit<RestServerOptions, 'log'>> {
  const { tlsCert, tlsKey } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key belong together', { advice: 'Give both.' });
  }
  return {
    root: resolve(folder),
    ...parseListen(flags.listen ?? '127.0.0.1:8000'),
    users: flags.users ?? (await usersIn(folder)),
    awaitedUsers: join(folder, USERS),
    certificate:
      tlsCert === undefined || tlsKey === undefined ? undefined : { certificate: tlsCert, key: tlsKey },
    privateRepositories: flags.sharedRepositories !== true,
    appendOnly: flags.appendOnly ?? false,
    delayedDeletionMs: flags.delayedDeletion === undefined ? undefined : flags.delayedDeletion * 1000,
    repositoryQuota: flags.repositoryQuota,
    userQuota: flags.userQuota,
    ...(flags.keepFree === undefined ? {} : { keepFree: flags.keepFree }),
    ...(flags.maxFileSize === undefined ? {} : { largestFile: flags.maxFileSize }),
    ...(flags.maxConnections === undefined ? {} : { maxConnections: flags.maxConnections }),
    insecureNoTls: flags.insecureNoTls ?? false,
    insecureNoUsers: flags.insecureNoUsers ?? false,
  };
}

/** The name by which restic's own rest-server has it. */
const USERS = '.htpasswd';

async function usersIn(folder: string): Promise<string | undefined> {
  const path = join(folder, USERS);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? path : undefined;
}
