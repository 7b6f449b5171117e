import type { Command } from 'commander';
import { addOutputOptions, optionsOf } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { version } from '../version.ts';

export function define(command: Command, { out }: Cli): void {
  addOutputOptions(command).action(async () => {
    if (optionsOf(command).json) {
      await out.printJson({ message_type: 'version', version, node_version: process.versions.node });
    } else {
      await out.print(
        `octobox ${version} on Node ${process.versions.node}, ${process.platform}/${process.arch}`,
      );
    }
  });
}
