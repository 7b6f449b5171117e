import type { Command } from 'commander';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import { systemOrigin } from '../../platform/system-origin.ts';
import type { Cli } from '../../verb.ts';

interface ResetFlags {
  readonly secondFactor?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Prints a link by which somebody who forgot the password chooses a new one: once, within an hour. The console must\n' +
        'be running. Whoever has the link has the account: pass it on in a way that nobody else reads. When it is used, all\n' +
        'sessions, API keys and passkeys of the account end.',
    )
    .option(
      '--second-factor',
      'also turn the second factor off, for who lost the phone and has no recovery code left; it happens when the link is used',
    )
    .argument('<email>', 'the e-mail address that belongs to the account')
    .action(async (email: string) => {
      const flags = optionsOf<PlatformFlags & OutputFlags & ResetFlags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const link = await platform.accounts.passwordLink(email, {
        secondFactor: flags.secondFactor === true,
        origin: systemOrigin(),
      });
      if (flags.json) await cli.out.printJson({ message_type: 'password_link', email, link });
      else await cli.out.print(link);
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [], { 1: 'there is no such account' });
}
