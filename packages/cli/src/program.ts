import { Command, CommanderError } from 'commander';
import { UsageError } from './errors.ts';
import { addRepositoryOptions } from './options/global-options.ts';
import { fullName } from './options/subcommands.ts';
import { wrapParagraphs } from './output/paragraphs.ts';
import type { Cli } from './verb.ts';
import { verbs } from './verbs.ts';
import { version } from './version.ts';

/** What commander throws after it has shown a help text or the version: the command has done its work. */
const isHelp = (error: CommanderError): boolean =>
  ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(error.code);

/** `--verbose=2` as restic writes it; `help verb` as the verb's own option, which knows how to load it. */
function asCommanderWants(args: readonly string[]): string[] {
  if (args[0] === 'help') return [...args.slice(1), '--help'];
  const end = args.indexOf('--');
  return args.flatMap((arg, at) => {
    const level = /^--verbose=(\d)$/.exec(arg)?.[1];
    if (level === undefined || (end !== -1 && at > end)) return [arg];
    return Array.from({ length: Number(level) }, () => '--verbose');
  });
}

function prepare(command: Command, print: (text: string) => void): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined, outputError: () => undefined })
    .configureHelp({ sortOptions: false, boxWrap: wrapParagraphs });
}

function build(cli: Cli, print: (text: string) => void): Command {
  const program = prepare(new Command('octobox'), print)
    .description('Backups that are rehearsed, and promises with evidence.')
    .usage('[options] <verb> [arguments]')
    .version(version, '-V, --version', 'show the version')
    .enablePositionalOptions()
    .helpCommand(false)
    .addHelpText('after', '\n`octobox <verb> --help` tells purpose, danger and exit codes of each verb.');
  addRepositoryOptions(program);
  for (const { name, summary, group } of verbs) {
    prepare(program.command(name), print).description(summary).helpGroup(group);
  }
  program.hook('preSubcommand', async (_, command) => {
    const verb = verbs.find(({ name }) => name === command.name());
    const module = await verb?.load();
    module?.define(command, cli);
  });
  return program;
}

/** The whole command tree, loaded, for the reference in docs/cli.md. */
export async function fullProgram(cli: Cli): Promise<Command> {
  const program = build(cli, () => undefined);
  for (const command of program.commands) {
    (await verbs.find(({ name }) => name === command.name())?.load())?.define(command, cli);
  }
  return program;
}

/** The verb that the words name, or what is below it. */
function meant(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) command = command.commands.find((below) => below.name() === word) ?? command;
  return command;
}

/**
 * Runs one command line to its end.
 * @throws whatever the verb throws; `UsageError` when the command line itself is wrong
 */
export async function run(args: readonly string[], cli: Cli): Promise<void> {
  const shown: string[] = [];
  const program = build(cli, (text) => shown.push(text));
  try {
    const given = args.length === 0 ? ['--help'] : asCommanderWants(args);
    await program.parseAsync(given, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (!isHelp(error)) {
      const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
      throw new UsageError(first, {
        cause: undefined,
        advice: [...hints, `See ${fullName(meant(program, args))} --help`].join('\n'),
      });
    }
  }
  for (const text of shown) await cli.out.print(text.trimEnd());
}
