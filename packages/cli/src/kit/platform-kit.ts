import { access } from 'node:fs/promises';
import { platformConfig } from '../platform/open-own-platform.ts';
import type { PlatformFlags } from '../platform/platform-options.ts';
import type { Cli } from '../verb.ts';
import { lookAtKit } from './look-at-kit.ts';

/**
 * One line on the recovery kit of the platform's repository; undefined when there is no repository. What is wrong
 * with a kit breaks no promise, so it is said here and is no reason for another exit code: `kit status` is for that.
 */
export async function platformKit(cli: Cli, flags: PlatformFlags): Promise<string | undefined> {
  const place = platformConfig(cli, flags).repository;
  const isThere = await access(place.passwordFile).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  try {
    const { problems, record } = await lookAtKit(cli, {}, place);
    const wrong = problems.map(({ message }) => message).join('; ');
    return wrong === '' ? `verified ${record?.verified?.at.slice(0, 10)}` : `PROBLEM: ${wrong}`;
  } catch (error) {
    return `PROBLEM: it is not known whether it fits: ${(error as Error).message}`;
  }
}
