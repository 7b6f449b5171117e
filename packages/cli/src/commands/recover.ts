import { hostname } from 'node:os';
import type { Repository } from '@octobox/repository';
import { applyRecover, planRecover, type RecoverPlan } from '@octobox/repository/recover';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { plural, shortId } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';
import { programVersion } from '../version.ts';

interface Flags extends RepositoryFlags, OutputFlags {
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Makes a snapshot of all that no snapshot leads to any more, e.g. after one was forgotten by mistake and before\n' +
        'prune. Every folder that nothing refers to stands in its root under the beginning of its id, with what is\n' +
        'in it; the snapshot has the path /recover and the tag "recovered". Names of hosts and times of backups are\n' +
        'lost. Folders of backups that were cut off, or run just now, are among them. Packs that no index names are\n' +
        'not looked into: `octobox repair index` comes first when some are missing.',
    )
    .option('-n, --dry-run', 'only show what would be done')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const { json, quiet } = flags;
      const dryRun = flags.dryRun ?? false;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const plan = await makePlan(cli, repository, flags, signal);
      if (!json && !quiet) await cli.out.printAll(planLines(plan));
      const id =
        dryRun || plan.roots.length === 0
          ? undefined
          : await applyRecover(repository, plan, {
              host: cli.env.host ?? hostname(),
              now: new Date(),
              programVersion,
              signal,
            });
      if (json) await cli.out.printJson(summary(plan, dryRun, id));
      else if (id !== undefined && !quiet) await cli.out.print(`snapshot ${shortId(id)} saved`);
      await tellLost(cli, plan);
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or a folder or snapshot cannot be read, or the command line was wrong',
  });
}

async function makePlan(
  cli: Cli,
  repository: Repository,
  flags: Flags,
  signal: AbortSignal,
): Promise<RecoverPlan> {
  await repository.loadIndex({ signal });
  await using progress = startVerbProgress(cli, flags);
  return await planRecover(repository, {
    signal,
    onTree: (done) => progress.update({ step: 'reading folders', done, unit: 'folders' }),
  });
}

const planLines = ({ roots }: RecoverPlan): string[] =>
  roots.length === 0
    ? ['every folder is part of a snapshot: nothing to recover']
    : [
        ...roots.map((id) => `tree ${id.toString('hex')}`),
        `recovering ${plural(roots.length, 'folder')} that no snapshot leads to`,
      ];

const summary = ({ roots, unreadable, damaged }: RecoverPlan, dryRun: boolean, id?: string): object => ({
  message_type: 'summary',
  dry_run: dryRun,
  trees: roots.map((tree) => tree.toString('hex')),
  unreadable_trees: unreadable.map(({ tree }) => tree),
  unreadable_snapshots: damaged.map(({ file }) => file.name),
  snapshot_id: id ?? null,
});

/** @throws CliError when something cannot be read, after all else was done */
async function tellLost({ out }: Cli, { unreadable, damaged }: RecoverPlan): Promise<void> {
  await out.flush();
  for (const { tree, error } of unreadable) {
    out.say(`octobox: tree ${tree}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const { message } of damaged) out.say(`octobox: ${message}`);
  const lost = [
    ...(unreadable.length > 0 ? [plural(unreadable.length, 'folder')] : []),
    ...(damaged.length > 0 ? [plural(damaged.length, 'snapshot')] : []),
  ];
  if (lost.length === 0) return;
  throw new CliError('cli.findings', `${lost.join(' and ')} cannot be read`, {
    advice:
      'What is in such folders stands for itself, if anything of it can be read. `octobox check` tells more.',
  });
}
