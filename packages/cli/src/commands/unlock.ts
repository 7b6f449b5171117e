import type { Repository } from '@octobox/repository';
import { listLocks, removeLocks } from '@octobox/repository/locks';
import type { Command } from 'commander';
import { enterAct } from '../access/enter-act.ts';
import { type OpenedRepository, openRepository } from '../access/open-repository.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { localTime, plural, shortId } from '../output/quantities.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags {
  readonly removeAll?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Removes locks whose process is gone: those of this machine whose process no longer runs, and all that\n' +
        'have not been refreshed for half an hour.\n' +
        'Danger: --remove-all also removes locks that are in use. A prune that runs meanwhile may then delete\n' +
        'data that a backup still counts on. Use it only when you know that nobody else is at work.',
    )
    .option('--remove-all', 'remove every lock, whoever holds it')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      await using repository = await openRepository(cli, flags);
      if (flags.removeAll) await enterRemoval(cli, repository);
      const { removed } = await removeLocks(repository, { all: flags.removeAll ?? false });
      const left = await listLocks(repository);
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'summary',
          removed,
          remaining: left.map(({ id, time, exclusive, hostname, username, pid }) => ({
            id,
            time,
            exclusive,
            hostname,
            username,
            pid,
          })),
        });
        return;
      }
      await cli.out.print(removed === 0 ? 'no lock was removed' : `removed ${plural(removed, 'lock')}`);
      for (const lock of left) {
        await cli.out.print(
          `lock ${shortId(lock.id)} stays: process ${lock.pid} on ${lock.hostname}${lock.exclusive ? ', exclusive' : ''}, since ${localTime(lock.time)}`,
        );
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, [10, 12]);
}

/** Whoever held these locks may have been at work. */
async function enterRemoval(cli: Cli, { storage, place }: Repository & OpenedRepository): Promise<void> {
  let locks = 0;
  for await (const _ of storage.list('lock')) locks++;
  if (locks > 0) await enterAct(cli, place, { action: 'unlock.asked', after: { locks } });
}
