import type { Repository } from '@octobox/repository';
import type { FileKind } from '@octobox/storage';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

const kinds: Readonly<Record<string, FileKind>> = {
  packs: 'data',
  index: 'index',
  snapshots: 'snapshot',
  keys: 'key',
  locks: 'lock',
};
const known = ['blobs', ...Object.keys(kinds)];

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists the ids of what a repository consists of, one a line, in no particular order; for blobs their type\n' +
        'before it, once for each pack that holds them. For scripts and for looking inside, with `octobox cat`.',
    )
    .argument('<kind>', known.join(', '))
    .action(async (kind: string) => {
      const flags = optionsOf<RepositoryFlags>(command);
      const fileKind = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
      if (fileKind === undefined && kind !== 'blobs') {
        throw new UsageError(`there is nothing called ${kind} to list`, {
          advice: `Use one of ${known.join(', ')}.`,
        });
      }
      await using repository = await openRepository(cli, flags);
      // One's own lock must not appear among those of others.
      const lockFlags = kind === 'locks' ? { ...flags, lock: false } : flags;
      await using lock = await lockRepository(cli, repository, 'shared', lockFlags);
      const { signal } = lock;
      if (fileKind === undefined) await printBlobs(cli, repository, signal);
      else {
        for await (const { name } of repository.storage.list(fileKind, { signal })) await cli.out.print(name);
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

async function printBlobs({ out }: Cli, repository: Repository, signal: AbortSignal): Promise<void> {
  const index = await repository.loadIndex({ signal });
  for (let entry = 0; entry < index.entryCount; entry++) {
    if (!index.isStored(entry)) continue;
    await out.print(`${index.typeAt(entry)} ${index.idAt(entry).toString('hex')}`);
  }
}
