import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, optionsOf } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { version } from '../version.ts';

export function define(command: Command, { out }: Cli): void {
  command
    .description('Shows the version of this command and of the Node that runs it, for reports of mistakes.')
    .action(async () => {
      const node = process.versions.node;
      if (optionsOf(command).json) {
        await out.printJson({ message_type: 'version', version, node_version: node });
      } else {
        await out.print(`octobox ${version} on Node ${node}, ${process.platform}/${process.arch}`);
      }
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}
