import type { CliErrorCode } from './errors.ts';
import { InterruptedError } from './errors.ts';

/**
 * The exit codes of every verb, restic's where restic has one. This is the only place that maps errors
 * to exit codes.
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  incomplete: 3,
  notGood: 4,
  repositoryMissing: 10,
  repositoryLocked: 11,
  wrongPassword: 12,
  hangup: 129,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each exit code means, for help texts and the reference. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'everything asked for was done',
  1: 'it failed, or the command line was wrong',
  3: 'done in part: the snapshot was written but some source data could not be read, or some snapshots could not be removed',
  4: 'it worked, and what it found is not good: a promise is broken, or a drill did not pass',
  10: 'there is no repository at that place',
  11: 'the repository is locked by somebody else',
  12: 'the password is wrong, or the key of a layer',
  129: 'ended by a hangup of the terminal',
  130: 'interrupted (Ctrl-C)',
  141: 'the reader of standard output closed it',
  143: 'terminated (SIGTERM)',
};

const byErrorCode: Readonly<Record<string, ExitCode>> = {
  'repository.missing': exitCodes.repositoryMissing,
  'repository.locked': exitCodes.repositoryLocked,
  'repository.wrong-password': exitCodes.wrongPassword,
  'storage.layer-key': exitCodes.wrongPassword,
  ...({
    'cli.incomplete': exitCodes.incomplete,
    'cli.not-good': exitCodes.notGood,
    'cli.output-closed': exitCodes.outputClosed,
  } satisfies Partial<Record<CliErrorCode, ExitCode>>),
};

const bySignal = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hangup,
} as const;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof InterruptedError) return bySignal[error.signal];
  // A typed error may wrap the one that decides: a platform run that failed because of a wrong password.
  for (let seen: unknown = error; seen instanceof Error; seen = seen.cause) {
    const mapped = byErrorCode[codeOf(seen) ?? ''];
    if (mapped !== undefined) return mapped;
  }
  return exitCodes.failed;
}
