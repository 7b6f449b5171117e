/** What an operation answers; a body is sent as JSON. */
export interface Reply {
  readonly status: 200 | 201 | 202 | 204;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: unknown;
  /** The body as it is sent, where it is at hand. */
  readonly text?: string;
  /** As long as this stays the same, so does the ETag; default: the body. */
  readonly same?: string;
}
