import type { Platform, ProtectedSource } from '@octobox/server';
import { CliError } from '../errors.ts';

/** The sources that are named, or all of them. Names are looked up before anything is done with the first. */
export async function chooseSources(
  platform: Platform,
  names: readonly string[],
): Promise<ProtectedSource[]> {
  const sources =
    names.length === 0
      ? await platform.catalog.sources()
      : await Promise.all(names.map((name) => platform.catalog.source(name)));
  if (sources.length === 0) {
    throw new CliError('cli.source-missing', 'nothing is protected yet', {
      advice: 'Begin with `octobox protect`.',
    });
  }
  return sources;
}
