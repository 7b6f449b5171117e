export type CliErrorCode =
  | 'cli.usage'
  | 'cli.repository-unspecified'
  | 'cli.password-missing'
  | 'cli.layer-key-missing'
  | 'cli.other-recipients'
  | 'cli.password-unreadable'
  | 'cli.password-command-failed'
  | 'cli.file-unreadable'
  | 'cli.source-missing'
  | 'cli.command-failed'
  | 'cli.incomplete'
  | 'cli.findings'
  | 'cli.refused'
  | 'cli.not-good'
  | 'cli.platform-unusable'
  | 'cli.interrupted'
  | 'cli.output-closed';

/** Base of every error that the command itself raises: a stable code, and what the user can do. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  /** What the user can do about it; absent when the message says it all. */
  readonly advice: string | undefined;

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown; advice?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}

/** The command line itself is wrong: nothing was opened and nothing was done. */
export class UsageError extends CliError {
  constructor(message: string, options: { cause?: unknown; advice?: string } = {}) {
    super('cli.usage', message, options);
  }
}

export type InterruptingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Somebody asked the command to stop; the work in hand was abandoned cleanly. */
export class InterruptedError extends CliError {
  readonly signal: InterruptingSignal;
  constructor(signal: InterruptingSignal) {
    super('cli.interrupted', `interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** Whoever read standard output has gone (`octobox ls latest | head`): stop, and say nothing. */
export class OutputClosedError extends CliError {
  constructor(cause: unknown) {
    super('cli.output-closed', 'the reader of standard output has closed it', { cause });
  }
}
