import { OutputClosedError } from '../errors.ts';
import { exitCodeOf } from '../exit-code.ts';

interface Described {
  readonly message: string;
  readonly code: string | undefined;
  readonly advice: string | undefined;
}

const textField = (error: Error, field: string): string | undefined => {
  const value = (error as unknown as Record<string, unknown>)[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What an error says about itself, whatever package it comes from. */
export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { message: String(error), code: undefined, advice: undefined };
  const advice = textField(error, 'advice');
  let message = error.message === '' ? error.name : error.message;
  // An error with advice has been understood where it was raised; of any other the causes may tell more.
  for (let cause = error.cause; advice === undefined && cause instanceof Error; cause = cause.cause) {
    if (cause.message !== '' && !message.includes(cause.message)) message += `: ${cause.message}`;
  }
  return { message, code: textField(error, 'code'), advice };
}

/** restic's `exit_error` message, with the stable code and the advice beside it. */
export function exitErrorMessage(error: unknown): object {
  const { message, code, advice } = describeError(error);
  return { message_type: 'exit_error', code: exitCodeOf(error), message, error_code: code, advice };
}

/** An error of a known kind says where it comes from by itself; anything else is a mistake of ours. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error && (textField(error, 'code') !== undefined || error.name === 'AbortError');

/** The lines for standard error; none for an error that nobody needs to read. */
export function errorLines(error: unknown, options: { debug: boolean }): string[] {
  if (error instanceof OutputClosedError) return [];
  const { message, advice } = describeError(error);
  const lines = message.split('\n').map((line, at) => (at === 0 ? `octobox: ${line}` : `         ${line}`));
  if (advice !== undefined) lines.push(...advice.split('\n').map((line) => `         ${line}`));
  if (options.debug || !isExpected(error)) {
    if (error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  }
  return lines;
}
