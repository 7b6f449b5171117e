import type { MirrorRun, Platform } from '@octobox/server';
import { CliError } from '../errors.ts';
import { bytes, plural } from '../output/quantities.ts';
import { refuseOtherOptions } from '../platform/is-for-platform.ts';
import { withJobProgress } from '../platform/job-progress.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { sayFailure } from '../platform/run-backups.ts';
import { repositoryLines } from '../platform/status-table.ts';
import { systemOrigin } from '../platform/system-origin.ts';
import type { Cli } from '../verb.ts';
import { heldLoss } from './held-loss.ts';
import type { MirrorFlags } from './mirror-flags.ts';
import { consent } from './run-mirror.ts';

/** `octobox mirror` and `octobox mirror status` without -r: the off-site repositories of the configuration. */
export async function mirrorPlatform(
  cli: Cli,
  action: string | undefined,
  flags: MirrorFlags,
): Promise<void> {
  refuseOtherOptions(flags, ['name', 'acceptLoss', 'anew', 'yes']);
  await using platform = await openOwnPlatform(cli, flags, { readOnly: action === 'status' });
  const names =
    flags.name === undefined
      ? platform.offSite.settings.map(({ name }) => name)
      : [platform.offSite.named(flags.name).name];
  if (names.length === 0) {
    throw new CliError('cli.source-missing', 'no off-site repository is configured', {
      advice:
        'Add one under `offsite:` in octobox.yaml (docs/operator-guide.md), or name a place with -r and --to.',
    });
  }
  if (action === 'status') return await showStatus(cli, platform, names, flags);
  if (flags.acceptLoss) {
    if (!flags.json) await showLosses(cli, platform, names);
    await consent(
      cli,
      flags,
      'Was everything that went missing in the repository meant to go? It will be removed off site, too.',
      'accepting a loss',
      'Look at what is held with `octobox mirror status`',
    );
  }
  const wrong: string[] = [];
  let held = 0;
  for (const name of names) {
    const mirror = await send(cli, platform, name, flags);
    if (flags.json) await cli.out.printJson({ message_type: 'mirror', ...mirror });
    else if (!flags.quiet) await cli.out.print(`${name}: ${outcome(mirror)}`);
    await cli.out.flush();
    if (mirror.failure !== undefined && !flags.json) sayFailure(cli, name, mirror.failure);
    if (mirror.state !== 'succeeded') wrong.push(name);
    held += mirror.held ?? 0;
  }
  if (wrong.length > 0) {
    throw new CliError('cli.incomplete', `the copy in ${wrong.join(', ')} is not up to date`);
  }
  if (held > 0) throw heldLoss(held);
}

/** What is about to be accepted, as the newest run found it. */
async function showLosses(cli: Cli, platform: Platform, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const waiting = await platform.offSite.waiting(name);
    if (waiting.what !== 'loss') continue;
    const { reason, objects, bytes: size, snapshotCount } = waiting.loss;
    const held = `${plural(objects, 'object')} (${bytes(size)}), ${plural(snapshotCount, 'snapshot')} among them`;
    await cli.out.print(`${name} holds ${held}: ${reason}`);
  }
  await cli.out.flush();
}

async function send(cli: Cli, platform: Platform, name: string, flags: MirrorFlags): Promise<MirrorRun> {
  const mirror = await withJobProgress(cli, flags, name, (onProgress) =>
    platform.runNow.mirror(name, {
      onProgress,
      signal: cli.signal,
      origin: systemOrigin(),
      ...(flags.acceptLoss === undefined ? {} : { acceptLoss: flags.acceptLoss }),
      ...(flags.anew === undefined ? {} : { anew: flags.anew }),
    }),
  );
  cli.signal.throwIfAborted();
  return mirror;
}

function outcome({ state, objectsCopied = 0, bytesCopied = 0, problems = 0, held = 0 }: MirrorRun): string {
  const sent =
    objectsCopied === 0
      ? 'nothing to send'
      : `${plural(objectsCopied, 'object')}, ${bytes(bytesCopied)} sent`;
  const more = [
    ...(problems > 0 ? [`${plural(problems, 'file')} could not be copied`] : []),
    ...(held > 0 ? [`${plural(held, 'object')} held as a suspicious loss`] : []),
  ];
  return state === 'succeeded' || state === 'incomplete' ? [sent, ...more].join('; ') : state;
}

async function showStatus(
  cli: Cli,
  platform: Platform,
  names: readonly string[],
  flags: MirrorFlags,
): Promise<void> {
  const report = await platform.board.report();
  const repositories = report.repositories.filter(
    ({ role, name = '' }) => role === 'off-site' && names.includes(name),
  );
  if (flags.json)
    for (const each of repositories) await cli.out.printJson({ message_type: 'mirror_status', ...each });
  else await cli.out.printAll(repositoryLines({ ...report, repositories }, Date.parse(report.generatedAt)));
  const bad = repositories.filter(
    ({ state, held = 0 }) => state === 'failing' || state === 'unknown' || held > 0,
  );
  if (bad.length > 0) {
    throw new CliError('cli.not-good', `the copy in ${bad.map(({ name }) => name).join(', ')} is not good`);
  }
}
