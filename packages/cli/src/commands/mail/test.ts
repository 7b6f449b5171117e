import type { Command } from 'commander';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import type { Cli } from '../../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Sends a mail to an address now and shows every answer of the mail server, also when it does not take the mail.\n' +
        'What a server took it may still fail to deliver: see whether the mail arrives.',
    )
    .argument('<address>', 'who gets the mail')
    .action(async (address: string) => {
      const flags = optionsOf<PlatformFlags & OutputFlags>(command);
      await using platform = await openOwnPlatform(cli, flags, { mayCreate: true });
      const answers: string[] = [];
      const heard = async (sent: boolean): Promise<void> => {
        if (flags.json) await cli.out.printJson({ message_type: 'mail_test', to: address, sent, answers });
        else await cli.out.printAll(answers.map((line) => `server: ${line}`));
      };
      try {
        await platform.mail.try(address, (line) => answers.push(line));
      } catch (error) {
        if (answers.length > 0) await heard(false);
        throw error;
      }
      await heard(true);
      if (!flags.json) await cli.out.print(`the server took a mail to ${address}`);
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [], { 1: 'the mail was not taken, or no mail server is configured' });
}
