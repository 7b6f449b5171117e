import type { Drill, Platform, ProtectedSource } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { chooseSources } from '../platform/choose-sources.ts';
import { withJobProgress } from '../platform/job-progress.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { recoveryJson, recoveryLines } from '../platform/recovery-report.ts';
import { sayFailure } from '../platform/run-backups.ts';
import { systemOrigin } from '../platform/system-origin.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly snapshot?: string;
  readonly from?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Rehearses a restore: brings the newest backup of a source back in a scratch place (a private database\n' +
        'server, a folder), compares it with the inventory taken when it was backed up, measures how long that\n' +
        'took, and removes the scratch place. The live source is never touched. The measurement is what\n' +
        'estimates in incidents rest on.',
    )
    .argument('[source...]', 'names of protected sources (default: all)')
    .option('--snapshot <id>', 'rehearse this snapshot instead of the newest (with one source)')
    .option(
      '--from <name>',
      'restore from this off-site repository of the configuration instead of the own one',
    )
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const sources = await chooseSources(platform, names);
      const failed: string[] = [];
      const broken: string[] = [];
      for (const source of sources) {
        const drill = await rehearse(cli, platform, source, flags);
        if (flags.json) await cli.out.printJson(recoveryJson('drill', source, drill));
        else await cli.out.printAll(recoveryLines('drill', source, drill));
        await cli.out.flush();
        if (drill.state !== 'passed' && drill.failure !== undefined && !flags.json) {
          sayFailure(cli, source.name, drill.failure);
        }
        if (isNotGood(drill)) failed.push(source.name);
        else if (drill.state !== 'passed') broken.push(source.name);
      }
      if (broken.length > 0) {
        throw new CliError('cli.findings', `the drill of ${broken.join(', ')} could not be carried out`);
      }
      if (failed.length > 0) {
        throw new CliError('cli.not-good', `the drill of ${failed.join(', ')} did not hold what is promised`);
      }
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    0: 'every drill passed, within its target',
    1: 'a drill could not be carried out, or the command line was wrong',
    4: 'a restored copy differs from its inventory, or the restore took longer than its target',
  });
}

async function rehearse(cli: Cli, platform: Platform, source: ProtectedSource, flags: Flags): Promise<Drill> {
  const drill = await withJobProgress(cli, flags, source.name, (onProgress) =>
    platform.runNow.drill(source.id, {
      onProgress,
      signal: cli.signal,
      reason: 'manual',
      origin: systemOrigin(),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.snapshot === undefined ? {} : { snapshot: flags.snapshot }),
    }),
  );
  cli.signal.throwIfAborted();
  return drill;
}

/** It was carried out, and what it showed is not what is promised. */
const isNotGood = (drill: Drill): boolean =>
  (drill.state === 'failed' && drill.checks.some(({ outcome }) => outcome === 'failed')) ||
  (drill.state === 'passed' && (drill.recoverySeconds ?? 0) > drill.rtoSeconds);
