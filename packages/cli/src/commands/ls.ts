import type { ListedNode } from '@octobox/repository';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { nodeJson, permissions, rfc3339 } from '../output/node-json.ts';
import { bytes, localTime } from '../output/quantities.ts';
import { snapshotJson } from '../output/snapshot-json.ts';
import { printable } from '../output/snapshot-table.ts';
import { describeSnapshot } from '../snapshot/describe-snapshot.ts';
import { listEntries } from '../snapshot/list-entries.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly humanReadable?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists what a snapshot holds: everything, or the folders that are named and what is directly in them.\n' +
        'In a pipe, names are written byte for byte; on a terminal, control characters are shown as "?".',
    )
    .argument('<snapshot>', 'an id, the beginning of one, latest, or any of them with :folder behind it')
    .argument('[folder...]', 'absolute folders within the snapshot')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--human-readable', 'sizes in KiB, MiB …')
    .option('--recursive', 'also what is in the folders of the named folders')
    .action(async (name: string, folders: string[]) => {
      const flags = optionsOf<Flags>(command);
      const { out } = cli;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const snapshot = await repository.snapshot(name, snapshotFilter(flags, cli.env), { signal });
      if (flags.json) {
        await out.printJson({ ...snapshotJson(snapshot), message_type: 'snapshot', struct_type: 'snapshot' });
      } else if (!flags.quiet) {
        out.say(`${describeSnapshot(snapshot)}:`);
      }
      const recursive = flags.recursive ?? false;
      for await (const entry of listEntries(repository, snapshot, { folders, recursive, signal })) {
        if (flags.json) await out.printJson(nodeJson(entry));
        else await out.print(line(entry, flags, out.isTerminal));
      }
    });
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

function line({ path, node }: ListedNode, flags: Flags, forTerminal: boolean): string | Buffer {
  const target = flags.long && node.linkTarget !== undefined ? [Buffer.from(' -> '), node.linkTarget] : [];
  const name = Buffer.concat([path, ...target]);
  const shown = forTerminal ? Buffer.from(printable(name.toString())) : name;
  if (!flags.long) return shown;
  const size = node.type === 'file' ? Number(node.size) : 0;
  const before = [
    permissions(node.mode),
    String(node.uid).padStart(5),
    String(node.gid).padStart(5),
    (flags.humanReadable ? bytes(size) : String(size)).padStart(flags.humanReadable ? 11 : 6),
    localTime(rfc3339(node.mtime)),
  ];
  return Buffer.concat([Buffer.from(`${before.join(' ')} `), shown]);
}
