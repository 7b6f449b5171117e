import type { Preflight, SourceOptions } from '@octobox/sources';
import type { OutputFlags } from '../options/global-options.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';
import type { SourceRequest } from './protect-request.ts';

export interface Examined extends SourceRequest {
  readonly preflight: Preflight;
}

/** Looks at every source before anything is set up, so that what cannot work is refused at once. */
export async function examine(
  cli: Cli,
  requests: readonly SourceRequest[],
  options: SourceOptions,
  flags: OutputFlags,
): Promise<Examined[]> {
  await using progress = startVerbProgress(cli, flags);
  const examined: Examined[] = [];
  for (const [at, request] of requests.entries()) {
    progress.update({
      step: `looking at ${request.parsed.name}`,
      done: at,
      total: requests.length,
      unit: 'sources',
    });
    const preflight = await request.parsed.create(options).preflight({ signal: cli.signal });
    examined.push({ ...request, preflight });
  }
  return examined;
}
