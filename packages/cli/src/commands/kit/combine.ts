import { combineShares, RecoveryKitError } from '@octobox/recovery-kit';
import { X25519Identity } from '@octobox/storage/layers';
import type { Command } from 'commander';
import { addKitFileOptions } from '../../kit/kit-file-options.ts';
import { type KitFileFlags, readKitFiles } from '../../kit/read-kit-files.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Puts the shares of the age identity together and prints it, as `age -i` takes it.\n' +
        'Danger: what is printed opens the age layer of every backup. Write it to a file of mode 0600, or to age itself.',
    )
    .argument('<kits...>', 'as many kits with shares as are needed');
  addKitFileOptions(command).action(async (files: string[]) => {
    const flags = optionsOf<OutputFlags & KitFileFlags>(command);
    const kits = await readKitFiles(cli, files, flags);
    const sets = new Set(kits.map(({ set }) => set));
    if (sets.size > 1) {
      throw new RecoveryKitError('kit.mixed', `the shares are of different sets: ${[...sets].join(', ')}`);
    }
    const shares = kits.flatMap(({ secrets }) => secrets.ageShare ?? []);
    const identity = X25519Identity.parse(await combineShares(shares));
    await cli.out.print(`# public key: ${identity.recipient}`);
    await cli.out.print(identity.exportSecret());
  });
  addOutputOptions(command);
  addExitCodes(command, []);
}
