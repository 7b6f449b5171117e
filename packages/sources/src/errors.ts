export type SourceErrorCode =
  | 'source.location'
  | 'source.missing'
  | 'source.unreachable'
  | 'source.wrong-password'
  | 'source.denied'
  | 'source.busy'
  | 'source.corrupt'
  | 'source.client-missing'
  | 'source.client-too-old'
  | 'source.process-failed'
  | 'source.capture-failed'
  | 'source.restore-failed'
  | 'source.verification-failed'
  | 'source.snapshot-unusable'
  | 'source.scratch-failed'
  | 'source.failed';

export interface SourceErrorOptions {
  readonly cause?: unknown;
  readonly advice?: string;
}

/** Base of every error of a source: a stable code, and what the user can do. Never holds a secret. */
export class SourceError extends Error {
  readonly code: SourceErrorCode;
  /** What the user can do about it, one sentence. */
  readonly advice: string | undefined;

  constructor(code: SourceErrorCode, message: string, options: SourceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}

/** The text of anything thrown, for the end of a message. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(reasonOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
};
