import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Config,
  createLog,
  type Log,
  loadConfig,
  openPlatform,
  type Platform,
  silentLog,
} from '@octobox/server';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type PlatformFlags, platformEnvironment } from './platform-options.ts';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export const platformConfig = (cli: Cli, flags: PlatformFlags & { readonly listen?: string }): Config =>
  loadConfig({ env: platformEnvironment(cli, flags) });

export const isSetUp = (config: Config): Promise<boolean> => exists(join(config.dataFolder, 'octobox.db'));

/**
 * The platform of this machine, for a verb that does one thing with it; dispose it afterwards.
 * @throws CliError `cli.source-missing` when nothing has ever been protected here
 */
export async function openOwnPlatform(
  cli: Cli,
  flags: PlatformFlags & OutputFlags & { readonly listen?: string },
  options: { readonly mayCreate?: boolean; readonly log?: Log } = {},
): Promise<Platform> {
  const config = platformConfig(cli, flags);
  if (options.mayCreate !== true && !(await isSetUp(config))) {
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
  return openPlatform(config, { log });
}
