import { type Command, InvalidArgumentError, Option } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, optionsOf } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { fullSize, scaled } from './company/size.ts';
import { Teller } from './telling/teller.ts';

interface DemoFlags {
  readonly once?: boolean;
  readonly keep?: boolean;
  readonly listen?: string;
  readonly shop?: 'postgresql' | 'sqlite';
  readonly scale: number;
}

const ordersPerSecond = 10;

function parseScale(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= 20)) throw new InvalidArgumentError('Expected a number up to 20.');
  return scale;
}

/** `octobox demo`: the main job on a sample company that is made, destroyed and recovered on the spot. */
export function define(command: Command, { out, env, signal }: Cli): void {
  command
    .description(
      'Shows the main job on a sample web shop in a temporary folder: backups, a restore drill, a disaster that Octobox notices by itself, the recovery, and what all of it measured.\n' +
        'As root on Debian it installs PostgreSQL when it is missing; elsewhere the shop runs on SQLite.\n' +
        'Ctrl-C ends it at any moment, stops everything it started and removes the folder.',
    )
    .option('--once', 'end after the closing table instead of keeping the status page up')
    .option('--keep', 'leave the temporary folder with the repository and the files in place')
    .option(
      '--listen <host:port>',
      'where the status page answers (default: 127.0.0.1:8420, or a free port when that is taken)',
    )
    .addOption(
      new Option('--shop <kind>', 'what the shop runs on (default: postgresql where it can be had)').choices([
        'postgresql',
        'sqlite',
      ]),
    )
    .addOption(
      new Option('--scale <factor>', 'size of the company; 1 is over a million rows and 5,000 files')
        .argParser(parseScale)
        .default(1),
    )
    .action(async () => {
      const flags = optionsOf<DemoFlags>(command);
      // The whole platform comes with it; a help text needs none of it.
      if (flags.listen !== undefined) {
        const { refuseNoAddress } = await import('../options/listen-address.ts');
        refuseNoAddress('--listen', flags.listen);
      }
      const { tellStory } = await import('./story/story.ts');
      await tellStory({
        teller: new Teller({
          out,
          json: flags.json === true,
          quiet: flags.quiet === true,
          colour: out.isTerminal && env.colour,
          columns: out.isTerminal ? process.stdout.columns : undefined,
          progressRate: env.progressRate,
        }),
        signal,
        once: flags.once === true,
        keep: flags.keep === true,
        listen: flags.listen,
        shop: flags.shop,
        size: scaled(fullSize, flags.scale),
        ordersPerSecond,
      });
    });
  addOutputOptions(command);
  addExitCodes(command, [], { 1: 'a step of the story failed, or the command line was wrong' });
}
