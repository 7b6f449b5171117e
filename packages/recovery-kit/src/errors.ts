export type RecoveryKitErrorCode =
  | 'kit.unreadable'
  | 'kit.incomplete'
  | 'kit.mixed'
  | 'kit.too-large'
  | 'kit.exists'
  | 'kit.shares'
  | 'kit.record';

/** What is wrong with a kit, or with a wish for one. Never tells a secret. */
export class RecoveryKitError extends Error {
  readonly code: RecoveryKitErrorCode;
  /** What the user can do about it. */
  readonly advice: string | undefined;

  constructor(
    code: RecoveryKitErrorCode,
    message: string,
    options: { cause?: unknown; advice?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}
