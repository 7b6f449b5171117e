import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../errors.ts';
import { runRepairIndex } from '../maintain/run-repair-index.ts';
import { runRepairPacks } from '../maintain/run-repair-packs.ts';
import { runRepairSnapshots } from '../maintain/run-repair-snapshots.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf } from '../options/global-options.ts';
import type { RepairFlags } from '../options/repair-flags.ts';
import { addSnapshotFilter } from '../options/snapshot-filter.ts';
import type { Cli } from '../verb.ts';

const parts = ['index', 'packs', 'snapshots'] as const;
type Part = (typeof parts)[number];

function part(text: string): Part {
  const found = parts.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${parts.join(', ')}.`);
  return found;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Mends a damaged repository. First make a copy of it when you can, and restore lost files from a copy of the\n' +
        'repository: nothing here brings back what is lost. Then, in this order (docs/operator-guide.md, "When a\n' +
        'repository is damaged"):\n' +
        '  index            makes the index say what the packs hold\n' +
        '  packs <id...>    saves what is sound in damaged packs (`check --read-data` names them) and removes them;\n' +
        '                   a copy of each is put into the current folder as pack-<id> first\n' +
        '  snapshots [id…]  makes snapshots anew without what is lost: folders become empty, files shorter. New ones\n' +
        '                   carry the tag "repaired"; the damaged ones go with --forget only. A snapshot file that\n' +
        '                   cannot be read is given up when it is named together with --forget.\n' +
        'A plan is made and shown, and that same plan is carried out. An interruption at any moment makes nothing\n' +
        'worse; run the same again.\n' +
        'Danger: packs and snapshots --forget remove what is damaged for good. The repository is locked exclusively.',
    )
    .argument('[part]', parts.join(', '), part)
    .argument('[id...]', 'packs: their whole ids; snapshots: only these')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--read-all-packs', 'index: trust nothing of the old one, read the header of every pack')
    .option('--forget', 'snapshots: remove the damaged ones')
    .action(async (wanted: Part | undefined, ids: string[]) => {
      // As restic does.
      if (wanted === undefined) return command.outputHelp();
      const flags = optionsOf<RepairFlags>(command);
      refuseForeign(wanted, ids, flags);
      if (wanted === 'index') await runRepairIndex(cli, flags);
      else if (wanted === 'packs') await runRepairPacks(cli, ids, flags);
      else await runRepairSnapshots(cli, ids, flags);
    });
  addSnapshotFilter(command, { purpose: 'snapshots: only those' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or something is lost or still damaged, or the command line was wrong',
  });
}

function refuseForeign(wanted: Part, ids: readonly string[], flags: RepairFlags): void {
  const wrong =
    (wanted !== 'index' && flags.readAllPacks && '--read-all-packs') ||
    (wanted !== 'snapshots' && flags.forget && '--forget') ||
    (wanted !== 'snapshots' && flags.host !== undefined && '--host') ||
    (wanted !== 'snapshots' && flags.tag !== undefined && '--tag') ||
    (wanted !== 'snapshots' && flags.path !== undefined && '--path') ||
    (wanted === 'index' && ids.length > 0 && 'an id');
  if (wrong) throw new UsageError(`repair ${wanted} does not take ${wrong}`, { advice: 'Leave it away.' });
  if (wanted === 'packs' && ids.length === 0) {
    throw new UsageError('no pack is named', {
      advice: '`octobox check --read-data` names the damaged ones.',
    });
  }
}
