import type { Command } from 'commander';
import { type ExitCode, exitCodeMeanings, exitCodes } from '../exit-code.ts';

/**
 * Appends what a verb's exit codes mean. Those of signals are common to all verbs but a server, whose
 * natural end they are.
 */
export function addExitCodes(
  command: Command,
  codes: readonly ExitCode[],
  own: Partial<Record<ExitCode, string>> = {},
  options: { readonly signals: boolean } = { signals: true },
): Command {
  const signals = options.signals ? [exitCodes.interrupted, exitCodes.terminated] : [];
  const lines = [exitCodes.done, exitCodes.failed, ...codes, ...signals].map(
    (code) => `  ${String(code).padStart(3)}  ${own[code] ?? exitCodeMeanings[code]}`,
  );
  return command.addHelpText('after', `\nExit codes:\n${lines.join('\n')}`);
}

/** The codes that every verb on a repository may end with. */
export const repositoryExitCodes = [10, 11, 12] as const;
