import { access, constants } from 'node:fs/promises';
import {
  type Config,
  createLog,
  loadConfig,
  type OpenPlatformOptions,
  openPlatform,
  type Platform,
  refuseCoreDumps,
  silentLog,
} from '@octobox/server';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { platformEnvironment, type ServeFlags } from './platform-options.ts';

export const platformConfig = (cli: Cli, flags: ServeFlags): Config =>
  loadConfig({ env: platformEnvironment(cli, flags) });

/**
 * Whether this machine has a platform: its database file or, with PostgreSQL, the folder that holds its secrets.
 * @throws CliError when this user may not even look
 */
export async function isSetUp({ dataFolder, database }: Config): Promise<boolean> {
  try {
    await access(database.kind === 'sqlite' ? database.file : dataFolder);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw unusable(dataFolder, error);
  }
}

const unusable = (dataFolder: string, cause: unknown): CliError =>
  new CliError(
    'cli.file-unreadable',
    `the folder ${dataFolder} cannot be used: ${(cause as Error).message}`,
    {
      cause,
      advice:
        'Run as the user to whom it belongs, or name another folder with --data or OCTOBOX_DATA; see whether it is mounted read-only.',
    },
  );

const isRefusal = (error: unknown): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * The platform of this machine, for a verb that does one thing with it; dispose it afterwards.
 * @throws CliError `cli.source-missing` when nothing has ever been protected here
 */
export async function openOwnPlatform(
  cli: Cli,
  flags: ServeFlags & OutputFlags,
  options: OpenPlatformOptions & { readonly mayCreate?: boolean } = {},
): Promise<Platform> {
  const coreDumps = refuseCoreDumps();
  const config = platformConfig(cli, flags);
  const there = await isSetUp(config);
  if (options.mayCreate !== true && !there) {
    throw new CliError(
      'cli.source-missing',
      `nothing is protected here: ${config.dataFolder} holds no platform`,
      {
        advice: 'Begin with `octobox protect`, or name another folder with --data or OCTOBOX_DATA.',
      },
    );
  }
  // What goes wrong reaches the user as the verb's own error; the log is for those who look closer.
  const log = options.log ?? ((flags.verbose ?? 0) > 0 ? createLog({ level: config.log.level }) : silentLog);
  if (!coreDumps.refused) log.warn({ reason: coreDumps.reason }, 'a crash may write keys to a core dump');
  try {
    const own = config.database.kind === 'sqlite' ? config.database.file : config.dataFolder;
    if (there && options.readOnly !== true) await access(own, constants.W_OK);
    return await openPlatform(config, { ...options, log });
  } catch (error) {
    throw isRefusal(error) ? unusable(config.dataFolder, error) : error;
  }
}
