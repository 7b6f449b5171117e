import { cacheSize, isOld, listCaches, removeOldCaches } from '@octobox/storage/cache';
import type { Command } from 'commander';
import { cacheBase } from '../access/repository-cache.ts';
import { UsageError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { wholeNumber } from '../options/values.ts';
import { bytes, plural } from '../output/quantities.ts';
import { table } from '../output/table.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags {
  readonly cleanup?: boolean;
  readonly maxAge?: number;
  readonly size?: boolean;
}

/** Days after which a cache is old, as in restic. */
const usualAge = 30;

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists the caches of this user: local copies of index files, snapshots and folders of repositories that are\n' +
        'not on this disk. They can be removed at any time, and are made again when they are needed.',
    )
    .option('--cleanup', 'remove caches that are old')
    .option('--max-age <days>', `older than so many days is old (default: ${usualAge})`, wholeNumber)
    .option('--no-size', 'do not count how large they are')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      if (flags.cache === false) throw new UsageError('--no-cache leaves nothing to list or remove');
      const base = cacheBase(cli, flags);
      const maxAge = flags.maxAge ?? usualAge;
      if (flags.cleanup || flags.cleanupCache) {
        const removed = await removeOldCaches(base, maxAge);
        if (flags.json) return await cli.out.printJson({ message_type: 'summary', removed: removed.length });
        if (!flags.quiet) {
          await cli.out.print(
            removed.length === 0
              ? 'no old cache was found'
              : `removed ${plural(removed.length, 'old cache')}`,
          );
        }
        return;
      }
      const caches = await listCaches(base);
      if (flags.json) {
        const measured = flags.size !== false;
        const entries = caches.map(async (entry) => ({
          repository_id: entry.repositoryId,
          path: entry.path,
          last_used: entry.lastUsed.toISOString(),
          old: isOld(entry, maxAge),
          ...(measured ? { size: await cacheSize(entry) } : {}),
        }));
        return await cli.out.printJson(await Promise.all(entries));
      }
      if (caches.length === 0) return await cli.out.print(`there is no cache in ${base}`);
      const rows = await Promise.all(
        caches.map(async (entry) => ({
          id: entry.repositoryId.slice(0, 10),
          last: `${Math.floor((Date.now() - entry.lastUsed.getTime()) / 86_400_000)} days ago`,
          old: isOld(entry, maxAge) ? 'yes' : '',
          size: flags.size === false ? '' : bytes(await cacheSize(entry)),
        })),
      );
      const columns = [
        { title: 'Repo ID', cell: ({ id }: (typeof rows)[number]) => id },
        { title: 'Last Used', cell: ({ last }: (typeof rows)[number]) => last },
        { title: 'Old', cell: ({ old }: (typeof rows)[number]) => old },
        ...(flags.size === false
          ? []
          : [{ title: 'Size', cell: ({ size }: (typeof rows)[number]) => size, align: 'right' as const }]),
      ];
      await cli.out.printAll(table(columns, rows));
      await cli.out.print(`${plural(caches.length, 'cache')} in ${base}`);
    });
  addRepositoryOptions(command);
  addExitCodes(command, []);
}
