import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { bringBack, listTrash } from '@octobox/rest-server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { absolutePath } from '../../options/paths.ts';
import { pointInTime } from '../../options/values.ts';
import { bytes, plural } from '../../output/quantities.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends OutputFlags {
  readonly deletedSince?: Date;
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Brings back what clients deleted from a repository that was served with --delayed-deletion: packs, then\n' +
        'indexes, then snapshots. Run it on the server; serving may go on. Nothing that is there is replaced.\n' +
        'Run `octobox check` afterwards, and forget anew what was meant to go.',
    )
    .argument('<folder>', 'the repository itself, e.g. /srv/backup/alice/web', absolutePath)
    .option(
      '--deleted-since <time>',
      'only what was deleted then or later, e.g. "2026-11-01 22:00"',
      pointInTime,
    )
    .option('-n, --dry-run', 'show what would come back, change nothing')
    .action(async (folder: string) => {
      const flags = optionsOf<Flags>(command);
      await access(join(folder, 'keys')).catch((cause: unknown) => {
        throw new CliError('cli.file-unreadable', `${folder} is no folder of a repository`, {
          cause,
          advice: 'Name the repository itself, with its folders data, keys and snapshots.',
        });
      });
      const back = { data: 0, index: 0, snapshot: 0 };
      let [size, present] = [0, 0];
      for await (const deleted of listTrash(folder)) {
        cli.signal.throwIfAborted();
        if (flags.deletedSince !== undefined && deleted.deletedAt < flags.deletedSince) continue;
        if (flags.dryRun !== true && !(await bringBack(folder, deleted))) present += 1;
        else {
          back[deleted.file.kind] += 1;
          size += deleted.size;
        }
      }
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'undeleted',
          dry_run: flags.dryRun ?? false,
          packs: back.data,
          indexes: back.index,
          snapshots: back.snapshot,
          bytes: size,
          already_present: present,
        });
        return;
      }
      await cli.out.print(
        `${flags.dryRun ? 'would bring back' : 'brought back'} ${plural(back.snapshot, 'snapshot')}, ` +
          `${plural(back.index, 'index', 'indexes')} and ${plural(back.data, 'pack')}: ${bytes(size)}`,
      );
      if (present > 0)
        cli.out.say(`${plural(present, 'file')} had a newer one of the same name, which stays`);
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}
