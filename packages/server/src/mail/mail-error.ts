import { ServerError } from '../platform/index.ts';

/**
 * A mail was not taken. `refused`: it never will be, whoever it is for; else a later attempt may succeed. The answer of
 * the server may name who it was for: it is for the operator's eyes.
 */
export class MailError extends ServerError {
  readonly refused: boolean;

  constructor(
    message: string,
    options: { readonly refused: boolean; readonly cause?: unknown; readonly advice?: string },
  ) {
    const { refused, ...rest } = options;
    super(refused ? 'server.mail-refused' : 'server.mail-unsent', message, rest);
    this.refused = refused;
  }
}
