import type { Command } from 'commander';
import { findRepository } from '../../access/location.ts';
import { CliError } from '../../errors.ts';
import { lookAtKit } from '../../kit/look-at-kit.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../../options/global-options.ts';
import { localTime, plural } from '../../output/quantities.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Shows when the recovery kits of a repository were made and verified, and whether they still fit: a change of a\n' +
        'password, a key or the layers since then makes them stale. Needs no password; reads the names of key files.',
    )
    .action(async () => {
      const flags = optionsOf<RepositoryFlags>(command);
      const { location, record, problems } = await lookAtKit(cli, flags, await findRepository(cli, flags));
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'kit_status',
          location,
          set: record?.set,
          made_at: record?.madeAt,
          verified_at: record?.verified?.at,
          checksums: record?.checksums,
          problems,
        });
      } else if (record !== undefined) {
        await cli.out.print(`kit set ${record.set} of ${location}, made ${localTime(record.madeAt)}`);
        const { verified } = record;
        if (verified !== undefined) {
          await cli.out.print(
            `verified ${localTime(verified.at)} with ${plural(verified.files, 'restored file')}`,
          );
        }
      }
      if (problems.length > 0) {
        throw new CliError('cli.not-good', problems.map(({ message }) => message).join('\n'));
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, [4], {
    4: 'there is no kit, it was never verified, or it is older than a change of a key',
  });
}
