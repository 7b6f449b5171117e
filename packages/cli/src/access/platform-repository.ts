import { access } from 'node:fs/promises';
import { loadConfig } from '@octobox/server';
import type { Cli } from '../verb.ts';
import type { Place } from './place.ts';

/** The repository that `octobox protect` made on this machine; undefined when it never did. */
export async function platformRepository({ env }: Cli): Promise<Place | undefined> {
  const { repository } = loadConfig({ env: env.all });
  const found = await access(repository.passwordFile).then(
    () => true,
    () => false,
  );
  return found ? repository : undefined;
}
