import { join } from 'node:path';
import { configurationSchema, exportConfiguration, machineReferences } from '@octobox/server';
import { type Command, Option } from 'commander';
import { textOf } from '../apply/declaration-file.ts';
import { replaceFile } from '../apply/replace-file.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly write?: boolean;
  readonly schema?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes the configuration file with the services as they are, on standard output or, with --write, in its place.\n' +
        '`octobox apply` of it changes nothing; of a copy elsewhere that has settings, `octobox apply --config COPY`.\n' +
        'Settings and remarks stay, and so do references such as ${NAME} where they say what is true; services that\n' +
        'cannot be read, because a variable is not set, are written anew. No password is ever written: each stays in\n' +
        'the vault.\n' +
        'Danger: `octobox export > octobox.yaml` empties the file before it is read; use --write.',
    )
    .option('--write', 'put it in place of the configuration file')
    .addOption(
      new Option('--schema', 'print the JSON Schema of the file instead, for editors').conflicts('write'),
    )
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      if (flags.schema === true) {
        await cli.out.print(JSON.stringify(configurationSchema(), null, 2));
        return;
      }
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const { configFile, dataFolder } = platform.config;
      const file = configFile ?? join(dataFolder, 'octobox.yaml');
      const before = configFile === undefined ? undefined : await textOf(file);
      const text = await exportConfiguration(
        platform.catalog,
        { file, text: before ?? '' },
        machineReferences(cli.env.all),
      );
      if (flags.write !== true) await cli.out.put(text);
      else if (text !== before) await replaceFile(file, before, text);
      if (flags.write === true && flags.json) {
        await cli.out.printJson({ message_type: 'exported', file, changed: text !== before });
      } else if (flags.write === true) {
        await cli.out.print(text === before ? `${file} is as it was` : `written to ${file}`);
      }
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, []);
}
