import type { Command } from 'commander';
import { lockRepository, type OpenFlags, openRepository } from '../access/open-repository.ts';
import { runPrune } from '../maintain/run-prune.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf } from '../options/global-options.ts';
import { addPruneOptions, type PruneFlags, pruneOptions } from '../options/prune-options.ts';
import type { Cli } from '../verb.ts';

interface Flags extends OpenFlags, PruneFlags {
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Removes data that no snapshot needs any more. A plan is made and shown, and then that very plan is\n' +
        'carried out; --dry-run stops in between. An interruption at any moment leaves a whole repository.\n' +
        'Danger: data of forgotten snapshots is gone for good afterwards. The repository is locked exclusively\n' +
        'meanwhile, so backups wait or fail.',
    )
    .option('-n, --dry-run', 'only show what would be done')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const dryRun = flags.dryRun ?? false;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
      await runPrune(cli, repository, {
        ...flags,
        options: pruneOptions(flags),
        dryRun,
        signal: lock.signal,
      });
    });
  addPruneOptions(command);
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}
