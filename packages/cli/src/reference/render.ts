import type { Argument, Command, Option } from 'commander';
import { repositoryVariables } from '../environment.ts';
import { exitCodeMeanings } from '../exit-code.ts';
import { fullName } from '../options/subcommands.ts';
import { verbs } from '../verbs.ts';

/** Options that every verb of a group takes; they are described once. */
const common = ['Repository:', 'Output:', 'This installation:'] as const;

const cellText = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

const optionTable = (options: readonly Option[]): string[] =>
  options.length === 0
    ? []
    : [
        '| option | meaning |',
        '|---|---|',
        ...options.map(
          ({ flags, description }) => `| \`${flags.replaceAll('|', '\\|')}\` | ${cellText(description)} |`,
        ),
        '',
      ];

const argumentText = ({ name, required, variadic }: ReturnType<typeof argumentOf>): string =>
  `${required ? '<' : '['}${name}${variadic ? '...' : ''}${required ? '>' : ']'}`;

const argumentOf = (
  argument: Argument,
): { name: string; required: boolean; variadic: boolean; description: string } => ({
  name: argument.name(),
  required: argument.required,
  variadic: argument.variadic,
  description: argument.description,
});

const visible = (command: Command): readonly Option[] => command.options.filter(({ hidden }) => !hidden);

const isCommon = ({ helpGroupHeading }: Option): boolean =>
  common.some((heading) => heading === helpGroupHeading);

/** The text behind the options in a verb's help: its exit codes. */
function exitCodesOf(command: Command): string[] {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const lines = text.slice(text.indexOf('Exit codes:')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, code, meaning] = /^ +(\d+) {2}(.+)$/.exec(line) ?? [];
    return code === undefined || meaning === undefined ? [] : [`| ${code} | ${cellText(meaning)} |`];
  });
}

/** A command, and behind it those below it. */
const withSubcommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
];

function verbSection(command: Command): string[] {
  const name = fullName(command);
  const args = command.registeredArguments.map(argumentOf);
  const own = visible(command).filter((option) => !isCommon(option));
  const shared = common.filter((heading) =>
    visible(command).some((option) => option.helpGroupHeading === heading),
  );
  const codes = exitCodesOf(command);
  return [
    `## ${name}`,
    '',
    ...(command.commands.length > 0
      ? command.commands.map((below) => `    ${fullName(below)}`)
      : [`    ${[name, '[options]', ...args.map(argumentText)].join(' ')}`]),
    '',
    command.description().replaceAll('<', '&lt;'),
    '',
    ...args.map(({ name, description }) => `- \`${name}\`: ${description}`),
    ...(args.length > 0 ? [''] : []),
    ...optionTable(own),
    ...(shared.length > 0
      ? [
          `Also takes the options for ${shared.map((heading) => `[${titleOf(heading)}](#${anchorOf(heading)})`).join(', ')}.`,
          '',
        ]
      : []),
    ...(codes.length > 0 ? ['| exit code | meaning |', '|---|---|', ...codes, ''] : []),
  ];
}

const titleOf = (heading: string): string => heading.replace(':', '').toLowerCase();
const anchorOf = (heading: string): string => titleOf(heading).replaceAll(' ', '-');

/** The whole reference as Markdown, made of the very commands that the program runs. */
export function renderReference(program: Command): string {
  const withOptions = (heading: string): readonly Option[] =>
    program.commands
      .flatMap(withSubcommands)
      .flatMap(visible)
      .filter(
        (option, at, all) =>
          option.helpGroupHeading === heading && all.findIndex(({ flags }) => flags === option.flags) === at,
      );
  return [
    '<!-- Made of the commands by packages/cli/src/reference/write.ts; a test fails when it is out of date. -->',
    '# The octobox command',
    '',
    "The verbs on a repository take restic's options and environment, and mean the same by them. Options of the",
    'repository and of the output may stand before the verb or behind it.',
    '',
    ...['Your data:', 'A repository:', 'This installation:'].flatMap((group) => [
      `**${group.replace(':', '')}**: ${verbs
        .filter((verb) => verb.group === group)
        .map(({ name, summary }) => `[${name}](#octobox-${name}) (${summary})`)
        .join(', ')}`,
      '',
    ]),
    'Standard output carries results and nothing else. Progress, questions and messages go to standard error: a bar on',
    'a terminal; in a pipe a line every five seconds, later one for each tenth of the time that has passed, but one in five',
    'minutes, and whenever SIGUSR1 comes (`RESTIC_PROGRESS_FPS` sets the number of updates a second);',
    'nothing with `--quiet`. What `--json` prints is described in [cli-json.md](cli-json.md).',
    '',
    '## Without a repository',
    '',
    'When no repository is named by option or environment, the verbs speak to the platform of this machine, if there is',
    "one: `backup` and `restore` take names of protected sources, and the others work on the platform's repository with",
    'its password file. `--source` names a protected source even when a repository is named.',
    '',
    '## Repository',
    '',
    ...optionTable(withOptions('Repository:')),
    `Environment: ${repositoryVariables.map((name) => `\`${name}\``).join(', ')}. An option goes before the environment. A`,
    'password file and a password command at once are refused. A missing password is asked for on a terminal, without',
    'showing it; in a pipe it is the first line of standard input. The password command is split into a program and its arguments (blanks,',
    'single and double quotes, backslash) and run without a shell.',
    '',
    'A repository is a folder (`/srv/backup`, `./backup` or `local:/srv/backup`), a bucket',
    '(`s3:https://host/bucket/prefix`), a folder on an SSH server (`sftp:user@host:/path`, `sftp://user@host:port//path`)',
    "or behind restic's REST protocol (`rest:https://host:8000/path/`). The [operator's guide](operator-guide.md#storage)",
    'shows each of them, with credentials, options and least privileges.',
    '',
    '## Output',
    '',
    ...optionTable(withOptions('Output:')),
    '## This installation',
    '',
    ...optionTable(withOptions('This installation:')),
    '## Exit codes',
    '',
    "restic's, where restic has one. A wrong command line ends with 1, as in restic.",
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `| ${code} | ${cellText(meaning)} |`),
    '',
    'Ctrl-C, SIGTERM and a terminal that is closed end what is under way cleanly: locks are removed, and no snapshot is',
    'written. A second signal ends at once; what it leaves behind `octobox unlock` and `octobox prune` remove. Any other SIGHUP',
    'is ignored, as by restic, which asks in this way whether the process of a lock still runs.',
    '',
    ...program.commands.flatMap(withSubcommands).flatMap(verbSection),
  ].join('\n');
}
