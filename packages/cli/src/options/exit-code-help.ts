import type { Command } from 'commander';
import { type ExitCode, exitCodeMeanings } from '../exit-code.ts';

/** Appends what a verb's exit codes mean. Those of signals are common to all verbs and always listed. */
export function addExitCodes(
  command: Command,
  codes: readonly ExitCode[],
  own: Partial<Record<ExitCode, string>> = {},
): Command {
  const lines = [0 as const, 1 as const, ...codes, 130 as const, 143 as const].map(
    (code) => `  ${String(code).padStart(3)}  ${own[code] ?? exitCodeMeanings[code]}`,
  );
  return command.addHelpText('after', `\nExit codes:\n${lines.join('\n')}`);
}

/** The codes that every verb on a repository may end with. */
export const repositoryExitCodes = [10, 11, 12] as const;
