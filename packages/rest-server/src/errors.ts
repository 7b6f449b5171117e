export type RestServerErrorCode =
  | 'rest-server.folder-missing'
  | 'rest-server.users-unreadable'
  | 'rest-server.users-busy'
  | 'rest-server.user-exists'
  | 'rest-server.user-unknown'
  | 'rest-server.user-name'
  | 'rest-server.password-weak'
  | 'rest-server.unsafe'
  | 'rest-server.certificate'
  | 'rest-server.address';

/** What keeps the server from starting, or a change of its users from happening. */
export class RestServerError extends Error {
  readonly code: RestServerErrorCode;
  /** What the operator can do about it, one sentence. */
  readonly advice: string | undefined;

  constructor(
    code: RestServerErrorCode,
    message: string,
    options: { cause?: unknown; advice?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}

/**
 * An answer other than success. The text goes to the client, in the status line too, because restic shows
 * nothing else; so it is ASCII and tells nothing of this machine.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
