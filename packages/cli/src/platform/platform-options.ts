import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Cli } from '../verb.ts';

/** Where this machine's platform keeps its things. */
export interface PlatformFlags {
  readonly data?: string;
  readonly config?: string;
}

/** What `serve` takes beside. */
export interface ServeFlags extends PlatformFlags {
  readonly listen?: string;
  readonly role?: string;
}

const heading = 'This installation:';

export function addPlatformOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--data <folder>',
        "the platform's folder (environment: OCTOBOX_DATA; default: /var/lib/octobox for root, else ~/.local/share/octobox); its database is there, or PostgreSQL by DATABASE_URL in the environment",
      ).helpGroup(heading),
    )
    .addOption(
      new Option(
        '--config <file>',
        'its configuration (environment: OCTOBOX_CONFIG; default: octobox.yaml in that folder)',
      ).helpGroup(heading),
    );
}

/** The environment as the platform shall see it: options go before variables. */
export function platformEnvironment(
  { env }: Pick<Cli, 'env'>,
  flags: ServeFlags,
): Record<string, string | undefined> {
  return {
    ...env.all,
    ...(flags.data === undefined ? {} : { OCTOBOX_DATA: resolve(flags.data) }),
    ...(flags.config === undefined ? {} : { OCTOBOX_CONFIG: resolve(flags.config) }),
    ...(flags.listen === undefined ? {} : { OCTOBOX_LISTEN: flags.listen }),
    ...(flags.role === undefined ? {} : { OCTOBOX_ROLE: flags.role }),
  };
}
