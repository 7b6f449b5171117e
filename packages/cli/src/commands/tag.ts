import type { Snapshot } from '@octobox/repository';
import { applyReplacements, planTags, type Replacement, type TagChange } from '@octobox/repository/rewrite';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { beginReplacing, isPlatformsOwn } from '../access/replacing.ts';
import { UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter, tagList } from '../options/snapshot-filter.ts';
import { collect } from '../options/values.ts';
import { plural, shortId } from '../output/quantities.ts';
import { assertNoneDamaged, selectSnapshots } from '../snapshot/select-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags, FilterFlags {
  readonly set?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Changes the tags of snapshots: those that are named, or all that pass the filter.\n' +
        'A snapshot file never changes, so the snapshot gets a new id and remembers its first one ("original").\n' +
        "Those of the platform's own repository stay known to it, and keep the tag of their source.\n" +
        'Danger: keep rules go by tags (--keep-tag), and so does the mark of a suspicious backup; the repository\n' +
        'is locked exclusively meanwhile.',
    )
    .argument('[snapshot...]', 'only these: ids, beginnings of ids, or latest')
    .option('--set <tag[,tag...]>', "these instead of all others; '' for none (repeatable)", collect)
    .option('--add <tag[,tag...]>', 'these as well (repeatable)', collect)
    .option('--remove <tag[,tag...]>', 'not these any more (repeatable)', collect)
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      const change = tagChange(flags);
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'exclusive', flags);
      const { signal } = lock;
      const { chosen, all, damaged } = await selectSnapshots(
        repository,
        names,
        snapshotFilter(flags, cli.env),
        signal,
      );
      const plan = (await isPlatformsOwn(cli, repository.place))
        ? await planOwnTags(chosen, change, all)
        : planTags(chosen, change, all);
      const act = { action: 'tag.asked', after: { snapshots: plan.length } };
      await using replacing =
        plan.length === 0 ? undefined : await beginReplacing(cli, repository.place, 'tag', act);
      const replaced = await applyReplacements(repository, plan, {
        signal,
        onWritten: replacing?.onWritten,
        onReplaced: ({ old, new: id }) => {
          if (flags.json) {
            const message = { message_type: 'changed', old_snapshot_id: old, new_snapshot_id: id };
            cli.out.printSoon(JSON.stringify(message));
          } else if (flags.verbose) cli.out.printSoon(`snapshot ${shortId(old)} is now ${shortId(id ?? '')}`);
        },
      });
      if (flags.json) {
        await cli.out.printJson({ message_type: 'summary', changed_snapshots: replaced.length });
      } else if (!flags.quiet) {
        await cli.out.print(
          replaced.length === 0
            ? 'no snapshots were modified'
            : `modified ${plural(replaced.length, 'snapshot')}`,
        );
      }
      assertNoneDamaged(cli, damaged);
    });
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

function tagChange({ set = [], add = [], remove = [] }: Flags): TagChange {
  if (set.length === 0 && add.length === 0 && remove.length === 0) {
    throw new UsageError('nothing is said to change', { advice: 'Give --set, or --add and --remove.' });
  }
  if (set.length === 0) return { add: add.flatMap(tagList), remove: remove.flatMap(tagList) };
  if (add.length > 0 || remove.length > 0) {
    throw new UsageError('--set cannot be given together with --add or --remove', {
      advice: 'Leave one of them away.',
    });
  }
  return { set: set.flatMap(tagList) };
}

/** By the tag of its source the platform knows whose backup a snapshot is: `--set` leaves it, and no other verb may take or give it. */
async function planOwnTags(
  chosen: readonly Snapshot[],
  change: TagChange,
  all: readonly Snapshot[],
): Promise<Replacement[]> {
  const { isSourceTag } = await import('@octobox/server');
  const named = 'set' in change ? change.set : [...change.add, ...change.remove];
  const refused = named.find(isSourceTag);
  if (refused !== undefined) {
    throw new UsageError(`the tag ${refused} is the platform's: by it it knows whose backup a snapshot is`, {
      advice: 'Name other tags. With --set it stays by itself.',
    });
  }
  if (!('set' in change)) return planTags(chosen, change, all);
  const wanted = change.set.filter((tag) => tag !== '');
  return chosen.flatMap((old) => {
    const set = [...old.tags.filter(isSourceTag), ...wanted];
    return planTags([old], { set: set.length === 0 ? [''] : set }, all);
  });
}
