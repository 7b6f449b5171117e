import type { OutgoingAddresses } from '@octobox/server';
import type { Preflight, SourceOptions } from '@octobox/sources';
import type { OutputFlags } from '../options/global-options.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';
import type { KnownSources } from './known-sources.ts';
import { passwordOf, type SourceRequest } from './protect-request.ts';
import type { SourceWishes } from './source-changes.ts';

export interface Examined {
  readonly request: SourceRequest;
  readonly preflight: Preflight;
}

interface Asked {
  readonly known: KnownSources;
  readonly wishes: SourceWishes;
  readonly outgoing: OutgoingAddresses;
}

/** Looks at every source before anything is set up, so that what cannot work is refused at once. */
export async function examine(
  cli: Cli,
  requests: readonly SourceRequest[],
  asked: Asked,
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
    const preflight = await request.parsed
      .create(optionsOf(request, asked))
      .preflight({ signal: cli.signal });
    examined.push({ request, preflight });
  }
  return examined;
}

/** As the schedules will reach it: what is given now, else what is kept of a source that is known. */
function optionsOf(request: SourceRequest, { known, wishes, outgoing }: Asked): SourceOptions {
  const before = known.get(request);
  const { excludes, oneFileSystem, paths } = { ...before?.source.options, ...wishes.options };
  const password = passwordOf(request.parsed, wishes.password) ?? before?.password;
  if (password === undefined && before?.unreadable !== undefined) throw before.unreadable;
  return {
    reach: (host) => outgoing.find(host),
    ...(excludes === undefined ? {} : { excludes }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
    ...(paths === undefined ? {} : { morePaths: paths }),
    ...(password === undefined ? {} : { password }),
  };
}
