import { access, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Platform } from '@octobox/server';
import { describeError } from '../output/error-report.ts';
import type { Cli } from '../verb.ts';
import type { Place } from './place.ts';

/** What is about to be done: `forget.asked`, and what an auditor is to know of it. */
export interface RepositoryAct {
  readonly action: string;
  readonly after: Readonly<Record<string, string | number>>;
}

/**
 * Enters in the audit log what somebody is about to do to a repository of this machine's platform, its own or one off
 * site. Of others nothing is known. What frees a full disk is not held up by a database that cannot be used: then it is
 * said that there is no entry.
 */
export async function enterAct(cli: Cli, place: Place, act: RepositoryAct): Promise<void> {
  try {
    const name = await nameHere(cli, place);
    if (name === undefined) return;
    const { openOwnPlatform } = await import('../platform/open-own-platform.ts');
    await using platform = await openOwnPlatform(cli, {});
    await enter(platform, name, act);
  } catch (error) {
    cli.out.say(`octobox: no entry in the audit log tells of this: ${describeError(error).message}`);
  }
}

/** The name that this machine's platform has for a repository: `primary` is its own. Undefined: it knows it not, or there is none. */
export async function nameHere(cli: Cli, { location }: Place): Promise<string | undefined> {
  if (!(await isThere(dataFolder(cli)))) return undefined;
  // Loaded here only: it brings the whole platform along.
  const { ownConfig } = await import('../platform/own-config.ts');
  const config = await ownConfig(cli.env.all);
  return config === undefined ? undefined : await nameOf(config, location);
}

export async function enter(platform: Platform, name: string, act: RepositoryAct): Promise<void> {
  const { systemOrigin } = await import('../platform/system-origin.ts');
  await platform.repository.enterAct({ ...act, origin: systemOrigin(), subject: `repository:${name}` });
}

interface Known {
  readonly repository: { readonly location: string };
  readonly offsite: readonly { readonly name: string; readonly location: string }[];
}

async function nameOf({ repository, offsite }: Known, location: string): Promise<string | undefined> {
  const wanted = await inOneSpelling(location);
  for (const { name, location } of [{ ...repository, name: 'primary' }, ...offsite]) {
    if ((await inOneSpelling(location)) === wanted) return name;
  }
  return undefined;
}

/** Folders as they are, whatever links lead there. */
async function inOneSpelling(location: string): Promise<string> {
  const path = location.replace(/^local:/, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path.replace(/\/+$/, '');
  return await realpath(path).catch(() => resolve(path));
}

/** As the platform finds it. Where there is none, no verb on a repository loads the platform to learn that. */
function dataFolder({ env: { all } }: Cli): string {
  if (all.OCTOBOX_DATA) return all.OCTOBOX_DATA;
  if (process.getuid?.() === 0) return '/var/lib/octobox';
  const home = all.HOME || homedir();
  return join(all.XDG_DATA_HOME || join(home, '.local', 'share'), 'octobox');
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
