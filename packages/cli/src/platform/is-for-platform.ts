import { namedRepository } from '../access/location.ts';
import { UsageError } from '../errors.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import type { PlatformFlags } from './platform-options.ts';

export interface SourceNames {
  readonly source?: readonly string[];
}

/**
 * Whether a verb speaks to the platform and its sources: when a source is named by `--source`, or when
 * no repository is named anywhere and this machine has a platform.
 */
export async function isForPlatform(
  cli: Cli,
  flags: RepositoryFlags & PlatformFlags & SourceNames,
): Promise<boolean> {
  if (flags.source !== undefined) return true;
  if ((await namedRepository(cli, flags)) !== undefined) return false;
  // Loaded here only: it brings the whole platform along, which a verb on a named repository can do without.
  const { isSetUp, platformConfig } = await import('./open-own-platform.ts');
  return isSetUp(platformConfig(cli, flags));
}

const always = ['json', 'quiet', 'verbose', 'data', 'config', 'source'];

/** Refuses options that have no meaning for protected sources, rather than to ignore them. */
export function refuseOtherOptions(flags: object, allowed: readonly string[]): void {
  const strange = Object.keys(flags).find((name) => !always.includes(name) && !allowed.includes(name));
  if (strange === undefined) return;
  const option = strange.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${option} has no meaning for protected sources`, {
    advice: 'Name a repository with -r to work on it directly, or leave the option away.',
  });
}
