import type { OnWritten } from '@octobox/repository/rewrite';
import type { ReplacingVerb } from '@octobox/server';
import { CliError } from '../errors.ts';
import { describeError } from '../output/error-report.ts';
import type { Cli } from '../verb.ts';
import { enter, enterAct, nameHere, type RepositoryAct } from './enter-act.ts';
import type { Place } from './place.ts';

/** The name that the platform gives its own repository. */
const own = 'primary';

/** @throws CliError when it cannot be told */
export async function isPlatformsOwn(cli: Cli, place: Place): Promise<boolean> {
  return await unchanged(async () => (await nameHere(cli, place)) === own);
}

export interface Replacing extends AsyncDisposable {
  /** For whatever replaces snapshots of the repository. */
  readonly onWritten: OnWritten | undefined;
}

/**
 * As `enterAct`, before snapshots are replaced. The platform knows those of its own repository by their ids, and learns of
 * each new one before the old one goes.
 * @throws CliError when it could not learn of them; nothing is written yet
 */
export async function beginReplacing(
  cli: Cli,
  place: Place,
  verb: ReplacingVerb,
  act: RepositoryAct,
): Promise<Replacing> {
  if (!(await isPlatformsOwn(cli, place))) {
    await enterAct(cli, place, act);
    return { onWritten: undefined, [Symbol.asyncDispose]: async () => undefined };
  }
  const { openOwnPlatform } = await import('../platform/open-own-platform.ts');
  const { systemOrigin } = await import('../platform/system-origin.ts');
  const platform = await unchanged(async () => await openOwnPlatform(cli, {}));
  try {
    await unchanged(async () => await enter(platform, own, act));
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return {
    onWritten: async (written) =>
      await platform.repository.replaceSnapshot({ ...written, verb, origin: systemOrigin() }),
    [Symbol.asyncDispose]: async () => await platform.stop(),
  };
}

async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message, advice } = describeError(cause);
    throw new CliError(
      'cli.platform-unusable',
      `nothing was changed, because the platform would not know the new snapshots: ${message}`,
      {
        cause,
        advice: [
          ...(advice === undefined ? [] : [advice]),
          'If the platform of this machine is given up and its repository alone is mended, name an empty folder with OCTOBOX_DATA,\n' +
            'and the repository, its password file and the keys of its layers (-r, --password-file, --layer-keys).',
        ].join('\n'),
      },
    );
  }
}
