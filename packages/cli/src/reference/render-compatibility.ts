import type { Command } from 'commander';
import { compatibilityNotes } from './compatibility-notes.ts';
import { RESTIC_VERSION, resticFlags } from './restic-flags.ts';

/** Whether a command takes the option, shown in its help or not. */
const takes = (command: Command, flag: string): boolean =>
  command.options.some(({ long, hidden }) => long === `--${flag}` && !hidden);

/** The command of a verb such as `key add`; the verb alone when its second word is an argument of it. */
export function commandOf(program: Command, verb: string): Command | undefined {
  let command: Command | undefined = program;
  for (const word of verb.split(' ').filter((part) => part !== '')) {
    const next: Command | undefined = command?.commands.find((one) => one.name() === word);
    if (next === undefined && command !== program) return command;
    command = next;
  }
  return command;
}

export interface VerbComparison {
  readonly same: readonly string[];
  readonly missing: readonly string[];
  readonly more: readonly string[];
}

/** Undefined when the verb itself is missing. */
export function compareVerb(program: Command, verb: string): VerbComparison | undefined {
  const command = commandOf(program, verb);
  if (command === undefined) return undefined;
  const theirs = resticFlags[verb] ?? [];
  const global = new Set(resticFlags[''] ?? []);
  const own = command.options.flatMap(({ long, hidden }) =>
    long === undefined || long === null || hidden ? [] : [long.slice(2)],
  );
  const common = new Set(program.options.map(({ long }) => long?.slice(2)));
  return {
    same: theirs.filter((flag) => takes(command, flag) || (verb !== '' && takes(program, flag))),
    missing: theirs.filter((flag) => !takes(command, flag) && (verb === '' || !takes(program, flag))),
    more: own.filter(
      (flag) => !theirs.includes(flag) && !(verb !== '' && (global.has(flag) || common.has(flag))),
    ),
  };
}

const code = (flags: readonly string[], verb: string): string =>
  flags
    .map((flag) => {
      const note = compatibilityNotes[`${verb} --${flag}`.trim()];
      return `\`--${flag}\`${note ? ` (${note})` : ''}`;
    })
    .join(', ') || '-';

/** `docs/restic-compatibility.md` as it must be now. */
export function renderCompatibility(program: Command): string {
  const verbs = Object.keys(resticFlags).filter((verb) => verb !== '');
  const missing = verbs.filter((verb) => commandOf(program, verb) === undefined);
  const present = verbs.filter((verb) => !missing.includes(verb));
  const own = program.commands
    .map((one) => one.name())
    .filter((name) => !verbs.some((verb) => verb.split(' ')[0] === name));
  const section = (verb: string): string => {
    const { same, missing: lacking, more } = compareVerb(program, verb) as VerbComparison;
    const note = compatibilityNotes[verb];
    return [
      `### ${verb}`,
      '',
      ...(note ? [`${note[0]?.toUpperCase()}${note.slice(1)}.`, ''] : []),
      '| | flags |',
      '|---|---|',
      `| same | ${code(same, verb)} |`,
      `| missing | ${code(lacking, verb)} |`,
      `| more | ${code(more, verb)} |`,
      '',
    ].join('\n');
  };
  const global = compareVerb(program, '') as VerbComparison;
  return `<!-- Made of the commands by packages/cli/src/reference/write.ts; a test fails when it is out of date. -->
# What is the same as in restic

Compared with restic ${RESTIC_VERSION}, verb by verb and flag by flag. Repositories are the same: either program reads, writes,
checks and prunes what the other wrote, at the same time, with the same locks.

- **Same**: the flag is taken and means what it means in restic, with the same environment variable, exit code and
  \`--json\` fields. Texts for people are in our own words; results go to standard output, messages to standard error.
- **Missing**: the command line is refused, so that a script never gets something else than it asked for.
- **More**: restic has no such flag.

## Global flags

| | flags |
|---|---|
| same | ${code(global.same, '')} |
| missing | ${code(global.missing, '')} |
| more | ${code(global.more, '')} |

## Verbs

${present.map(section).join('\n')}
## Verbs that are missing

| verb | instead |
|---|---|
${missing.map((verb) => `| ${verb} | ${compatibilityNotes[verb] || '-'} |`).join('\n')}

## Verbs that restic does not have

${own.map((name) => `\`${name}\``).join(', ')}: see [cli.md](cli.md).
`;
}
