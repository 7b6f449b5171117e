import {
  type Criticality,
  criticalities,
  type Platform,
  type Service,
  type SourceOptions,
} from '@octobox/server';
import { type Command, InvalidArgumentError } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { collect, durationSeconds, oneOf } from '../options/values.ts';
import { type Enrolled, enrol, findOrAddService, renew } from '../platform/enrol.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { type Examined, examine } from '../platform/preflight.ts';
import { protectedJson, protectedLines } from '../platform/protect-report.ts';
import { sourceRequests } from '../platform/protect-request.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly every?: string;
  readonly filesEvery?: string;
  readonly name?: string;
  readonly rpo?: number;
  readonly rto?: number;
  readonly criticality?: Criticality;
  readonly exclude?: readonly string[];
  readonly oneFileSystem?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Has databases and folders backed up from now on, and their restores rehearsed. Each source is looked at\n' +
        'first; when one cannot work, nothing is set up. Then they become one service with its objectives, and on\n' +
        'first use the encrypted repository and its password file are made.\n' +
        'The schedules run while `octobox serve` runs. Said again for a source that is protected already, it sets\n' +
        'the schedule. The password of a database is kept in a file of its own that only this user may read; take\n' +
        'it from PGPASSWORD or ~/.pgpass rather than writing it into the address, which others can see.\n' +
        'Danger: without the password file nothing in the repository can be read again. Keep a copy elsewhere.',
    )
    .argument(
      '<source...>',
      'postgres://user@host:port/database, sqlite:/path/of/the/file, or a folder or file',
    )
    .option(
      '--every <time>',
      'back databases up so often, e.g. 1h, or "0 3 * * * Europe/Berlin" (default: 1h)',
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
      durationSeconds,
    )
    .option('--rto <duration>', "back within this time (default: the tier's)", durationSeconds)
    .option(
      '--criticality <tier>',
      'critical (default: 1h lost, back in 15m, rehearsed daily), high, normal, low',
      oneOf(...criticalities),
    )
    .option('-e, --exclude <pattern>', 'leave out of folders what matches (repeatable)', collect)
    .option('-x, --one-file-system', 'folders: stay on their file systems')
    .action(async (locations: string[]) => {
      const flags = optionsOf<Flags>(command);
      const sourceOptions = {
        ...(flags.exclude === undefined ? {} : { excludes: flags.exclude }),
        ...(flags.oneFileSystem === undefined ? {} : { oneFileSystem: flags.oneFileSystem }),
      };
      const requests = sourceRequests(locations, flags);
      const examined = await examine(cli, requests, sourceOptions, flags);
      await using platform = await openOwnPlatform(cli, flags, { mayCreate: true });
      const { created } = await platform.initRepository();
      const enrolled = await enrolAll(platform, examined, sourceOptions, flags, cli.env.postgresqlPassword);
      const services = await platform.catalog.services();
      const report = { services, examined, enrolled, created, config: platform.config };
      if (flags.json) await cli.out.printJson(protectedJson(report));
      else await cli.out.printAll(protectedLines(report));
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [12]);
}

function notBlank(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text.trim();
}

/** Everything that is new becomes part of one service, which is made only when there is something new. */
async function enrolAll(
  platform: Platform,
  examined: readonly Examined[],
  source: SourceOptions,
  flags: Flags,
  password: string | undefined,
): Promise<Enrolled[]> {
  const renewed = new Map<Examined, Enrolled>();
  for (const request of examined) {
    const known = await renew(platform, request);
    if (known !== undefined) renewed.set(request, known);
  }
  const fresh = examined.filter((request) => !renewed.has(request));
  const service = fresh.length === 0 ? undefined : await serviceFor(platform, fresh, flags);
  const enrolled: Enrolled[] = [];
  for (const request of examined) {
    const known = renewed.get(request);
    if (known !== undefined) enrolled.push(known);
    else if (service !== undefined)
      enrolled.push(await enrol(platform, service, request, { source, rpo: flags.rpo, password }));
  }
  return enrolled;
}

function serviceFor(platform: Platform, examined: readonly Examined[], flags: Flags): Promise<Service> {
  const first = examined.find(({ parsed }) => parsed.kind !== 'files') ?? examined[0];
  return findOrAddService(platform, flags.name ?? first?.parsed.name ?? 'service', {
    criticality: flags.criticality ?? 'critical',
    rpo: flags.rpo,
    rto: flags.rto,
    given: flags.rpo !== undefined || flags.rto !== undefined || flags.criticality !== undefined,
  });
}
