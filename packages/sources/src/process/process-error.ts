import { SourceError, type SourceErrorOptions } from '../errors.ts';

export interface ChildExit {
  /** Absent when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

const describeExit = (exit: ChildExit): string =>
  exit.signal === undefined ? `exit code ${exit.exitCode}` : `killed by ${exit.signal}`;

/** A child that did not end with exit code 0; the message carries the last lines of its standard error. */
export class ProcessError extends SourceError {
  /** The program's name without its folder. */
  readonly program: string;
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stderr: string;

  constructor(program: string, exit: ChildExit, stderr: string, options: SourceErrorOptions = {}) {
    const tail = stderr === '' ? '' : `: ${stderr}`;
    super('source.process-failed', `${program} failed (${describeExit(exit)})${tail}`, options);
    this.program = program;
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.stderr = stderr;
  }
}
