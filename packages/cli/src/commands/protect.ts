import {
  type Criticality,
  criticalities,
  OutgoingAddresses,
  type Platform,
  type Service,
} from '@octobox/server';
import { type Command, InvalidArgumentError } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { collect, durationSeconds, oneOf } from '../options/values.ts';
import { type Enrolled, enrol, findOrAddService, renew } from '../platform/enrol.ts';
import { type KnownSources, knownSources, refuseOtherServices } from '../platform/known-sources.ts';
import { isSetUp, openOwnPlatform, platformConfig } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { type Examined, examine } from '../platform/preflight.ts';
import { protectedJson, protectedLines } from '../platform/protect-report.ts';
import { sourceRequests } from '../platform/protect-request.ts';
import type { SourceWishes } from '../platform/source-changes.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly every?: string;
  readonly filesEvery?: string;
  readonly name?: string;
  readonly rpo?: number;
  readonly rto?: number;
  readonly criticality?: Criticality;
  readonly exclude?: readonly string[] | false;
  readonly oneFileSystem?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Has databases and folders backed up from now on, and their restores rehearsed. Each source is looked at\n' +
        'first; when one cannot work, nothing is set up. Then they become one service with its objectives, and on\n' +
        'first use the encrypted repository and its password file are made.\n' +
        'The schedules run while `octobox serve` runs. Said again for a source that is protected already, it changes\n' +
        'what is given, says so, and leaves the rest as it was. The password of a database is sealed in the vault; take\n' +
        'it from PGPASSWORD or ~/.pgpass rather than writing it into the address, which others can see.\n' +
        'Danger: without the password file nothing in the repository can be read again. Keep a copy elsewhere.',
    )
    .argument(
      '<source...>',
      'postgres://user@host:port/database, sqlite:/path/of/the/file, or a folder or file',
    )
    .option(
      '--every <time>',
      'back databases up so often, e.g. 1h (10s at least), or "0 3 * * * Europe/Berlin" (default: 1h)',
    )
    .option(
      '--files-every <time>',
      'back folders up so often (default: 6h, or --every when there are only folders)',
    )
    .option(
      '--name <name>',
      "the service's name (default: the first database's, else the first folder's)",
      notBlank,
    )
    .option(
      '--rpo <duration>',
      "at most so much work may be lost (default: the tier's, or the interval)",
      objective,
    )
    .option('--rto <duration>', "back within this time (default: the tier's)", objective)
    .option(
      '--criticality <tier>',
      'critical (default: 1h lost, back in 15m, rehearsed daily), high, normal, low',
      oneOf(...criticalities),
    )
    .option('-e, --exclude <pattern>', 'leave out of folders what matches (repeatable)', pattern)
    .option('--no-exclude', 'leave nothing out of folders any more')
    .option('-x, --one-file-system', 'folders: stay on their file systems')
    .option('--no-one-file-system', 'folders: enter other file systems again')
    .action(async (locations: string[]) => {
      const flags = optionsOf<Flags>(command);
      const wishes = wishesOf(flags, cli.env.postgresqlPassword);
      const requests = sourceRequests(locations, flags);
      await using open = new AsyncDisposableStack();
      // What is protected already is looked at as the schedules reach it; without a platform nothing is.
      const config = platformConfig(cli, flags);
      const outgoing = new OutgoingAddresses(config.network);
      const existing = (await isSetUp(config)) ? open.use(await openOwnPlatform(cli, flags)) : undefined;
      const known: KnownSources = existing === undefined ? new Map() : await knownSources(existing, requests);
      refuseOtherServices(known, flags);
      const examined = await examine(cli, requests, { known, wishes, outgoing }, flags);
      const platform = existing ?? open.use(await openOwnPlatform(cli, flags, { mayCreate: true }));
      const { created } = await platform.repository.init();
      const enrolled = await enrolAll(platform, examined, { known, wishes, flags });
      const services = await platform.catalog.services();
      const report = { services, examined, enrolled, created, config: platform.config };
      if (flags.json) await cli.out.printJson(protectedJson(report));
      else await cli.out.printAll(protectedLines(report));
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [12]);
}

const wishesOf = (flags: Flags, password: string | undefined): SourceWishes => ({
  options: {
    ...(flags.exclude === undefined ? {} : { excludes: flags.exclude === false ? [] : flags.exclude }),
    ...(flags.oneFileSystem === undefined ? {} : { oneFileSystem: flags.oneFileSystem }),
  },
  rpo: flags.rpo,
  password,
});

const pattern = (value: string, earlier: readonly string[] | false | undefined): string[] =>
  collect(value, earlier === false ? undefined : earlier);

function objective(text: string): number {
  const seconds = durationSeconds(text);
  if (!(seconds > 0 && Number.isFinite(seconds))) {
    throw new InvalidArgumentError('It must be longer than zero, e.g. 15m or 1h.');
  }
  return seconds;
}

function notBlank(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text.trim();
}

/** Everything that is new becomes part of one service, which is made only when there is something new. */
async function enrolAll(
  platform: Platform,
  examined: readonly Examined[],
  asked: { readonly known: KnownSources; readonly wishes: SourceWishes; readonly flags: Flags },
): Promise<Enrolled[]> {
  const { known, wishes, flags } = asked;
  const fresh = examined.filter(({ request }) => !known.has(request));
  const service = fresh.length === 0 ? undefined : await serviceFor(platform, fresh, flags);
  const enrolled: Enrolled[] = [];
  for (const { request } of examined) {
    const before = known.get(request);
    if (before !== undefined) enrolled.push(await renew(platform, request, before, wishes));
    else if (service !== undefined) enrolled.push(await enrol(platform, service, request, wishes));
  }
  return enrolled;
}

function serviceFor(platform: Platform, fresh: readonly Examined[], flags: Flags): Promise<Service> {
  const parsed = fresh.map(({ request }) => request.parsed);
  const first = parsed.find(({ kind }) => kind !== 'files') ?? parsed[0];
  return findOrAddService(platform, flags.name ?? first?.name ?? 'service', flags);
}
