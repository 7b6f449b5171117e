import type { VaultReport } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { plural } from '../../output/quantities.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import { vaultJson, vaultLines, vaultProblems } from '../../platform/vault-report.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists whose secrets are sealed, in which version, how old each is and for which key it is wrapped, and which\n' +
        'of the keys are on this machine. Opens nothing, shows no secret, changes nothing.',
    )
    .action(async () => {
      const flags = optionsOf<PlatformFlags & OutputFlags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const report: VaultReport = await platform.vault.report();
      const sources = await platform.catalog.sources();
      const entries = await platform.entries.list({ limit: 100_000 });
      const names = new Map([
        ...sources.map(({ id, name }) => [`source:${id}`, name] as const),
        ...entries.map(({ owner }) => [`member:${owner.id}`, owner.name ?? owner.id] as const),
      ]);
      const problems = vaultProblems(report);
      if (flags.json) await cli.out.printJson(vaultJson(report, names, problems));
      else await cli.out.printAll(vaultLines(report, names, problems, Date.now()));
      if (problems.length > 0) {
        throw new CliError('cli.not-good', `${plural(problems.length, 'problem')} of the vault`);
      }
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    4: 'a rotation was not finished, or a secret is wrapped for a key that is not here',
  });
}
