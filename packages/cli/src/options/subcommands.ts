import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Cli } from '../verb.ts';

/** One command below a verb: `octobox repository serve`. */
export interface Subcommand {
  readonly name: string;
  /** A few words for the list in the help of what is above it. */
  readonly summary: string;
  define(command: Command, cli: Cli): void;
}

/** Puts commands below `command`, which then does nothing by itself but say what there is. */
export function addSubcommands(command: Command, cli: Cli, parts: readonly Subcommand[]): void {
  for (const { name, summary, define } of parts) {
    const part = command.command(name);
    define(part, cli);
    part.summary(summary);
  }
  command
    .usage(`[options] <${parts.map(({ name }) => name).join('|')}>`)
    .helpCommand(false)
    .allowExcessArguments()
    .action(() => {
      const [given] = command.args;
      const path = fullName(command);
      throw new UsageError(given === undefined ? `${path} what?` : `unknown command '${given}' of ${path}`, {
        advice: `There are ${parts.map(({ name }) => name).join(', ')}. See ${path} --help`,
      });
    });
}

/** `octobox repository serve` */
export const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
